"""I30: a new policy denies what its holder's other policies give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.policy_document import (
    Effect,
    Grant,
    Policy,
    every_grant,
    matchers_meet,
)
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.effective_access import Side, access_of
from iacrisk.rules.readers.access.policy_changes import policies_now
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import grants_text
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

PRINCIPAL_ATTACHMENTS: Final = frozenset(
    {"aws_iam_role_policy_attachment", "aws_iam_user_policy_attachment"}
)
INLINE: Final = frozenset({"aws_iam_role_policy", "aws_iam_user_policy"})
_DENIES_ALL: Final = "arn:aws:iam::aws:policy/AWSDenyAll"


@rule(
    id="I30",
    name="new-denial-takes-rights",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE},
    types=PRINCIPAL_ATTACHMENTS | INLINE,
    since="0.2",
)
def new_denial_takes_rights(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A role or user that exists gets a policy which denies what its other policies give.

    What it flags
        A new inline policy or attachment with an unconditional `Deny` on actions and resources
        that another policy of the same principal allows; AWS's own policy that denies all.

    Why it matters
        A denial wins over everything that allows. Nothing fails until the next call.

    When it is fine
        The principal is to be shut out. Not flagged: denials under a condition, and of what the
        principal was never given.

    What to do instead
        Take the right out of the policy that gives it, and see who misses it.

    References
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    principal = principal_of(change, context)
    if principal is None:
        return
    path = "policy_arn" if change.type in PRINCIPAL_ATTACHMENTS else "policy"
    users = [use.node.change for use in context.consumers(principal)]
    hurt = (principal.label, *(one.label for one in users if one is not None and stays(one)))
    if change.after.get("policy_arn") == _DENIES_ALL:
        yield Flag(what="Everything is denied to it.", paths=((path,),), hurts=hurt)
        return
    name = f"{principal.type.removeprefix('aws_iam_')}/{principal.before.get('name')}"
    held = [
        one for one in every_grant(access_of(context).before(name)) if one.effect is Effect.ALLOW
    ]
    plain = (one for one in denied_by(change, context) if not one.condition)
    denied = [one for one in plain if any(matchers_meet(one, it) for it in held)]
    if denied:
        yield Flag(
            what=f"It no longer may, though another policy says so: {grants_text(denied)}.",
            paths=((path,),),
            hurts=hurt,
        )


def principal_of(change: ResourceChange, context: Context) -> ResourceChange | None:
    """The role or user of today that the change is about."""
    for kind in ("role", "user"):
        name = change.after.get(kind)
        found = _by_name(f"aws_iam_{kind}", context).get(name) if isinstance(name, str) else None
        if found is not None:
            return found
    return None


def _by_name(type_name: str, context: Context) -> dict[object, ResourceChange]:
    def build() -> dict[object, ResourceChange]:
        staying = [one for one in context.changes_of(type_name) if stays(one)]
        return {one.before.get("name"): one for one in reversed(staying)}

    return once(context.plan, ("principals by name", type_name), build)


def denied_by(change: ResourceChange, context: Context) -> list[Grant]:
    """What the policy that comes to the principal denies, under a condition or without."""
    if change.type.endswith("_attachment"):
        policy = access_of(context).attached(change, Side.AFTER)
    else:
        policy = policies_now(change, change.after) or Policy(())
    return [one for one in every_grant(policy) if one.effect is Effect.DENY]
