"""E34: an entry point gets a filter that turns away whoever it does not name."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.entry.web_filters import default_action
from iacrisk.rules.readers.entries.web_acl import acl_rules, is_wide
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule


@rule(
    id="E34",
    name="filter-blocks-by-default",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE},
    types={"aws_wafv2_web_acl_association"},
    since="0.2",
)
def filter_blocks_by_default(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An entry point that stays gets a web ACL that blocks whoever no rule lets in.

    What it flags
        A new association of a web ACL whose default action is `block` with something that exists
        and had none, where no rule of the ACL lets nearly everybody through.

    Why it matters
        Clients that no rule names are refused at once.

    When it is fine
        The rules name all who have to get in, such as the offices of an internal tool.

    What to do instead
        Let the default action count for a week, and read who would have been refused.

    References
        https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-default-action.html
    """
    uses = {use.argument: use.node.change for use in context.graph.dependencies(change.label)}
    acl, target = uses.get("web_acl_arn"), uses.get("resource_arn")
    if acl is None or target is None or not stays(target) or target.before.get("internal") is True:
        return
    if default_action(acl.after) != "block" or _had_one(target, context):
        return
    if any(item.action == "allow" and is_wide(item.statement) for item in acl_rules(acl.after)):
        return
    yield Flag(
        what=f"Whoever no rule of {acl.label} lets in is refused at {target.label}.",
        paths=(("web_acl_arn",),),
        hurts=(target.label,),
    )


def _had_one(target: ResourceChange, context: Context) -> bool:
    return any(
        one.before.get("resource_arn") == target.before.get("arn")
        for one in context.changes_of("aws_wafv2_web_acl_association")
        if one.before
    )
