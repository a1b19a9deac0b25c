"""IAM-style policy documents, compared by what they grant and not by how they are written.

A policy is a set of grants: who may (or may not) do which action on which resource under which
condition. Order, statement boundaries, a scalar for a one-item list, the case of actions and
account id against root ARN say nothing; a wildcard covers what it matches. A Deny counts
against access: lifting one adds access, adding one removes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_network
from itertools import islice, product
from typing import Any, Final

import msgspec


class Effect(StrEnum):
    """What a statement does."""

    ALLOW = "Allow"
    DENY = "Deny"


class Matcher(msgspec.Struct, frozen=True):
    """A pattern with `*` and `?`, or with `negated` everything but the patterns."""

    patterns: tuple[str, ...]
    negated: bool = False

    @property
    def is_any(self) -> bool:
        """Whether it matches everything."""
        return not self.negated and self.patterns == ("*",)

    @property
    def text(self) -> str:
        """As a person would say it."""
        listed = ", ".join(self.patterns)
        return f"everything but {listed}" if self.negated else listed


class Clause(msgspec.Struct, frozen=True):
    """One test of a condition: `operator` and `key` in lower case, any of `values`."""

    operator: str
    key: str
    values: frozenset[str]


Condition = frozenset[Clause]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A block of grants: each of the principals, actions and resources with each other.

    An identity policy has no principals and a trust policy no resources; the one matcher
    `NOWHERE` stands for that.
    """

    effect: Effect
    principals: tuple[Matcher, ...]
    actions: tuple[Matcher, ...]
    resources: tuple[Matcher, ...]
    condition: Condition = frozenset()


class Policy(msgspec.Struct, frozen=True):
    """A parsed policy document."""

    statements: tuple[Statement, ...] = ()


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """One principal, one action, one resource: allowed, or denied."""

    effect: Effect
    principal: Matcher
    action: Matcher
    resource: Matcher
    condition: Condition = frozenset()

    @property
    def text(self) -> str:
        """As a person would say it: `s3:GetObject on arn:aws:s3:::logs/* for account 111`."""
        words = f"{self.effect} " if self.effect is Effect.DENY else ""
        words += self.action.text
        if self.resource != NOWHERE:
            words += f" on {self.resource.text}"
        if self.principal != NOWHERE:
            words += f" for {name_principal(self.principal)}"
        return f"{words} under a condition" if self.condition else words


NOWHERE: Final = Matcher(("",))
ANYTHING: Final = Matcher(("*",))
EMPTY: Final = Policy()
_Covers = Callable[[str, str], bool]
_MOST_GRANTS: Final = 5000
_OF_SERVICE: Final = ":role/aws-service-role/"
_BESIDE_STATEMENTS: Final = frozenset({"version", "id"})
"""A document of anything else says something, and what it says is no grant."""

_VARIABLES_SINCE: Final = "2012-10-17"


def parse_policy(value: Any) -> Policy | None:
    """The policy in JSON text or already decoded; None where it is not one."""
    return _parsed_text(value) if isinstance(value, str) else _parsed(value)


@lru_cache(maxsize=1024)
def _parsed_text(text: str) -> Policy | None:
    return _parsed(_decoded(text))


def _parsed(document: Any) -> Policy | None:
    if not isinstance(document, dict):
        return None
    fields = _lower_keys(document)
    if "statement" not in fields and fields.keys() - _BESIDE_STATEMENTS:
        return None
    statements = _listed(fields.get("statement"))
    if not all(isinstance(item, dict) for item in statements):
        return None
    variables = fields.get("version") == _VARIABLES_SINCE
    return Policy(tuple(_statement(_lower_keys(item), variables) for item in statements))


def same_policy(before: Any, after: Any) -> bool:
    """Whether two documents (text, decoded or parsed) grant the same.

    What cannot be parsed equals only its own spelling.
    """
    old, new = _policy(before), _policy(after)
    if old is None or new is None:
        return bool(before == after)
    return not any(_gained(old, new)) and not any(_gained(new, old))


