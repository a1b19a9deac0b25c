"""Whether AWS would allow a call: identity, resource and trust policies and boundaries, evaluated.

Pure. Follows AWS's published evaluation logic for one account: an explicit deny wins; then either
side's allow suffices, within the permissions boundary; a KMS key's own policy must allow or hand
over to IAM. A condition that cannot be judged makes the answer unknown, not allowed.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal

import msgspec

from iacrisk.training.intents import ACCOUNT

State = Literal["works", "broken", "unknown"]
Document = Mapping[str, Any] | str | None
"""A policy, decoded or as text; None where there is none."""

_ALWAYS_KNOWN = {
    "aws:securetransport": "true",
    "aws:principalaccount": ACCOUNT,
    "aws:sourceaccount": ACCOUNT,
    "aws:requestedregion": "us-east-1",
}


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls: an IAM identity (`arn`), an AWS service, or a federated identity provider."""

    arn: str = ""
    service: str = ""
    federated: str = ""
    account: str = ACCOUNT


STRANGER = Principal(arn="arn:aws:iam::999999999999:role/stranger", account="999999999999")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One call."""

    principal: Principal
    action: str
    resource: str = "*"
    context: Mapping[str, str] = {}


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer and its reason."""

    state: State
    why: str = ""


def decide(
    request: Request,
    identity: Sequence[Document] = (),
    resource: Document = None,
    boundary: Document = None,
) -> Decision:
    """Whether the call is allowed, given all policies that apply to it."""
    own = [_effect(request, document) for document in identity]
    theirs = _resource_effects(request, resource)
    if any("deny" in effects for effects in (*own, *theirs.values())):
        return Decision(state="broken", why="denied explicitly")
    doubtful = any("deny?" in effects for effects in (*own, *theirs.values()))
    by_identity = _strongest(own)
    if boundary is not None:
        by_identity = _weakest(by_identity, _strongest([_effect(request, boundary)]))
    directly, by_root = _strongest([theirs["direct"]]), _strongest([theirs["root"]])
    if request.action.startswith("kms:"):
        state = _stronger(directly, _weakest(by_root, by_identity))
    elif request.principal.service:
        state = directly
    else:
        state = _stronger(directly, by_identity)
    if state == "works" and doubtful:
        state = "unknown"
    return Decision(state=state, why="" if state == "works" else "no policy allows it")


def may_assume(principal: Principal, trust: Document, context: Mapping[str, str]) -> Decision:
    """Whether a role's trust policy lets `principal` take it on."""
    action = "sts:AssumeRoleWithWebIdentity" if principal.federated else "sts:AssumeRole"
    request = Request(principal=principal, action=action, context=context)
    effects = _resource_effects(request, trust)
    if any("deny" in found for found in effects.values()):
        return Decision(state="broken", why="denied explicitly")
    state = _strongest([effects["direct"] | effects["root"]])
    return Decision(state=state, why="" if state == "works" else "the trust policy does not")


def public_statements(document: Document) -> tuple[str, ...]:
    """Sids of statements that let anybody do something, on no condition that keeps strangers out.

    A condition on the source's account, ARN, organisation, VPC or address keeps them out unless
    its value is a wildcard.
    """
    return tuple(
        str(statement.get("Sid", "-"))
        for statement in statements(document)
        if statement.get("Effect") == "Allow"
        and _match_principal(statement, STRANGER) == "direct"
        and not _keeps_strangers_out(statement.get("Condition"))
    )


def statements(document: Document) -> Iterator[Mapping[str, Any]]:
    """The statements of a policy; of text that is no JSON, none."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return
    if isinstance(document, Mapping):
        yield from _listed(document.get("Statement"))


def _resource_effects(request: Request, document: Document) -> dict[str, set[str]]:
    """Effects of the statements that name the principal directly, or its whole account."""
    found: dict[str, set[str]] = {"direct": set(), "root": set()}
    for statement in statements(document):
        how = _match_principal(statement, request.principal)
        if how and (effect := _statement_effect(request, statement)):
            found[how].add(effect)
    return found


def _effect(request: Request, document: Document) -> set[str]:
    """allow, deny, and with a question mark where a condition cannot be judged."""
    effects = (_statement_effect(request, statement) for statement in statements(document))
    return {effect for effect in effects if effect}


def _statement_effect(request: Request, statement: Mapping[str, Any]) -> str:
    if not (_match_action(statement, request.action) and _match_resource(statement, request)):
        return ""
    met = _conditions(statement.get("Condition"), request)
    if met == "broken":
        return ""
    return str(statement.get("Effect", "")).lower() + ("" if met == "works" else "?")


def _strongest(effects: Iterable[set[str]]) -> State:
    found = {effect for each in effects for effect in each}
    return "works" if "allow" in found else "unknown" if "allow?" in found else "broken"


_ORDER: tuple[State, ...] = ("broken", "unknown", "works")


def _stronger(one: State, other: State) -> State:
    return max(one, other, key=_ORDER.index)


def _weakest(one: State, other: State) -> State:
    return min(one, other, key=_ORDER.index)


def _match_action(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(_like(p, action, fold=True) for p in _listed(statement["NotAction"]))
    return any(_like(p, action, fold=True) for p in _listed(statement.get("Action")))


def _match_resource(statement: Mapping[str, Any], request: Request) -> bool:
    def matches(key: str) -> bool:
        patterns = (_fill(pattern, request) for pattern in _listed(statement[key]))
        return any(_like(pattern, request.resource) for pattern in patterns)

    if "NotResource" in statement:
        return not matches("NotResource")
    return "Resource" not in statement or matches("Resource")


def _match_principal(statement: Mapping[str, Any], principal: Principal) -> str:
    """`direct`, `root` for the caller's whole account, or empty."""
    if "NotPrincipal" in statement:
        return "" if _named(statement["NotPrincipal"], principal) else "direct"
    return _named(statement.get("Principal"), principal)


