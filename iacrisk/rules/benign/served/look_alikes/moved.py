"""Look-alikes in which whoever used the thing was moved, or never comes by this way."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.programs import moved_away
from iacrisk.rules.benign.whole import whole
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Suppressor, suppressor


@suppressor(
    id="BL-nameled",
    name="names-lead-elsewhere",
    suppresses={"C08", "E05"},
    kinds={ActionKind.DELETE},
    types=moved_away.SITES_AND_NAMES,
    since="0.2",
)
def names_lead_elsewhere(change: ResourceChange, context: Context) -> str | None:
    """A site goes to which no name leads any more.

    Harmless when
        The names that it was bound to go with it, each has a record in the plan that leads to
        another place, and nothing that stays holds the site's own name.

    Traps
        A name without a record in the plan; a record, a profile or a program that still names
        the site; a site without any name of its own.

    References
        https://learn.microsoft.com/azure/security/fundamentals/subdomain-takeover
    """
    return moved_away.why_names_lead_elsewhere(change, context)


@whole(
    id="BL-topicended",
    name="topic-ended",
    kinds={ActionKind.DELETE},
    types=moved_away.TOPICS_AND_GRANTS,
)
def topic_ended(change: ResourceChange, context: Context) -> str | None:
    """A topic goes whose readers and writers were moved to another one.

    Harmless when
        All grants on the topic go in the same plan, one to read it among them, and each of their
        holders keeps a grant on another topic; nothing that stays names the topic.

    Traps
        A grant for a prefix or for all topics; a connector that lists the topic; a topic whose
        grants the plan does not show.

    References
        https://docs.confluent.io/cloud/current/security/access-control/acl.html
    """
    return moved_away.why_topic_ended(change, context)


@suppressor(
    id="BL-balanced",
    name="only-the-balancer-reaches-it",
    suppresses={"I05", "X01"},
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=moved_away.RUN_GRANTS,
    since="0.2",
)
def only_the_balancer_reaches_it(change: ResourceChange, context: Context) -> str | None:
    """Everybody may call a Cloud Run service that only a load balancer reaches.

    Harmless when
        The service takes traffic from inside and from load balancers alone, a balancer's group
        in the plan leads to it, and its account has no role beyond logs, metrics and images.

    Traps
        A service that the internet reaches; one that runs as the default account, reads secrets
        or a database; one that no balancer serves, as only programs inside call it.

    References
        https://cloud.google.com/run/docs/securing/ingress
    """
    return moved_away.why_only_balancer(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    names_lead_elsewhere,
    topic_ended,
    only_the_balancer_reaches_it,
)