def grants_added(before: Policy | None, after: Policy | None) -> tuple[Grant, ...]:
    """The access `after` gives that `before` did not: new allows and lifted denies."""
    return tuple(islice(_gained(before or EMPTY, after or EMPTY), _MOST_GRANTS))


def grants_removed(before: Policy | None, after: Policy | None) -> tuple[Grant, ...]:
    """The access `before` gave that `after` does not: lost allows and new denies."""
    return grants_added(after, before)


def name_grants(grants: Iterable[Grant], limit: int = 3) -> str:
    """The first grants in words and how many more there are."""
    texts = list(dict.fromkeys(grant.text for grant in grants))
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return "; ".join(texts[:limit]) + more


def name_principal(principal: Matcher) -> str:
    """`everyone`, `account 111122223333` or the principal as written."""
    if principal.is_any:
        return "everyone"
    if not principal.negated and _is_account(principal.patterns[0]):
        return f"account {principal.patterns[0]}"
    return principal.text


def account_of(principal: str) -> str | None:
    """The AWS account a canonical principal belongs to."""
    if _is_account(principal):
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) > 5 and _is_account(parts[4]) else None


def every_grant(policy: Policy) -> Iterator[Grant]:
    """All grants of the policy, allowed and denied."""
    for statement in policy.statements:
        yield from _grants(statement)


def action_covers(wide: Matcher, narrow: Matcher) -> bool:
    """Whether all actions that `narrow` stands for are among those of `wide`."""
    return _matcher_covers(wide, narrow, _action_covers)


def grant_covers(wide: Grant, narrow: Grant) -> bool:
    """Whether all that `narrow` allows or denies is allowed or denied by `wide`."""
    return (
        wide.effect is narrow.effect
        and matchers_cover(wide, narrow)
        and condition_covers(wide.condition, narrow.condition)
    )


def matchers_cover(wide: Grant, narrow: Grant) -> bool:
    """The same, whatever their effects and conditions."""
    return (
        _same_or_covers(wide.resource, narrow.resource, pattern_covers)
        and action_covers(wide.action, narrow.action)
        and _same_or_covers(wide.principal, narrow.principal, _principal_covers)
    )


def matchers_meet(one: Grant, other: Grant) -> bool:
    """Whether one of them concerns all that the other does, whatever their effects."""
    return matchers_cover(one, other) or matchers_cover(other, one)


def _same_or_covers(wide: Matcher, narrow: Matcher, covers: _Covers) -> bool:
    return wide == narrow or _matcher_covers(wide, narrow, covers)


# Differences


def _gained(before: Policy, after: Policy) -> Iterator[Grant]:
    yield from _not_covered(after, before, Effect.ALLOW)
    yield from _not_covered(before, after, Effect.DENY)


def _not_covered(policy: Policy, other: Policy, effect: Effect) -> Iterator[Grant]:
    """Grants of `policy` with this effect that `other` does not hold, and that take effect."""
    theirs = [item for item in other.statements if item.effect is effect]
    denied = (
        [item for item in policy.statements if item.effect is Effect.DENY]
        if effect is Effect.ALLOW
        else []
    )
    for statement in policy.statements:
        if statement.effect is effect and statement not in theirs:
            yield from _outside(statement, [*theirs, *denied])


def _outside(statement: Statement, others: list[Statement]) -> Iterator[Grant]:
    """Grants of `statement` that none of `others` covers on its own."""
    boxes = [box for other in others if (box := _overlap(other, statement)) is not None]
    for grant in _grants(statement):
        if not any(
            grant.principal in principals
            and grant.action in actions
            and grant.resource in resources
            for principals, actions, resources in boxes
        ):
            yield grant


_Box = tuple[frozenset[Matcher], frozenset[Matcher], frozenset[Matcher]]


