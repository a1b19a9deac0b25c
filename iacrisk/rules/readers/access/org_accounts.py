"""The accounts of an AWS organisation: which lie below a unit, and in which regions they live."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.conditions import Facts
from iacrisk.rules.readers.siblings import stays

ACCOUNT: Final = "aws_organizations_account"
_UNIT: Final = "aws_organizations_organizational_unit"
_REGION: Final = regex(
    r"(?<![a-z0-9])(?:af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)-"
    r"(?:central|east|north|northeast|northwest|south|southeast|southwest|west)-\d(?![0-9])"
)
_STACKS: Final = "aws_cloudformation_stack_set_instance"
_SPARE: Final = regex(r"backup|dr\b|replica|secondary|allow|deny|failover", re.IGNORECASE)
_DEEPEST: Final = 8


def accounts_below(target: str, context: Context) -> list[ResourceChange]:
    """The accounts of the plan that are the target, or lie in it at any depth."""
    parents = once(context.plan, "parents of units", lambda: _parents(context))
    found = []
    for one in context.changes_of(ACCOUNT):
        here = str(one.before.get("id"))
        for _ in range(_DEEPEST):
            if here == target:
                found.append(one)
                break
            here = parents.get(here, "")
    return [one for one in found if stays(one)]


def units_between(target: str, context: Context) -> list[str]:
    """The label of the unit itself, where the plan holds it."""
    return [
        one.label
        for one in context.changes_of(_UNIT)
        if stays(one) and str(one.before.get("id")) == target
    ]


def _parents(context: Context) -> dict[str, str]:
    return {
        str(one.before.get("id")): str(one.before.get("parent_id"))
        for one in context.changes_of(ACCOUNT, _UNIT)
        if one.before.get("id")
    }


def regions_of(account: ResourceChange, context: Context) -> frozenset[str]:
    """Where the account lives, by its tags, its name and what the plan shows in it."""
    found: set[str] = set()
    for key, value in mapping(account.before.get("tags")).items():
        if isinstance(value, str) and _REGION.fullmatch(value) and not _SPARE.search(str(key)):
            found.add(value)
    found |= set(_REGION.findall(str(account.before.get("name"))))
    identity = str(account.before.get("id"))
    index = once(context.plan, "regions of accounts", lambda: dict(_seen(context)))
    return frozenset(found | index.get(identity, frozenset()))


def account_facts(account: ResourceChange, context: Context) -> Iterator[Facts]:
    """Of somebody in the account whom no exemption names, in each of its regions."""
    number = str(account.before.get("id"))
    for region in sorted(regions_of(account, context)):
        yield {
            "aws:principalaccount": number,
            "aws:principalarn": f"arn:aws:iam::{number}:role/-",
            "aws:principalisawsservice": "false",
            "aws:requestedregion": region,
        }


def _seen(context: Context) -> Iterator[tuple[str, frozenset[str]]]:
    found: dict[str, set[str]] = {}
    for one in context.plan.changes:
        parts = bytes(one.identity.arn).decode("utf-8", "replace").strip('"').split(":")
        if len(parts) > 5 and stays(one) and parts[3] and parts[4]:
            found.setdefault(parts[4], set()).add(parts[3])
    for account, region, _ in stacks_of(context):
        found.setdefault(account, set()).add(region)
    yield from ((account, frozenset(regions)) for account, regions in found.items())


def stacks_of(context: Context) -> Iterator[tuple[str, str, ResourceChange]]:
    """The account and the region of each instance of a stack set that stays."""
    for one in filter(stays, context.changes_of(_STACKS)):
        names = ("stack_set_instance_region", "region")
        region = next(filter(None, (one.before.get(name) for name in names)), "")
        account = one.before.get("account_id")
        if isinstance(account, str) and isinstance(region, str) and account and region:
            yield account, region, one
