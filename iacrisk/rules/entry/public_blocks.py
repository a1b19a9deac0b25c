"""E33: a bucket that answers everybody is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.policy_document import Effect, Policy, every_grant, parse_policy
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_SWITCH: Final = "restrict_public_buckets"


@rule(
    id="E33",
    name="public-bucket-closed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={"aws_s3_bucket_public_access_block"},
    since="0.2",
)
def public_bucket_closed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Public access is blocked to a bucket whose policy lets everybody read.

    What it flags
        `restrict_public_buckets` that is switched on for a bucket with an unconditional public
        policy which stays; gravest where the bucket serves a website.

    Why it matters
        It is right for nearly every bucket. Those who read this one without signing in, browsers
        above all, are refused from the moment of the apply.

    When it is fine
        A distribution reads the bucket with a right of its own, and nobody comes directly.

    What to do instead
        Put the distribution before it first, and move the names.

    References
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    if change.after.get(_SWITCH) is not True or change.before.get(_SWITCH) is True:
        return
    bucket = change.after.get("bucket")
    if bucket is UNKNOWN or not bucket:
        return
    sites = _of_bucket("aws_s3_bucket_website_configuration", bucket, context)
    policies = _of_bucket("aws_s3_bucket_policy", bucket, context)
    if any(_is_public(parse_policy(one.after.get("policy"))) for one in policies):
        buckets = _of_bucket("aws_s3_bucket", bucket, context)
        yield Flag(
            what="Whoever reads the bucket without signing in is refused.",
            paths=((_SWITCH,),),
            severity=None if sites else Severity.MEDIUM,
            hurts=tuple(one.label for one in (*buckets, *sites)),
        )


def _of_bucket(type_name: str, bucket: object, context: Context) -> list[ResourceChange]:
    found = context.changes_of(type_name)
    return [one for one in found if stays(one) and one.before.get("bucket") == bucket]


def _is_public(policy: Policy | None) -> bool:
    return policy is not None and any(
        grant.effect is Effect.ALLOW and grant.principal.is_any and not grant.condition
        for grant in every_grant(policy)
    )
