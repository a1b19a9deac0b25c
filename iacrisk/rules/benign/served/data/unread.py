"""Proofs that nobody reads by, or acts as, what goes: versions, groups of readers, accounts."""

from __future__ import annotations

from collections import Counter
from typing import Final

from iacrisk.catalog.requests import TARGET_LISTS
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.secret_versions import readers_of_number, short_name
from iacrisk.rules.readers.entries.serving import is_idle
from iacrisk.rules.readers.programs.running import (
    programs,
    programs_naming,
    shows_all_names,
    words_of,
)
from iacrisk.rules.readers.siblings import stays

_FAR: Final = 20
"""How many later versions are looked for."""

_HUBS: Final = {
    "azurerm_eventhub_consumer_group": "eventhub_name",
    "azurerm_iothub_consumer_group": "iothub_name",
}
GROUPS: Final = frozenset(_HUBS)
_DEFAULT: Final = "$default"
_DOMAIN: Final = ".iam.gserviceaccount.com"


def why_other_version(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses a version of a secret: its readers ask for a later one."""
    rest = change.changed - {"enabled"}
    if change.kind is ActionKind.UPDATE and rest and explain(change, context, *rest) is None:
        return None
    secret, number = change.before.get("secret"), str(change.before.get("version"))
    if not isinstance(secret, str) or not number.isdigit():
        return None
    if readers_of_number(secret, number, context):
        return None
    later = range(int(number) + 1, int(number) + _FAR)
    readers = [one for n in later for one in readers_of_number(secret, str(n), context)]
    known = {one.label for one in readers}
    others = [one for one in programs_naming(short_name(secret), context) if stays(one)]
    if readers and all(one.label in known for one in others):
        return "all who read the secret ask for a later version"
    return None


def why_unread_group(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses a group of readers: all programs of the hub name other ones."""
    argument = _HUBS[change.type]
    hub, own = change.before.get(argument), str(change.before.get("name")).lower()
    if not isinstance(hub, str) or own == _DEFAULT or context.live_users(change):
        return None
    if programs_naming(own, context):
        return None
    others = {
        str(one.before.get("name")).lower()
        for one in context.changes_of(change.type)
        if one is not change and stays(one) and one.before.get(argument) == hub
    }
    readers = [one for one in programs_naming(hub, context) if stays(one)]
    named = [bool(others & words_of(one, context)) for one in readers]
    if readers and all(named) and all(map(shows_all_names, readers)):
        return "all who read the hub name another group"
    return None


def why_idle_account(change: ResourceChange, context: Context) -> str | None:
    """Why nobody acts as an account: it holds nothing, and all programs run as others."""
    if change.after.get("disabled") is not True or change.changed != {"disabled"}:
        return None
    email = change.before.get("email")
    if not isinstance(email, str) or not email.endswith(_DOMAIN):
        return None
    if _naming(context)[email.encode()] > 1 or any(
        use.node.is_resource for use in context.consumers(change)
    ):
        return None
    running = [one for one in programs(context) if stays(one)]
    if any(_DOMAIN.encode() in bytes(one.raw.change.before) for one in running):
        return "nothing in the plan names it, and the programs run as other accounts"
    return None


def _naming(context: Context) -> Counter[bytes]:
    """In how many changes each service account of Google stands, its own one included."""

    def build() -> Counter[bytes]:
        found: Counter[bytes] = Counter()
        for one in context.plan.changes:
            sides = (bytes(one.raw.change.before), bytes(one.raw.change.after))
            found.update({email for side in sides for email in _EMAIL.findall(side)})
        return found

    return once(context.plan, "accounts by their changes", build)


_EMAIL: Final = regex(rb"[a-z0-9-]+@[a-z0-9.-]+\.iam\.gserviceaccount\.com")


LISTS: Final = frozenset(TARGET_LISTS)


def why_idle_left(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses a target that leaves a list: it took no requests, and another one does."""
    path, key = TARGET_LISTS[change.type]
    rest = change.changed - {path}
    if path not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = (_named(side.get(path), key) for side in (change.before, change.after))
    lost = [name for name in before if name not in after]
    if not lost or any(name is UNKNOWN for name in after) or set(after) - set(before):
        return None
    if all(is_idle(name, context) for name in lost) and not all(
        is_idle(name, context) for name in after
    ):
        return "what goes took no requests, and the others stay"
    return None


def _named(listed: object, key: str) -> list[object]:
    items = listed if isinstance(listed, list) else []
    return [item.get(key) if isinstance(item, dict) else item for item in items]


def why_connector_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses a way into a network: the programs that have one name another."""
    identity = change.before.get("id")
    if not isinstance(identity, str) or not identity or context.live_users(change):
        return None
    name = str(change.before.get("name")).lower()
    if programs_naming(name, context) or len(name) < _SHORT:
        return None
    others = [
        str(one.before.get("id"))
        for one in context.changes_of(change.type)
        if one is not change and stays(one)
    ]
    running = [one for one in programs(context) if stays(one)]
    if any(other.encode() in bytes(one.raw.change.after) for one in running for other in others):
        return "no program takes it, and those with a connector name another"
    return None


_SHORT: Final = 4
