"""Who may decide on a held plan, and what counts.

An approval on the page is the same statement that `iacrisk approve` signs; the sign-in takes the
place of the SSH key, and one code judges both.
"""

from iacrisk.service.deciding.identity import Identity
from iacrisk.service.deciding.recording import (
    DECIDABLE,
    approve,
    reject,
    review,
    standing_now,
    state_of,
    why_not_approve,
    withdraw,
)
from iacrisk.service.deciding.standing import Standing

__all__ = [
    "DECIDABLE",
    "Identity",
    "Standing",
    "approve",
    "reject",
    "review",
    "standing_now",
    "state_of",
    "why_not_approve",
    "withdraw",
]
