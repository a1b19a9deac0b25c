"""C50: of policies of which the strongest counts, a new one takes objects from another."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_QUEUES: Final = frozenset({"rabbitmq_operator_policy", "rabbitmq_policy"})
_TEMPLATES: Final = frozenset(
    {"elasticstack_elasticsearch_index_template", "opensearch_composable_index_template"}
)
_LITERAL: Final = regex(r"\^?([\w./:-]*)(?:\.\*)?\$?")


class _Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Names that it is for, the weight that decides, and where it holds."""

    names: tuple[str, ...]
    weight: float
    place: str

    def takes(self, other: _Policy) -> bool:
        """Whether objects of the other one follow this one instead."""
        if self.place != other.place or self.weight <= other.weight:
            return False
        return any(_covers(one, name) for one in self.names for name in other.names)


@rule(
    id="C50",
    name="policy-put-in-front",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=_QUEUES | _TEMPLATES,
    since="0.2",
)
def policy_put_in_front(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A policy of which only the strongest counts takes the objects of another one.

    What it flags
        A policy of RabbitMQ or an index template with a higher priority than another one of the
        plan that stays, whose names hold those of the other one. It weighs less where no other one
        is seen and it is for every name.

    Why it matters
        The two are not joined: what the other one said of copies, limits and ages no longer holds.

    When it is fine
        It says all that the other one says.

    What to do instead
        Put it behind the others, or write the other one's settings into it.

    References
        https://www.rabbitmq.com/docs/policies#combining-policy-definitions
        https://www.elastic.co/guide/en/elasticsearch/reference/current/index-templates.html
    """
    new = _policy(change.type, change.after)
    if new is None or (change.before and _policy(change.type, change.before) == new):
        return
    before = _policy(change.type, change.before)
    taken = [
        one.label
        for one in context.changes_of(change.type)
        if one is not change
        and stays(one)
        and (other := _policy(one.type, one.before)) is not None
        and new.takes(other)
        and not (before is not None and before.takes(other))
    ]
    path = "policy" if change.type in _QUEUES else "priority"
    if taken:
        yield Flag(
            what=f"What followed {some_of(taken)} follows it from now on.",
            paths=((path,),),
            hurts=tuple(taken),
        )


def _policy(type_name: str, values: dict[str, Any]) -> _Policy | None:
    if type_name in _QUEUES:
        policy = mapping(next(iter(members(values.get("policy"))), None))
        names = _prefixes(policy.get("pattern"))
        weight, place = policy.get("priority"), values.get("vhost")
    else:
        names = tuple(texts(values.get("index_patterns")))
        weight, place = values.get("priority"), ""
    if not names or weight is UNKNOWN or not isinstance(weight or 0, int | float):
        return None
    return _Policy(names=names, weight=weight or 0, place=str(place))


def _prefixes(pattern: Any) -> tuple[str, ...]:
    """A regular expression of names as a pattern, where it is a plain beginning."""
    match = _LITERAL.fullmatch(pattern) if isinstance(pattern, str) else None
    return (match[1] + "*",) if match is not None else ()


def _covers(one: str, other: str) -> bool:
    return one == other or fnmatchcase(other.replace("*", "0"), one)
