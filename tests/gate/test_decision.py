"""Policy and verdict: thresholds, doubts, waivers, overrides, lists."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from iacrisk.assess import Assessment
from iacrisk.errors import ExpiredWaiver
from iacrisk.gate import Consequence, Policy, Thresholds, Verdict, Waiver
from iacrisk.gate.policy import (
    NEVER,
    Doubts,
    Environments,
    RuleSettings,
    SeverityName,
    Staging,
)
from iacrisk.plan import ResourceChange, matches
from iacrisk.rules import Context, Rule, Severity
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, plan_rule, rule
from tests.conftest import TODAY, Judge
from tests.plans import Json, change, create, delete, noop, plan, tweak

ALLOWED, APPROVAL, BLOCKED, COULD_NOT = Verdict


def flags_all(severity: Severity, harm: Harm = Harm.ACCESS) -> Rule:
    """A rule that flags every change."""

    @rule(id="D01", name="flags-all", severity=severity, confidence=Confidence.HIGH, harm=harm)
    def check(change: ResourceChange, context: Context) -> Iterator[Outcome]:
        """Flags every change."""
        del change, context
        yield Flag(what="It is bad.")

    return check


@rule(
    id="D02",
    name="raises",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    harm=Harm.HYGIENE,
)
def raises(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Says something and then fails."""
    del context
    yield Flag(what="Before the failure.")
    raise ValueError(change.was("password"))


UPDATE = tweak("aws_iam_policy.p", {"policy": "a"}, policy="b")
HIGH = flags_all(Severity.HIGH)
"""An update with it scores 69."""


def reasons(assessment: Assessment) -> list[tuple[str, str, str]]:
    """The reasons of a verdict."""
    return [(r.verdict, r.address, r.what) for r in assessment.decision.reasons]


def test_nothing_found_is_allowed(judge: Judge) -> None:
    assessment = judge(plan(UPDATE))
    assert assessment.decision.verdict is ALLOWED
    assert reasons(assessment) == []


@pytest.mark.parametrize(
    ("thresholds", "verdict"),
    [
        (Thresholds(hold=69), APPROVAL),
        (Thresholds(hold=70), ALLOWED),
        (Thresholds(hold=40, block=69), BLOCKED),
        (Thresholds(hold=40, block=70), APPROVAL),
        (Thresholds(hold=NEVER, block=NEVER), ALLOWED),
        (Thresholds(hold=NEVER, block=50), BLOCKED),
    ],
)
def test_a_score_meets_a_threshold_when_it_reaches_it(
    thresholds: Thresholds, verdict: Verdict, judge: Judge
) -> None:
    assessment = judge(plan(UPDATE), HIGH, policy=Policy(thresholds=thresholds))
    assert assessment.score == 69
    assert assessment.decision.verdict is verdict
    assert assessment.decision.thresholds == thresholds


@pytest.mark.parametrize(
    ("environment", "thresholds"),
    [
        ("production", Thresholds(hold=40, block=95)),
        ("staging", Thresholds(hold=50, block=NEVER)),
        ("development", Thresholds(hold=60, block=NEVER)),
        ("preview", Thresholds(hold=60, block=NEVER)),
    ],
)
def test_each_environment_has_its_default_thresholds(
    environment: str, thresholds: Thresholds, judge: Judge
) -> None:
    assessment = judge(plan(UPDATE), environment=environment)
    assert assessment.decision.thresholds == thresholds


def test_an_environment_overrides_the_thresholds_one_by_one(judge: Judge) -> None:
    policy = Policy(
        thresholds=Thresholds(hold=10, block=20),
        environments=Environments(staging=Staging(hold=None, block=60)),
    )
    found = judge(plan(UPDATE), HIGH, policy=policy, environment="staging").decision
    assert (found.thresholds, found.verdict) == (Thresholds(hold=10, block=60), BLOCKED)


@pytest.mark.parametrize(
    ("harm", "environment", "severity"),
    [
        (Harm.DATA, "production", Severity.HIGH),
        (Harm.DATA, "staging", Severity.HIGH),
        (Harm.DATA, "development", Severity.LOW),
        (Harm.AVAILABILITY, "preview", Severity.INFO),
        (Harm.RECOVERY, "preview", Severity.INFO),
        (Harm.ACCESS, "preview", Severity.HIGH),
        (Harm.EXPOSURE, "preview", Severity.HIGH),
        (Harm.DETECTION, "preview", Severity.HIGH),
    ],
)
def test_milder_environments_weigh_down_only_what_stays_inside_them(
    harm: Harm, environment: str, severity: Severity, judge: Judge
) -> None:
    assessment = judge(plan(UPDATE), flags_all(Severity.HIGH, harm), environment=environment)
    assert [f.severity for item in assessment.changes for f in item.findings] == [severity]


def test_a_torn_down_preview_passes_where_the_same_in_production_is_held(judge: Judge) -> None:
    gone = [delete("aws_db_instance.a"), delete("aws_s3_bucket.b"), delete("aws_lb.c")]
    loses = flags_all(Severity.CRITICAL, Harm.DATA)
    assert judge(plan(*gone), loses, environment="preview").decision.verdict is ALLOWED
    assert judge(plan(*gone), loses, environment="production").decision.verdict is APPROVAL


