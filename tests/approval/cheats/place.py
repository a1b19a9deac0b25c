"""Another place, policy, release or verdict."""

from __future__ import annotations

from typing import Any

from iacrisk.classifier import load_model
from tests.approval.cheats.making import PREDICATE, Cheat, Cheats, approved, forged, now
from tests.approval.world import Json, World, put


def blocked(world: World) -> None:
    world.policy_of(thresholds={"block": 60})
    world.approve()


def blocked_elsewhere(world: World) -> None:
    """Unblocking is for staging, the plan is for production."""
    world.setting(rules=[{"environments": ["staging"], "may_unblock": True}, {"by": []}])
    blocked(world)


def unblocked_for_another_finding(world: World) -> None:
    """The plan is blocked for a doubt, and Alice may unblock findings on networks."""
    world.policy_of(doubts={"incomplete": "blocked"})
    world.setting(rules=[{"rules": ["N*"], "may_unblock": True}, {}])
    world.edit("complete", False)
    world.approve()


def unblocked_by_too_few(world: World) -> None:
    world.setting(rules=[{"may_unblock": True, "quorum": 2}])
    blocked(world)


def not_mine_to_approve(world: World) -> None:
    """Alice is of the group for networks; identity is asked for as well."""
    world.setting(
        groups={"net": ["alice@example.com"], "lead": ["bob@example.com"]},
        rules=[{"by": ["net"]}, {"by": ["lead"], "rules": ["N*"], "severity": "high"}],
    )
    world.approve()


def nobodys_to_approve(world: World) -> None:
    world.setting(rules=[{"rules": ["D*"]}])
    world.approve()


def by_another_model(world: World) -> None:
    """The model counts, and the approver asked an older one."""
    world.policy_of(model={"use": "as-shipped"})
    world.model = load_model()
    world.forge(lambda content: put(content, f"{PREDICATE}tool/model", "0" * 64))


def without_the_model(world: World) -> None:
    world.policy_of(model={"use": "as-shipped"})
    world.approve()
    world.model = load_model()


def with_policy(**settings: Any) -> Cheat:
    return approved(lambda world: world.policy_of(**settings))


def with_approvals_setting(**settings: Any) -> Cheat:
    return approved(lambda world: world.setting(**settings))


def _digests(content: Json) -> dict[str, str]:
    found: dict[str, str] = content["subject"][0]["digest"]
    return found


def _name(content: Json, form: str) -> str:
    return next(name for name in _digests(content) if f":{form}:" in name)


def _forge_digest(world: World, form: str) -> None:
    world.forge(lambda content: _digests(content).update({_name(content, form): "0" * 64}))


def _drop_digest(world: World, form: str) -> None:
    world.forge(lambda content: _digests(content).pop(_name(content, form)))


def _rename_digest(world: World, old: str, new: str) -> None:
    def edit(content: Json) -> None:
        renamed = {name.replace(old, new): hex_ for name, hex_ in _digests(content).items()}
        content["subject"][0]["digest"] = renamed

    world.forge(edit)


def doubled_subject(world: World) -> None:
    world.forge(lambda content: content["subject"].append(content["subject"][0]))


OTHER_PLACE: Cheats = {
    "another workspace": (
        approved(now(workspace="live")),
        "It is for the workspace 'main', not for 'live'.",
    ),
    "the default workspace": (
        approved(now(workspace="")),
        "It is for the workspace 'main', not for 'default'.",
    ),
    "another root": (
        approved(now(subject="bank/infra")),
        "It is for the subject 'shop/infra', not for 'bank/infra'.",
    ),
    "a look-alike root": (
        approved(now(subject="sh\u043ep/infra")),
        "It is for the subject 'shop/infra'",
    ),
    "no root stated": (approved(now(subject="")), "not for ''."),
    "another environment": (
        approved(now(environment="staging")),
        "It is for the environment 'production', not for 'staging'.",
    ),
    "other thresholds": (with_policy(thresholds={"hold": 39}), "Another policy held"),
    "a rule made milder": (with_policy(rules={"D02": {"severity": "low"}}), "Another policy held"),
    "a doubt silenced": (with_policy(doubts={"errored": "note"}), "Another policy held"),
    "a wider group": (
        with_approvals_setting(groups={"lead": ["mallory@example.com"]}),
        "Another policy held",
    ),
    "an older release": (
        forged(f"{PREDICATE}tool/iacrisk", "0.0.9"),
        "iacrisk 0.0.9 judged the plan then",
    ),
    "older rules": (
        forged(f"{PREDICATE}tool/judgment", "0" * 64),
        "Other rules or tables judged the plan then than do now.",
    ),
    "a plugin of then": (
        forged(f"{PREDICATE}tool/plugins", {"house-rules": "0" * 64}),
        "Other plugins judged the plan then than do now.",
    ),
    "another model": (by_another_model, "Another trained model was asked then than is now."),
    "no model asked": (without_the_model, "Another trained model was asked then than is now."),
    "another verdict": (
        forged(f"{PREDICATE}verdict", "blocked"),
        "It approves the verdict blocked, not approval-required.",
    ),
    "other findings": (
        forged(f"{PREDICATE}judged", "0" * 64),
        "Other findings or dependents were approved than there are now.",
    ),
    "another plan's fingerprint": (
        lambda world: _forge_digest(world, "strict"),
        "It is for a plan with other values.",
    ),
    "no loose fingerprint": (
        lambda world: _drop_digest(world, "loose"),
        "Its fingerprints are not of the kind that this release makes.",
    ),
    "an older fingerprint": (
        lambda world: _rename_digest(world, "iacrisk-plan/1:", "iacrisk-plan/0:"),
        "Its fingerprints are not of the kind that this release makes.",
    ),
    "two subjects": (
        doubled_subject,
        "Its fingerprints are not of the kind that this release makes.",
    ),
    "blocked by the default policy": (
        blocked,
        "aws_security_group.app is blocked, and the policy names nobody who may approve that.",
    ),
    "blocked here, unblocked elsewhere": (
        blocked_elsewhere,
        "aws_security_group.app is blocked, and the policy names nobody who may approve that.",
    ),
    "blocked for a doubt, unblocked for a finding": (
        unblocked_for_another_finding,
        "the plan as a whole is blocked, and the policy names nobody who may approve that.",
    ),
    "unblocked by too few": (
        unblocked_by_too_few,
        "1 of 2 approvals by a listed signer (approval rule 1).",
    ),
    "a group is missing": (not_mine_to_approve, "0 of 1 approvals by lead (approval rule 2)."),
    "nobody is named": (
        nobodys_to_approve,
        "The policy names nobody who may approve aws_security_group.app.",
    ),
}
