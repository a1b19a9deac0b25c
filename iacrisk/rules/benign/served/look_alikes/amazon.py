"""The declarations of the proofs on AWS: which findings each takes back, and its traps."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served import amazon
from iacrisk.rules.benign.whole import whole
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Suppressor, suppressor


@suppressor(
    id="BL-rangeholds",
    name="range-holds-its-users",
    suppresses={"N11"},
    kinds={ActionKind.UPDATE},
    types=amazon.RANGE_LISTS,
    since="0.2",
)
def range_holds_its_users(change: ResourceChange, context: Context) -> str | None:
    """A range of private addresses that is let in gets narrower and still holds who comes by it.

    Harmless when
        The plan shows the network of the security group and something that runs in its subnets;
        the new range holds the network, and every other network and subnet of the plan that the
        old one held.

    Traps
        A peering, transit or VPN gateway anywhere in the plan, by which others come in; a rule
        whose name or description speaks of an office, a VPN or a partner; another port or group.

    References
        https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    return amazon.why_range_holds(change, context)


@whole(
    id="BL-aliasunused",
    name="alias-nobody-names",
    kinds={ActionKind.DELETE},
    types={"aws_kms_alias"},
)
def alias_nobody_names(change: ResourceChange, context: Context) -> str | None:
    """A second name of a key goes that nothing in the plan uses.

    Harmless when
        The key keeps another alias; a program of the plan names that one, or the key; and
        nothing that stays names this one or refers to it.

    Traps
        A program whose variables come from elsewhere; the only alias; no user in the plan.

    References
        https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html
    """
    return amazon.why_alias_unused(change, context)


@whole(
    id="BL-scratchbucket",
    name="scratch-bucket-nobody-names",
    kinds={ActionKind.DELETE},
    types={"aws_s3_bucket"},
)
def scratch_bucket_nobody_names(change: ResourceChange, context: Context) -> str | None:
    """A bucket goes whose tags say that it holds scratch data, and nobody in the plan uses it.

    Harmless when
        A tag on its data, class or purpose says scratch or temporary; nothing that stays names
        it or refers to it; and the plan shows who uses buckets, and that they name other ones.

    Traps
        Only its name sounds temporary; it is versioned, locked or replicated; a policy, function
        or workgroup still names it; nothing in the plan uses any bucket.

    References
        https://docs.aws.amazon.com/athena/latest/ug/querying.html
    """
    return amazon.why_scratch_unused(change, context)


@whole(
    id="BL-runlogs",
    name="run-logs-kept-a-month",
    kinds={ActionKind.UPDATE},
    types={"aws_cloudwatch_log_group"},
)
def run_logs_kept_a_month(change: ResourceChange, context: Context) -> str | None:
    """The logs of one function or job are kept for a month or more instead of half a year or less.

    Harmless when
        The group is that of a single function, build or job, by AWS's own prefix.

    Traps
        A name or tag that speaks of audit, access, security, payments or law; logs that were
        kept for longer than half a year, which somebody wanted; less than a month left.

    References
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
    """
    return amazon.why_run_logs(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    range_holds_its_users,
    alias_nobody_names,
    scratch_bucket_nobody_names,
    run_logs_kept_a_month,
)
