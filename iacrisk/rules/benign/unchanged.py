"""Look-alikes in which nothing changes: tags, notes, order, values computed anew."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.catalog import harmless
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup, parse_path
from iacrisk.rules.benign.harmless_attributes import Harmless, explain
from iacrisk.rules.benign.whole import shows_users, whole
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@whole(id="BL-tags", name="only-tags", kinds=_UPDATE)
def only_tags(change: ResourceChange, context: Context) -> str | None:
    """Only tags or labels change that describe and do nothing else.

    Harmless when
        Nothing but tags, labels and what is computed from them changes, on AWS, Azure or
        Google.

    Traps
        Tag keys that machines act on: those of Kubernetes, autoscalers and backup plans, and
        every key that a policy, a selection or a look-up by tag in this plan reads. Google's
        network tags, node labels, and providers whose tags choose targets.

    References
        Incidents R199, R211.
    """
    if explain(change, context) is Harmless.TAGS:
        return "only tags change, and nothing in this plan reads them"
    return None


@whole(id="BL-desc", name="only-description", kinds=_UPDATE)
def only_description(change: ResourceChange, context: Context) -> str | None:
    """Only a description changes, in place.

    Harmless when
        Nothing but words for people changes (and perhaps tags).

    Traps
        A description that forces a replacement, as on `aws_security_group` and
        `aws_iam_policy`; the display name of an identity, which look-ups use.

    References
        Incidents R223, R224.
    """
    if explain(change, context) is Harmless.DESCRIPTION:
        return "only a description changes"
    return None


@whole(id="BL-policy", name="same-policy", kinds=_UPDATE)
def reordered_policy(change: ResourceChange, context: Context) -> str | None:
    """A policy document is written differently and grants the same.

    Harmless when
        Old and new document hold the same grants: order, a scalar for a list of one, the
        case of actions, an account number for its root.

    Traps
        One principal or action less within the noise; the account instead of a service's own
        role, whose rights are fixed; a document that does not parse or is not known yet.

    References
        Incidents R147, R148, R149, R150.
    """
    if explain(change, context) is Harmless.POLICY:
        return "the policy is written differently but grants the same"
    return None


@whole(id="BL-set", name="same-content", kinds=_UPDATE)
def same_content(change: ResourceChange, context: Context) -> str | None:
    """A list or block has the same content in another order or with defaults spelled out.

    Harmless when
        Null, an empty text and an empty list take each other's place, or the members of a
        list without order change places.

    Traps
        A member truly added, removed or doubled; lists whose order decides (cache
        behaviours, firewall rule sets, commands).

    References
        Incident R179.
    """
    if explain(change, context) is Harmless.REWRITTEN:
        return "the same content is written differently"
    return None


@whole(id="BL-known", name="recomputed", kinds=_UPDATE)
def recomputed(change: ResourceChange, context: Context) -> str | None:
    """Only values that the provider computes are "known after apply".

    Harmless when
        Nothing but etags, timestamps, versions, ids and the like becomes unknown.

    Traps
        A consumer of that value is destroyed or replaced in the same plan.

    References
        Incident R210.
    """
    if explain(change, context) is Harmless.COMPUTED:
        return "only values that the provider computes change"
    return None


@whole(id="BL-k8sanno", name="only-metadata", kinds=_UPDATE)
def only_metadata(change: ResourceChange, context: Context) -> str | None:  # noqa: ARG001 - all look alike
    """Only notes in the metadata of a Kubernetes object change.

    Harmless when
        Annotations such as owner, contact or change cause change, or labels that nothing
        selects by.

    Traps
        Everything else: controllers, load balancers, certificate issuers and scrapers read
        annotations, and labels select. A pod template is not metadata.

    References
        https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
    """
    if not change.type.startswith("kubernetes_") or change.changed != {"metadata"}:
        return None
    for difference in change.differences():
        if not _is_note(difference.path, difference.before, difference.after):
            return None
    return "only notes in its metadata change"


@whole(
    id="BL-derived",
    name="computed-from-others",
    kinds={ActionKind.REPLACE, ActionKind.DELETE},
    types=harmless.DERIVED,
)
def computed_from_others(change: ResourceChange, context: Context) -> str | None:
    """A view that holds nothing of its own is made anew, or goes without a reader.

    Harmless when
        It is a view or a materialised view, it keeps its name, and what it reads stays; or it is
        deleted and nothing in the state refers to it.

    Traps
        Another name or dataset, under which readers do not find it; a table under the view that
        goes in the same plan; a table that becomes a view, or the other way round.

    References
        https://cloud.google.com/bigquery/docs/materialized-views-intro
    """
    query = _query_of(change, change.before)
    if query is None or _reads_what_goes(query, change, context):
        return None
    if change.kind is ActionKind.DELETE:
        if not shows_users(change, context) or context.live_users(change):
            return None
        return "it is computed from what stays, and nothing refers to it"
    same = all(change.was(name) == change.becomes(name) for name in _PLACE_OF_A_VIEW)
    if same and _query_of(change, change.after) is not None:
        return "it is computed anew from what stays"
    return None


_PLACE_OF_A_VIEW: Final = ("project", "dataset_id", "table_id")


def _query_of(change: ResourceChange, tree: dict[str, Any]) -> str | None:
    texts = (lookup(tree, parse_path(path)) for path in harmless.DERIVED[change.type])
    return next((text for text in texts if isinstance(text, str) and text), None)


def _reads_what_goes(query: str, change: ResourceChange, context: Context) -> bool:
    words = frozenset(re.split(r"[^\w-]+", query))
    goers = once(
        context.plan,
        ("tables that go", change.type),
        lambda: [one for one in context.changes_of(change.type) if one.destroys],
    )
    return any(one is not change and one.before.get("table_id") in words for one in goers)


def _is_note(path: tuple[Any, ...], before: Any, after: Any) -> bool:
    if len(path) < 3 or path[:2] != ("metadata", 0):
        return False
    if path[2] in {"generation", "resource_version"}:
        return True
    if path[2] not in {"annotations", "labels"} or after is UNKNOWN:
        return False
    trees = (before or {}, after or {}) if len(path) == 3 else ({path[3]: before}, {})
    keys = {str(key) for tree in trees if isinstance(tree, dict) for key in tree}
    if path[2] == "labels":
        return keys <= harmless.INERT_LABELS
    return all(_is_inert(key) for key in keys)


def _is_inert(key: str) -> bool:
    prefix, _, last = key.rpartition("/")
    return last in harmless.INERT_ANNOTATIONS and "ingress" not in prefix