def _overlap(wide: Statement, narrow: Statement) -> _Box | None:
    """Which principals, actions and resources of `narrow` lie within `wide`; None for no grant.

    Most statements are about other resources, so those are compared first.
    """
    patterns = tuple(item for item in wide.resources if item.negated or _wild(item.patterns[0]))
    resources = _within(patterns, narrow.resources, pattern_covers)
    resources |= frozenset(wide.resources).intersection(narrow.resources)
    if not resources or not condition_covers(wide.condition, narrow.condition):
        return None
    principals = _within(wide.principals, narrow.principals, _principal_covers)
    actions = _within(wide.actions, narrow.actions, _action_covers) if principals else principals
    return (principals, actions, resources) if actions else None


def _within(
    wide: tuple[Matcher, ...], narrow: tuple[Matcher, ...], covers: _Covers
) -> frozenset[Matcher]:
    if wide == narrow:
        return frozenset(narrow)
    return frozenset(
        [
            item
            for item in narrow
            if item in wide or any(_matcher_covers(other, item, covers) for other in wide)
        ]
    )


def _matcher_covers(wide: Matcher, narrow: Matcher, covers: _Covers) -> bool:
    if wide.is_any:
        return narrow != NOWHERE
    if not wide.negated and not narrow.negated:
        return covers(wide.patterns[0], narrow.patterns[0])
    if wide.negated and narrow.negated:
        return all(any(covers(out, item) for out in narrow.patterns) for item in wide.patterns)
    if wide.negated:
        return all(_disjoint(item.lower(), narrow.patterns[0].lower()) for item in wide.patterns)
    return False


def _grants(statement: Statement) -> Iterator[Grant]:
    for principal, action, resource in product(
        statement.principals, statement.actions, statement.resources
    ):
        yield Grant(
            effect=statement.effect,
            principal=principal,
            action=action,
            resource=resource,
            condition=statement.condition,
        )


# What covers what


@lru_cache(maxsize=8192)
def pattern_covers(wide: str, narrow: str) -> bool:
    """Whether all that `narrow` can stand for is matched by `wide`."""
    if wide in {"*", narrow}:
        return True
    start = _literal_start(wide)
    if len(start) == len(wide) or not narrow.startswith(start):
        return False
    star, mark, at, pos = -1, 0, 0, 0
    while pos < len(narrow):
        if at < len(wide) and wide[at] == "*":
            star, mark, at = at, pos, at + 1
        elif at < len(wide) and (
            wide[at] == narrow[pos] or (wide[at] == "?" and narrow[pos] != "*")
        ):
            at, pos = at + 1, pos + 1
        elif star >= 0:
            mark += 1
            at, pos = star + 1, mark
        else:
            return False
    return not wide[at:].strip("*")


def _action_covers(wide: str, narrow: str) -> bool:
    return pattern_covers(wide.lower(), narrow.lower())


def _principal_covers(wide: str, narrow: str) -> bool:
    """An account stands for all in it but the roles of services, whose rights are fixed."""
    return pattern_covers(wide, narrow) or (
        _is_account(wide) and account_of(narrow) == wide and _OF_SERVICE not in narrow
    )


def _disjoint(one: str, two: str) -> bool:
    """Whether no text matches both; "no" where that is not plain to see."""
    one_is_text, two_is_text = not _wild(one), not _wild(two)
    if one_is_text or two_is_text:
        return not (pattern_covers(one, two) if two_is_text else pattern_covers(two, one))
    starts = _literal_start(one), _literal_start(two)
    ends = _literal_start(one[::-1]), _literal_start(two[::-1])
    return any(not a.startswith(b) and not b.startswith(a) for a, b in (starts, ends))


