"""Outcomes that the emulator made: recognised by what it says when it is at its end.

AWS itself never answers so. A case with such an answer says nothing about AWS, whatever broke.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from iacrisk.training.emulation.client import Call

_SIGNS = (
    (r"StatusCode: 50\d|https response error StatusCode: 0", "the emulator failed inside"),
    (r"not (?:yet )?implemented|NotImplemented|has not been implemented", "not implemented"),
    (r"inconsistent result after apply|inconsistent final plan", "the provider was misled"),
    (r"deserialization failed|unexpected EOF|failed to decode", "the answer could not be read"),
    (r"Plugin did not respond|connection refused|rpc error", "the provider died"),
    (r"Resource\.AlreadyAssociated", "an address is not freed with its NAT gateway"),
    (
        r"timeout while waiting for state|couldn't find resource \(\d+ retries\)",
        "a state that never comes",
    ),
    (r"unexpected state '[^']*', wanted target", "a state that never comes"),
)


_CUT_SHORT = "DeadlineExceeded"
"""How Terraform words it when `provider` ends a call that takes too long."""
_REFUSALS = 4
"""So many refusals of the same request mean that AWS will not do it, however long one waits."""


def artefact_in(errors: Iterable[str], calls: Iterable[Call]) -> str:
    """Why these errors are the emulator's own; empty when they may be AWS's."""
    refused = _refused_for_good(calls)
    for error in errors:
        if _CUT_SHORT in error:
            if not refused:
                return f"a state that never comes: {_CUT_SHORT}"
            continue
        for pattern, reason in _SIGNS:
            if found := re.search(pattern, error, re.IGNORECASE):
                return f"{reason}: {found[0]}"
    return ""


def _refused_for_good(calls: Iterable[Call]) -> bool:
    refusals = Counter(
        (call.service, call.operation, call.path, call.body)
        for call in calls
        if call.writes and 400 <= call.status < 500
    )
    return any(count >= _REFUSALS for count in refusals.values())