def test_a_preview_object_of_a_production_root_weighs_less_unless_production_uses_it(
    judge: Judge,
) -> None:
    gone = delete("aws_db_instance.a", {"tags": {"env": "preview"}})
    app = noop("aws_instance.app", {"tags": {"env": "prod"}})
    loses = flags_all(Severity.CRITICAL, Harm.DATA)
    uses = {"aws_instance.app": {"user_data": ["aws_db_instance.a.address"]}}

    alone = judge(plan(gone, app), loses, environment="")
    used = judge(plan(gone, app, references=uses), loses, environment="")

    assert alone.environment.environment == used.environment.environment == "production"
    assert (alone.decision.verdict, used.decision.verdict) == (ALLOWED, APPROVAL)


def test_changes_below_the_bar_may_add_up_to_more_than_it(judge: Judge) -> None:
    entries = [delete(f"aws_instance.i{n}") for n in range(10)]
    single = judge(plan(entries[0])).score
    policy = Policy(thresholds=Thresholds(hold=single + 1, block=single + 2))
    assert judge(plan(entries[0]), policy=policy).decision.verdict is ALLOWED
    assert reasons(judge(plan(*entries), policy=policy)) == [
        (APPROVAL, "", f"together the changes score {judge(plan(*entries)).score} of 100")
    ]


DOUBTS: dict[str, Json] = {
    "errored": {"errored": True},
    "incomplete": {"complete": False},
    "deferred": {"deferred_changes": [{"resource_change": delete("a_b.c")}]},
    "unknown_action": {"resource_changes": [change("a_b.c", "mangle")]},
    "unknown_format": {"format_version": "x"},
    "changes_missing": {
        "resource_changes": None,
        "planned_values": {"root_module": {"resources": [{"address": "a_b.c"}]}},
    },
    "action_invocation": {"action_invocations": [{"address": "action.a.b"}]},
}
OF_A_RUN = {"rule_failed", "model_unusable", "configuration_unread"}
COULD_NOT_BY_DEFAULT = {"errored", "unknown_format", "changes_missing"}


def test_every_doubt_has_a_setting_and_a_case() -> None:
    assert set(Doubts.__struct_fields__) == {*DOUBTS, *OF_A_RUN}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_doubt_never_passes_by_default(doubt: str, judge: Judge) -> None:
    verdict = judge(plan(**DOUBTS[doubt])).decision.verdict
    assert verdict is (COULD_NOT if doubt in COULD_NOT_BY_DEFAULT else APPROVAL)


@pytest.mark.parametrize(
    ("consequence", "verdict"),
    [
        (Consequence.NOTE, ALLOWED),
        (Consequence.APPROVAL_REQUIRED, APPROVAL),
        (Consequence.BLOCKED, BLOCKED),
        (Consequence.COULD_NOT_REVIEW, COULD_NOT),
    ],
)
@pytest.mark.parametrize("doubt", DOUBTS)
def test_the_policy_says_what_follows_from_a_doubt(
    doubt: str, consequence: Consequence, verdict: Verdict, judge: Judge
) -> None:
    never = Thresholds(hold=NEVER, block=NEVER)
    policy = Policy(thresholds=never, doubts=Doubts(**{doubt: consequence}))
    assessment = judge(plan(**DOUBTS[doubt]), policy=policy)
    assert assessment.decision.verdict is verdict
    assert len(assessment.doubts) == 1


def test_a_rule_that_raises_never_passes_the_gate_and_shows_no_value(judge: Judge) -> None:
    entry = tweak("a_b.x", {"password": "hunter2hunter2"}, size=1)
    assessment = judge(plan(entry), raises)
    assert assessment.decision.verdict is APPROVAL
    assert [(f.rule, f.address, f.error) for f in assessment.failures] == [
        ("D02", "a_b.x", "ValueError")
    ]
    assert "hunter2" not in repr(assessment.decision)
    noted = judge(plan(entry), raises, policy=Policy(doubts=Doubts(rule_failed=Consequence.NOTE)))
    assert noted.decision.verdict is ALLOWED
    assert len(noted.failures) == 1


def test_a_rule_that_raises_does_not_silence_the_others(judge: Judge) -> None:
    assessment = judge(plan(UPDATE), raises, HIGH)
    assert [f.rule for item in assessment.changes for f in item.findings] == ["D01"]


def test_the_gravest_reason_comes_first_and_decides(judge: Judge) -> None:
    assessment = judge(plan(UPDATE, errored=True, complete=False), HIGH)
    assert [verdict for verdict, _, _ in reasons(assessment)] == [
        COULD_NOT,
        APPROVAL,
        APPROVAL,
        APPROVAL,
    ]
    assert assessment.decision.verdict is COULD_NOT


def waiver(**fields: Any) -> Waiver:
    """A waiver of D01 everywhere until today."""
    everything: dict[str, Any] = {
        "rule": "D01",
        "address": "*",
        "owner": "ann",
        "reason": "moved",
        "expires": TODAY,
    }
    return Waiver(**(everything | fields))