def _named(element: Any, principal: Principal) -> str:
    if element == "*":
        return "direct"
    if not isinstance(element, Mapping):
        return ""
    found = {
        _named_by(kind, value, principal) for kind in element for value in _listed(element[kind])
    }
    return "direct" if "direct" in found else "root" if "root" in found else ""


def _named_by(kind: str, value: str, principal: Principal) -> str:
    match kind:
        case "Service":
            return "direct" if value == principal.service else ""
        case "Federated":
            wanted = principal.federated
            return "direct" if wanted and (value == wanted or value.endswith(f"/{wanted}")) else ""
        case "AWS" if principal.arn:
            if value in ("*", principal.arn):
                return "direct"
            whole = (principal.account, f"arn:aws:iam::{principal.account}:root")
            return "root" if value in whole else ""
        case _:
            return ""


def _conditions(element: Any, request: Request) -> State:
    known = _ALWAYS_KNOWN | {key.lower(): value for key, value in request.context.items()}
    if request.principal.arn:
        known["aws:principalarn"] = request.principal.arn
    worst: State = "works"
    for operator, tests in (element or {}).items():
        for key, wanted in tests.items():
            values = [_fill(str(value), request) for value in _listed(wanted)]
            worst = _weakest(worst, _condition(operator, known.get(key.lower()), values))
    return worst


def _condition(operator: str, value: str | None, wanted: Sequence[str]) -> State:
    optional = operator.endswith("IfExists")
    name = operator.removesuffix("IfExists").rpartition(":")[2]
    negated = "Not" in name
    if name == "Null":
        return _state((value is None) == (str(wanted[0]).lower() == "true"))
    if value is None:
        return _state(optional or negated)
    test = _TESTS.get(name.replace("Not", ""))
    if test is None:
        return "unknown"
    return _state(any(test(pattern, value) for pattern in wanted) != negated)


def _state(met: bool) -> State:
    return "works" if met else "broken"


def _equal(pattern: str, value: str) -> bool:
    return pattern == value


def _equal_folded(pattern: str, value: str) -> bool:
    return pattern.lower() == value.lower()


def _in_network(pattern: str, value: str) -> bool:
    return ipaddress.ip_address(value) in ipaddress.ip_network(pattern, strict=False)


def _like(pattern: str, value: str, *, fold: bool = False) -> bool:
    return (
        _compiled(pattern.lower() if fold else pattern).match(value.lower() if fold else value)
        is not None
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Only * and ? are special; fnmatch would take brackets, too."""
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))


_TESTS = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_folded,
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": _equal_folded,
    "IpAddress": _in_network,
    "NumericEquals": _equal,
}

_FENCES = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceip",
    "aws:principalorgid",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourceorgid",
    "kms:calleraccount",
    "kms:viaservice",
)


def _keeps_strangers_out(element: Any) -> bool:
    for operator, tests in (element or {}).items():
        if "Not" in operator or operator.endswith("IfExists"):
            continue
        for key, wanted in tests.items():
            open_wide = any(str(value) in ("*", "0.0.0.0/0") for value in _listed(wanted))
            if key.lower() in _FENCES and not open_wide:
                return True
    return False


def _fill(pattern: str, request: Request) -> str:
    """Policy variables such as ${aws:username} replaced by what is known of the caller."""
    if "${" not in pattern:
        return pattern
    known = {key.lower(): value for key, value in request.context.items()}
    known.setdefault("aws:username", request.principal.arn.rpartition("/")[2])
    return re.sub(r"\$\{([^}]+)\}", lambda name: known.get(name[1].lower(), name[0]), pattern)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
