"""Whether a test of a policy's condition holds for somebody of whom the plan shows some facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Final

from iacrisk.plan.policy_document import Clause

MISSING: Final = ""
"""The value of a key that the requests do not carry."""

ELSEWHERE: Final = "192.0.2.1"
"""Stands for an address of the internet that nobody can tell beforehand."""

Facts = Mapping[str, str]
"""Key in lower case to the value in the requests; a key that is not there is not known."""


def all_hold(clauses: Iterable[Clause], facts: Facts) -> bool:
    """Whether the plan shows that all tests hold; False where one does not, or may not."""
    return all(holds(clause, facts) is True for clause in clauses)


def holds(clause: Clause, facts: Facts) -> bool | None:
    """Whether the test holds; None where that is not known, or the operator is not read."""
    if clause.key not in facts:
        return None
    value = facts[clause.key]
    operator = clause.operator.rpartition(":")[2]
    if_exists = operator.endswith("ifexists")
    operator = operator.removesuffix("ifexists")
    if operator == "null":
        return (value == MISSING) is ("true" in clause.values)
    negated = "not" in operator
    if value == MISSING:
        return if_exists or negated
    if any("${" in text for text in clause.values):
        return None
    found = _matches(operator.replace("not", ""), value, clause.values)
    return found if found is None or not negated else not found


def _matches(operator: str, value: str, wanted: Iterable[str]) -> bool | None:
    if operator in {"bool", "stringequals"}:
        return value in wanted
    if operator == "stringequalsignorecase":
        return value.lower() in wanted
    if operator in {"stringlike", "arnlike", "arnequals"}:
        return any(fnmatchcase(value, text.replace("[", "[[]")) for text in wanted)
    if operator == "ipaddress":
        return any(_lies_in(value, text) for text in wanted)
    return None


def _lies_in(address: str, network: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False
