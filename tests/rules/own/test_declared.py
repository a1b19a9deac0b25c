"""Rules of the policy file on plans: what they flag, leave open, pass, and where they fail."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.gate import Verdict
from iacrisk.plan import ActionKind, parse_path
from iacrisk.rules import Confidence, Harm, OwnRules, Rule, Severity
from iacrisk.rules.own import declare, declared, parse_expression
from iacrisk.source import SourceFacts
from tests.conftest import Judge
from tests.plans import Json, create, delete, noop, plan, replace, tweak, update

DB = "aws_db_instance.main"


def own(when: str = "", attribute: str = "", **fields: Any) -> Rule:
    fields = {
        "id": "ORG-001",
        "name": "our-own",
        "severity": Severity.HIGH,
        "confidence": Confidence.HIGH,
        "harm": Harm.AVAILABILITY,
        "message": "It does what we do not want.",
        "page": "",
        "origin": "iacrisk.toml:1",
        "types": ("aws_db_*",),
        **fields,
    }
    return declare(
        **fields,
        attribute=parse_path(attribute) if attribute else (),
        when=parse_expression(when) if when else None,
    )


def only(assessment: Assessment) -> AssessedChange:
    [change] = assessment.changes
    return change


def evidence(change: AssessedChange) -> list[tuple[str, str, str]]:
    [found] = change.findings
    assert (found.rule, found.what) == ("ORG-001", "It does what we do not want.")
    return [(item.path, item.before, item.after) for item in found.evidence]


def test_what_the_expression_says_is_flagged_with_what_it_read(judge: Judge) -> None:
    change = tweak(DB, {"iops": 3000, "engine": "postgres"}, iops=1000)
    found = only(
        judge(plan(change), own("after.iops < before.iops and after.engine == 'postgres'"))
    )

    assert evidence(found) == [("iops", "3000", "1000"), ("engine", '"postgres"', '"postgres"')]


def test_what_it_denies_passes(judge: Judge) -> None:
    found = only(judge(plan(tweak(DB, {"iops": 3000}, iops=4000)), own("after.iops < before.iops")))

    assert (found.findings, found.undecided) == ((), ())


def test_what_is_not_known_yet_is_undecided(judge: Judge) -> None:
    change = update(DB, {"iops": 3000}, {}, after_unknown={"iops": True})
    found = only(judge(plan(change), own("after.iops < before.iops")))

    assert found.findings == ()
    assert [(item.rule, item.paths) for item in found.undecided] == [("ORG-001", ("iops",))]


@pytest.mark.parametrize(
    ("attribute", "after", "places"),
    [
        ("iops", {"iops": 1}, ["iops"]),
        ("iops", {"size": 9}, []),
        ("tags.team", {"tags": {"team": "b"}}, ["tags.team"]),
        ("tags.other", {"tags": {"team": "b"}}, []),
        ("rule.*.port", {"rule": [{"port": 1}, {"port": 3}]}, ["rule[1].port"]),
        ("rule.*.port", {"rule": [{"port": 1}]}, ["rule[1].port"]),
        ("tags.*", {"tags": {"team": "b", "x": "y"}}, ["tags.team", "tags.x"]),
    ],
)
def test_an_attribute_has_to_change(
    judge: Judge, attribute: str, after: Json, places: list[str]
) -> None:
    before = {"iops": 3, "size": 8, "tags": {"team": "a"}, "rule": [{"port": 1}, {"port": 2}]}
    found = only(judge(plan(tweak(DB, before, **after)), own(attribute=attribute)))

    assert [item[0] for item in evidence(found)] == places if places else found.findings == ()


def test_an_attribute_that_may_change_is_undecided(judge: Judge) -> None:
    change = update(DB, {"iops": 3}, {}, after_unknown={"iops": True})
    found = only(judge(plan(change), own(attribute="iops")))

    assert (found.findings, [item.rule for item in found.undecided]) == ((), ["ORG-001"])


def test_types_and_actions_narrow_it_down(judge: Judge) -> None:
    changes = [
        delete(DB, {"iops": 1}),
        create("aws_db_subnet_group.x", {"iops": 1}),
        delete("aws_instance.app", {"iops": 1}),
    ]
    rule = own("true", kinds=frozenset({ActionKind.DELETE}))

    flagged = [item.address for item in judge(plan(*changes), rule).changes if item.findings]
    assert flagged == [DB]


def test_either_type_or_class_is_enough(judge: Judge) -> None:
    changes = [delete(DB, {}), delete("aws_s3_bucket.data", {}), delete("aws_instance.app", {})]
    rule = own("resource_class == 'STATEFUL'", types=(), classes=frozenset({"STATEFUL"}))

    flagged = [item.address for item in judge(plan(*changes), rule).changes if item.findings]
    assert sorted(flagged) == [DB, "aws_s3_bucket.data"]


GROUP = "aws_security_group.app"
USED = {
    "aws_instance.app": {"vpc_security_group_ids": [f"{GROUP}.id"]},
    "aws_lambda_function.job": {"vpc_config": [f"{GROUP}.id"]},
}


@pytest.mark.parametrize(
    ("when", "flagged"),
    [
        ("len(dependents) == 2", True),
        ("count(d for d in dependents if d.type == 'aws_instance') >= 1", True),
        ("any(d.resource_class == 'STATEFUL' for d in dependents)", False),
        ("all(d.direct and d.action == 'no-op' for d in dependents)", True),
        ("environment == 'production' and action == 'update'", True),
        ("environment == 'preview'", False),
        ("changed == ['ingress'] and provider == 'aws' and module == '' and name == 'app'", True),
    ],
)
def test_the_graph_and_the_environment_can_be_asked(judge: Judge, when: str, flagged: bool) -> None:
    changed = tweak(GROUP, {"id": "sg-12345678", "ingress": [1]}, ingress=[])
    users = (noop("aws_instance.app", {"id": "i"}), noop("aws_lambda_function.job", {"id": "j"}))
    judged = judge(plan(changed, *users, references={GROUP: {}, **USED}), own(when, types=()))

    assert judged.failures == ()
    assert bool(only(judged).findings) is flagged


def test_without_configuration_more_may_depend_on_it(judge: Judge) -> None:
    change = tweak(GROUP, {"ingress": [1]}, ingress=[])
    found = only(judge(plan(change), own("len(dependents) > 3", types=())))

    assert [item.rule for item in found.undecided] == ["ORG-001"]


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (own("after.iopps > 1"), "when, column 1: there is no attribute 'iopps'"),
        (own(attribute="iopps", types=("aws_db_instance",)), "attribute: there is no attribute"),
        (own("after.engine > 1"), "a text and a number have no order"),
    ],
)
def test_a_rule_that_cannot_be_carried_out_holds_the_plan(
    judge: Judge, rule: Rule, error: str
) -> None:
    change = tweak(DB, {"iops": 1, "engine": "x", "tags": {}}, tags={"a": "b"})
    judged = judge(plan(change), rule, own=OwnRules(rules=(rule,)))
    [failure, _] = judged.failures

    assert (failure.rule, failure.address) == ("ORG-001", DB)
    assert error in failure.error
    assert judged.decision.verdict is Verdict.APPROVAL_REQUIRED
    assert "Correct these rules of yours" in judged.doubts[0].remedy


def test_a_glob_leaves_types_without_the_attribute_alone(judge: Judge) -> None:
    judged = judge(plan(tweak(DB, {"iops": 1}, iops=2)), own(attribute="tags"))

    assert (judged.failures, only(judged).findings) == ((), ())


def test_before_is_null_on_a_create_and_after_on_a_delete(judge: Judge) -> None:
    rule = own("before.iops == null and after.iops == 1 or after.iops == null and before == null")
    judged = judge(plan(create(DB, {"iops": 1})), rule)

    assert (judged.failures, len(only(judged).findings)) == ((), 1)
    gone = own("after == null and after.iops == null and before.iops == 1")
    assert len(only(judge(plan(delete(DB, {"iops": 1})), gone)).findings) == 1


def test_a_sensitive_value_decides_and_is_never_shown(judge: Judge) -> None:
    change = tweak(
        DB,
        {"password": "hunter2-old", "copy": "hunter2-old"},
        password="hunter2-new",  # noqa: S106 - made up
    )
    marks = {"password": True}
    change["change"] |= {"before_sensitive": marks, "after_sensitive": marks}
    rule = own(
        "before.password == 'hunter2-old' and after.copy == before.password",
        message="Not hunter2-old again.",
    )
    [found] = only(judge(plan(change), rule)).findings

    assert "hunter2" not in str(found)
    assert [(item.path, item.before) for item in found.evidence] == [
        ("password", "(sensitive value)"),
        ("copy", '"(sensitive value)"'),
    ]


def test_the_keys_of_a_sensitive_map_are_not_shown(judge: Judge) -> None:
    change = tweak(DB, {"map": {"hidden-key": "a"}}, map={"hidden-key": "b"})
    change["change"] |= {"before_sensitive": {"map": True}, "after_sensitive": {"map": True}}
    [found] = only(judge(plan(change), own(attribute="map.*"))).findings

    assert [(item.path, item.before) for item in found.evidence] == [("map", "(sensitive value)")]


def test_the_budget_is_new_for_each_judgement(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declared, "STEPS_PER_PLAN", 0)
    monkeypatch.setattr(declared, "STEPS_FOR_EACH", 20)
    judged, rule = plan(tweak(DB, {"iops": 1}, iops=2)), own("after.iops > before.iops")

    assert [judge(judged, rule).failures for _ in range(9)] == [()] * 9


def test_reads_and_mere_moves_are_seen_where_they_are_named(judge: Judge) -> None:
    change = noop(DB, {"iops": 1}, previous_address="aws_db_instance.old")
    named = own("true", kinds=frozenset({ActionKind.NO_OP}))

    assert only(judge(plan(change), own("true"))).findings == ()
    assert len(only(judge(plan(change), named)).findings) == 1


def test_text_alone_leaves_what_a_provider_adds_open(judge: Judge) -> None:
    source = SourceFacts(provisional=())
    change = replace(DB, {"engine": "a"}, {"engine": "b"}, "engine")
    rules = (own("after.iops == 1"), own(attribute="iops", types=("aws_db_instance",)))

    for rule in rules:
        judged = judge(plan(change), rule, source=source)
        assert (judged.failures, len(only(judged).undecided)) == ((), 1)


def test_a_costly_rule_is_stopped_on_a_large_plan(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declared, "STEPS_PER_PLAN", 20_000)
    before = {"list": list(range(50))}
    changes = [tweak(f"aws_db_instance.x{n}", before, list=[*range(30)]) for n in range(9)]
    rule = own("all(a + b >= 0 for a in after.list for b in after.list)")
    failures = judge(plan(*changes), rule).failures

    assert {failure.error for failure in failures} == {"when: too many steps on this plan"}
    assert 0 < len(failures) < len(changes)


def test_its_order_of_changes_does_not_matter(judge: Judge) -> None:
    changes = [tweak(f"aws_db_instance.x{n}", {"iops": n}, iops=n + 1) for n in range(5)]
    rule = own("after.iops > 3")

    forth, back = (judge(plan(*each), rule) for each in (changes, reversed(changes)))
    assert [c.findings for c in forth.changes] == [c.findings for c in back.changes]
