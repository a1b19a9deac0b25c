"""Look-alikes in which a name or a right reaches nobody, or nothing that matters."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.access import unbound
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import types_of
from iacrisk.rules.rule import Suppressor, suppressor


@suppressor(
    id="BL-classunused",
    name="class-without-ingresses",
    suppresses={"C09"},
    kinds={ActionKind.UPDATE},
    types={"helm_release"},
    since="0.2",
)
def class_without_ingresses(change: ResourceChange, context: Context) -> str | None:
    """A controller renames a class that no ingress has.

    Harmless when
        Nothing but the names of the class changes, the plan holds ingresses, each of them names
        another class, and no other resource of the plan holds the old name as a word.

    Traps
        An ingress without a class, which the default takes; a class that is the default; other
        values that change along; a chart whose values name the class; a plan without ingresses.

    References
        https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class
    """
    return unbound.why_class_unused(change, context)


@suppressor(
    id="BL-boundinside",
    name="bound-inside-a-namespace",
    suppresses={"I04"},
    kinds={ActionKind.UPDATE},
    types=types_of("ClusterRole"),
    since="0.2",
)
def bound_inside_a_namespace(change: ResourceChange, context: Context) -> str | None:
    """A cluster role comes to read more, and is bound inside single namespaces alone.

    Harmless when
        All that is added is reading, every binding of the plan to the role is one of a namespace,
        and all its subjects are service accounts of that same namespace.

    Traps
        A binding of the cluster; a group or a person; an account of another namespace; the
        system's own namespaces; writing; a role that is gathered into another one; a role that
        nothing in the plan binds.

    References
        https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
    """
    return unbound.why_bound_inside(change, context)


@suppressor(
    id="BL-onlylinks",
    name="group-that-opens-links",
    suppresses={"I15"},
    kinds={ActionKind.UPDATE},
    types={"okta_group_rule"},
    since="0.2",
)
def group_that_opens_links(change: ResourceChange, context: Context) -> str | None:
    """More people come into a group that is assigned to bookmarks alone.

    Harmless when
        Nothing but the expression changes, its groups are in the plan, each is assigned to
        bookmarks, and nothing else names it: no application, role, policy or other rule.

    Traps
        An application that is told of groups whose names fit; a group outside the plan, or one
        that nothing is assigned to; a role of administrators.

    References
        https://help.okta.com/oie/en-us/content/topics/users-groups-profiles/usgp-create-group-rules.htm
    """
    return unbound.why_group_opens_links(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    class_without_ingresses,
    bound_inside_a_namespace,
    group_that_opens_links,
)