def _wild(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


def _literal_start(pattern: str) -> str:
    return pattern.replace("?", "*").partition("*")[0]


def condition_covers(wide: Condition, narrow: Condition) -> bool:
    """Whether whatever passes `narrow` passes `wide`: each test of `wide` is implied."""
    return all(any(_clause_covers(test, given) for given in narrow) for test in wide)


def _clause_covers(wide: Clause, narrow: Clause) -> bool:
    if wide == narrow:
        return True
    if wide.key != narrow.key or _family(wide.operator) != _family(narrow.operator):
        return False
    covers = _value_covers(wide.operator, narrow.operator)
    if "not" in wide.operator:
        wide, narrow = narrow, wide
    if "forallvalues" in wide.operator:
        return False
    return all(any(covers(value, item) for value in wide.values) for item in narrow.values)


def _family(operator: str) -> str:
    return operator.replace("like", "equals")


def _value_covers(wide: str, narrow: str) -> _Covers:
    if "ipaddress" in wide:
        return _network_covers
    if "like" in wide and ("like" in narrow or "not" not in wide):
        return pattern_covers
    return _equal if "like" in wide or "like" in narrow else str.__eq__


def _equal(wide: str, narrow: str) -> bool:
    """A text and a pattern are the same only where the pattern has no wildcard."""
    return wide == narrow and not _wild(narrow)


def _network_covers(wide: str, narrow: str) -> bool:
    try:
        outer, inner = ip_network(wide, strict=False), ip_network(narrow, strict=False)
        return bool(inner.subnet_of(outer))  # type: ignore[arg-type]  # mixed versions raise
    except (ValueError, TypeError):
        return wide == narrow


# Reading


def _policy(value: Any) -> Policy | None:
    return value if isinstance(value, Policy) else parse_policy(value)


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None


def _statement(fields: dict[str, Any], variables: bool) -> Statement:
    return Statement(
        effect=Effect.DENY if str(fields.get("effect")).lower() == "deny" else Effect.ALLOW,
        principals=_matchers(fields, "principal", _principals),
        actions=_matchers(fields, "action", _texts),
        resources=_matchers(fields, "resource", _texts if variables else _plain_texts),
        condition=_condition(fields.get("condition"), variables),
    )


def _matchers(
    fields: dict[str, Any], name: str, read: Callable[[Any], list[str]]
) -> tuple[Matcher, ...]:
    """The matchers of `Action` or `NotAction` and their like."""
    if fields.get(f"not{name}") is not None:
        return (Matcher(tuple(sorted(set(read(fields[f"not{name}"])))), negated=True),)
    if fields.get(name) is None:
        return (NOWHERE,)
    return tuple(Matcher((pattern,)) for pattern in sorted(set(read(fields[name]))))


def _texts(value: Any) -> list[str]:
    return [_collapse(_scalar(item)) for item in _listed(value)]


def _plain_texts(value: Any) -> list[str]:
    """Texts of a policy without variables: there a `${` is only a dollar and a brace."""
    return [text.replace("${", "$\\{") for text in _texts(value)]


def _principals(value: Any) -> list[str]:
    """Canonical principals: `*`, the bare account id, or the principal as written."""
    if not isinstance(value, dict):
        return [_principal(text) for text in _texts(value)]
    return [_principal(text) for texts in value.values() for text in _texts(texts)]


def _principal(text: str) -> str:
    account = text.removesuffix(":root").rpartition(":")[2]
    is_root = text.startswith("arn:") and text.endswith(":root") and ":iam::" in text
    return account if is_root and _is_account(account) else text


def _is_account(text: str) -> bool:
    return len(text) == 12 and text.isdigit()


def _condition(value: Any, variables: bool) -> Condition:
    if not isinstance(value, dict):
        return frozenset()
    read = _texts if variables else _plain_texts
    return frozenset(
        Clause(_operator(operator), str(key).lower(), _values(operator, read(values)))
        for operator, tests in value.items()
        if isinstance(tests, dict)
        for key, values in tests.items()
    )


def _operator(operator: Any) -> str:
    """In lower case; `ArnEquals` is documented to behave like `ArnLike`."""
    name = str(operator).lower()
    return name.replace("arnequals", "arnlike").replace("arnnotequals", "arnnotlike")


def _values(operator: Any, values: list[str]) -> frozenset[str]:
    folds = "ignorecase" in str(operator).lower()
    return frozenset(value.lower() if folds else value for value in values)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _collapse(pattern: str) -> str:
    """Stars in a row match what one does."""
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    return pattern


def _lower_keys(fields: dict[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in fields.items()}
