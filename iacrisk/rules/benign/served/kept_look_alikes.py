"""Look-alikes in which what is needed is kept: names, reviews, hours, records, content."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served import issued_names
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.vault_issuing import ROLE
from iacrisk.rules.rule import Suppressor, suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@suppressor(
    id="BL-namesissued",
    name="all-names-still-issued",
    suppresses={"I15"},
    kinds=_UPDATE,
    types={ROLE},
    since="0.2",
)
def all_names_still_issued(change: ResourceChange, context: Context) -> str | None:
    """A role of Vault issues for fewer names, and all that have a certificate of it stay allowed.

    Harmless when
        Nothing but what decides on names changes, the plan holds certificates of the role, and
        the new values allow every name of each.

    Traps
        A policy, an issuer or an agent that asks the role for names the plan does not tell; ACME
        and other ways by which clients ask themselves; a name below a domain that goes, wherever
        it stands in the plan; domains from a template.

    References
        https://developer.hashicorp.com/vault/api-docs/secret/pki#create-update-role
    """
    return issued_names.why_names_issued(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (all_names_still_issued,)
