"""N50, X50: the policy file of a Tailscale network lets fewer in, or everybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_TYPES: Final = frozenset({"tailscale_acl"})
_COMMENT: Final = regex(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA: Final = regex(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', re.DOTALL)
_LONGEST: Final = 200_000
_ANYBODY: Final = frozenset({"*", "autogroup:member"})

Pair = tuple[str, str]


@rule(
    id="N50",
    name="tailnet-narrowed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types=_TYPES,
    since="0.2",
)
def tailnet_narrowed(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """The policy file of a Tailscale network no longer lets somebody reach something.

    What it flags
        A pair of source and destination in `acls` or `grants` that no entry of the new file holds,
        and members who leave a group.

    Why it matters
        What the file does not name is refused, at once and for the whole network.

    When it is fine
        Nobody goes that way. Not flagged: the same pairs in other entries, in another order.

    What to do instead
        Put a test into the file (`tests`): Tailscale refuses a file that fails it.

    References
        https://tailscale.com/kb/1337/policy-syntax
    """
    if "acl" not in change.changed:
        return
    old, new = _read(change.before.get("acl")), _read(change.after.get("acl"))
    if old is None or new is None:
        if change.after.get("acl") is UNKNOWN:
            yield Undecided(why="The new policy file is not known.", paths=(("acl",),))
        return
    kept = set(_pairs(new))
    lost = [pair for pair in _pairs(old) if not any(_holds(one, pair) for one in kept)]
    left = _left_groups(old, new)
    if lost or left:
        shown = [*(f"{source} to {where}" for source, where in lost), *left]
        yield Flag(what=f"No longer let through: {some_of(shown)}.", paths=(("acl",),))


@rule(
    id="X50",
    name="tailnet-opened",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=_TYPES,
    since="0.2",
)
def tailnet_opened(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """The policy file of a Tailscale network lets every member reach every machine.

    What it flags
        An entry of `acls` or `grants`, new in the file, from all sources to all destinations.

    Why it matters
        Whoever gets hold of one laptop reaches every server.

    When it is fine
        The network is one person's.

    What to do instead
        Name groups and tags.

    References
        https://tailscale.com/kb/1337/policy-syntax
    """
    old, new = _read(change.before.get("acl")) or {}, _read(change.after.get("acl")) or {}
    if any(map(_is_everything, _pairs(new))) and not any(map(_is_everything, _pairs(old))):
        yield Flag(what="Everybody reaches every machine.", paths=(("acl",),))


def _is_everything(pair: Pair) -> bool:
    return pair[0] in _ANYBODY and pair[1] in {"*", "*:*"}


def _read(text: Any) -> dict[str, Any] | None:
    """The policy file, which may have comments and commas before a bracket."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    plain = _LAST_COMMA.sub(_kept, _COMMENT.sub(_kept, text))
    try:
        found = json.loads(plain)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _kept(match: re.Match[str]) -> str:
    return match[1] or ""


def _pairs(policy: dict[str, Any]) -> Iterator[Pair]:
    for entry in members(policy.get("acls")):
        protocol = f"{entry['proto']}/" if isinstance(entry.get("proto"), str) else ""
        if entry.get("action", "accept") == "accept":
            for source in texts(entry.get("src")):
                for where in texts(entry.get("dst")):
                    yield source, protocol + where
    for entry in members(policy.get("grants")):
        for source in texts(entry.get("src")):
            for where in texts(entry.get("dst")):
                for port in texts(entry.get("ip")) or ["*"]:
                    yield source, f"{where}:{port}"


def _holds(one: Pair, other: Pair) -> bool:
    source = one[0] in {other[0], "*"}
    host, _, ports = one[1].rpartition(":")
    host_before, _, ports_before = other[1].rpartition(":")
    same_ports = ports == "*" or set(ports_before.split(",")) <= set(ports.split(","))
    return source and host in {host_before, "*"} and same_ports


def _left_groups(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Members who leave a group that stays."""
    before, after = mapping(old.get("groups")), mapping(new.get("groups"))
    return [
        f"{person} of {name}"
        for name in before.keys() & after.keys()
        for person in sorted(set(texts(before[name])) - set(texts(after[name])))
    ]
