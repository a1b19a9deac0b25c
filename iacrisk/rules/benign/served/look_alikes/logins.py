"""Look-alikes in which whoever is turned away could not come in before, or is not there."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.access import shut_logins
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.mesh_callers import ENTRY, INTENTIONS
from iacrisk.rules.rule import Suppressor, suppressor


@suppressor(
    id="BL-loginshut",
    name="login-that-was-shut",
    suppresses={"I16"},
    kinds={ActionKind.DELETE},
    types=shut_logins.LOGINS | shut_logins.PARTS,
    since="0.2",
)
def login_that_was_shut(change: ResourceChange, context: Context) -> str | None:
    """A client, an account or what it was given goes, by which nobody could log in.

    Harmless when
        It is switched off, or has no flow and no address to return to; and nothing that stays
        in the plan has its id in its values.

    Traps
        A client without addresses to return to that logs in by its own secret; flows of which
        the provider tells nothing; an account that is only suspended; a program or a list that
        still names it.

    References
        https://auth0.com/docs/get-started/applications/application-grant-types
        https://www.keycloak.org/docs/latest/server_admin/#_oidc_clients
    """
    return shut_logins.why_login_shut(change, context)


@suppressor(
    id="BL-shutleftout",
    name="only-shut-logins-left-out",
    suppresses={"I15"},
    kinds={ActionKind.UPDATE},
    types=shut_logins.LISTS,
    since="0.2",
)
def only_shut_logins_left_out(change: ResourceChange, context: Context) -> str | None:
    """A list of clients loses only those by which nobody can log in.

    Harmless when
        Each client that goes is in the plan without a flow and without an address to return to,
        others stay, and nothing else of the list changes.

    Traps
        A client among them that is not in the plan, or has a flow; an empty list.

    References
        https://auth0.com/docs/get-started/applications/application-grant-types
    """
    return shut_logins.why_shut_left_out(change, context)


@suppressor(
    id="BL-callergone",
    name="caller-that-is-gone",
    suppresses={"E53"},
    kinds={ActionKind.UPDATE},
    types={ENTRY, INTENTIONS},
    since="0.2",
)
def caller_that_is_gone(change: ResourceChange, context: Context) -> str | None:
    """Intentions lose a caller of whom nothing is left.

    Harmless when
        The plan holds entries of every caller that stays, by name, and nothing that stays or is
        made has the name of the one that goes in its values.

    Traps
        A caller with defaults or a router of its own; a plan that does not show all callers who
        stay; a caller who keeps some rights; a wildcard.

    References
        https://developer.hashicorp.com/consul/docs/reference/config-entry/service-intentions
    """
    return shut_logins.why_caller_gone(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    login_that_was_shut,
    only_shut_logins_left_out,
    caller_that_is_gone,
)