@pytest.mark.parametrize(
    ("address", "glob", "waived"),
    [
        ("aws_iam_policy.p", "*", True),
        ("aws_iam_policy.p", "aws_iam_policy.p", True),
        ("aws_iam_policy.p", "aws_iam_*", True),
        ("aws_iam_policy.p", "aws_iam_policy", False),
        ('aws_iam_policy.p["a"]', 'aws_iam_policy.p["a"]', True),
        ('aws_iam_policy.p["a"]', "aws_iam_policy.p[*]", True),
        ('aws_iam_policy.p["b"]', 'aws_iam_policy.p["a"]', False),
        ("aws_iam_policy.p[10]", "aws_iam_policy.p[1]", False),
        ("aws_iam_policy.p1", "aws_iam_policy.p[1]", False),
        ("module.a[0].aws_iam_policy.p", "module.a[?].*", True),
        ("aws_iam_policy.P", "aws_iam_policy.p", False),
    ],
)
def test_a_waiver_takes_its_findings_off_the_account(
    address: str, glob: str, waived: bool, judge: Judge
) -> None:
    entry = tweak(address, {"policy": "a"}, policy="b")
    assessment = judge(plan(entry), HIGH, policy=Policy(waivers=(waiver(address=glob),)))
    assert matches(glob, address) is waived
    assert assessment.decision.verdict is (ALLOWED if waived else APPROVAL)
    assert [item.finding.rule for item in assessment.waived] == ["D01"] * waived
    assert assessment.disabled == ()


@pytest.mark.parametrize(("rule_id", "waived"), [("*", True), ("D01", True), ("D02", False)])
def test_a_waiver_is_for_one_rule_or_for_all(rule_id: str, waived: bool, judge: Judge) -> None:
    assessment = judge(plan(UPDATE), HIGH, policy=Policy(waivers=(waiver(rule=rule_id),)))
    assert bool(assessment.waived) is waived


def test_an_expired_waiver_stops_the_review_and_is_named(judge: Judge) -> None:
    expired = waiver(expires=TODAY - datetime.timedelta(days=1), address="aws_x.y")
    with pytest.raises(ExpiredWaiver) as raised:
        judge(plan(UPDATE), policy=Policy(waivers=(waiver(), expired)))
    assert str(raised.value) == (
        "The waiver of D01 on aws_x.y (owner ann) expired on 2026-02-28. Renew it or remove it."
    )


@pytest.mark.parametrize("name", list(SeverityName))
def test_the_policy_overrides_a_severity(name: SeverityName, judge: Judge) -> None:
    policy = Policy(rules={"D01": RuleSettings(severity=name)})
    assessment = judge(plan(UPDATE), HIGH, policy=policy)
    assert [f.severity.name for item in assessment.changes for f in item.findings] == [name.upper()]


def test_a_disabled_rule_does_not_count_but_is_reported(judge: Judge) -> None:
    policy = Policy(rules={"D01": RuleSettings(enabled=False)})
    assessment = judge(plan(UPDATE), HIGH, policy=policy)
    assert assessment.decision.verdict is ALLOWED
    assert [item.findings for item in assessment.changes] == [()]
    assert [finding.rule for finding in assessment.disabled] == ["D01"]


@pytest.mark.parametrize("glob", ["aws_iam_policy.p", "aws_iam_policy", "aws_*", "*"])
def test_what_is_always_held_waits_whatever_it_scores(glob: str, judge: Judge) -> None:
    assessment = judge(plan(UPDATE), policy=Policy(always_hold=(glob,)))
    assert reasons(assessment) == [(APPROVAL, "aws_iam_policy.p", "the policy always holds it")]


def test_what_is_never_held_does_not_hold_the_plan_but_is_reported(judge: Judge) -> None:
    assessment = judge(plan(UPDATE), HIGH, policy=Policy(never_hold=("aws_iam_policy",)))
    assert assessment.decision.verdict is ALLOWED
    assert [item.score.score for item in assessment.changes] == [69]


def test_always_wins_over_never(judge: Judge) -> None:
    policy = Policy(always_hold=("aws_iam_policy",), never_hold=("*",))
    assert judge(plan(UPDATE), policy=policy).decision.verdict is APPROVAL


def test_what_is_never_held_does_not_excuse_a_doubt(judge: Judge) -> None:
    assessment = judge(plan(UPDATE, complete=False), policy=Policy(never_hold=("*",)))
    assert assessment.decision.verdict is APPROVAL


@pytest.mark.parametrize("address", ["", "aws_kms_key.k", "aws_gone.x"])
def test_a_rule_on_the_plan_counts_wherever_it_points(address: str, judge: Judge) -> None:
    @plan_rule(
        id="D01",
        name="plan",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        harm=Harm.DATA,
    )
    def on_plan(context: Context) -> Iterator[Outcome]:
        """Flags something that does not change."""
        del context
        yield Flag(what="It is bad.", address=address)

    assessment = judge(plan(noop("aws_kms_key.k"), create("aws_instance.i")), on_plan)
    assert [finding.address for finding in assessment.plan_findings] == [address]
    assert assessment.decision.verdict is APPROVAL
