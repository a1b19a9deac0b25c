"""What an honest approval is good for, and what the policy asks for beside it."""

from __future__ import annotations

import copy
import datetime
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from iacrisk.approval import Bench, bond_of, judge_file, write_statement
from iacrisk.approval.envelope import LARGEST
from iacrisk.audit import approval_made, decision_made
from iacrisk.config import parse_policy_file
from iacrisk.errors import SettingsError
from iacrisk.gate import Verdict
from iacrisk.gate.approving import duration
from iacrisk.report import Format, renderer
from iacrisk.report.approval import render_request
from tests.approval.world import World, needs_ssh_keygen

pytestmark = needs_ssh_keygen

MINUTE = datetime.timedelta(minutes=1)
SECRET = "correct-horse-battery"  # noqa: S105 - of the test's own plan
GROUPS = {
    "platform": ["alice@example.com", "bob@example.com"],
    "security": ["carol@example.com"],
}


def passes(world: World) -> bool:
    return world.outcome().decision.verdict is Verdict.ALLOWED


def missing(world: World) -> tuple[str, ...]:
    outcome = world.outcome().approval
    assert outcome is not None
    return outcome.missing


def test_who_may_unblock_unblocks(world: World) -> None:
    world.policy_of(thresholds={"block": 60})
    world.setting(rules=[{"may_unblock": True, "environments": ["production"]}])
    assert world.assessed().decision.verdict is Verdict.BLOCKED
    world.approve()
    assert passes(world)


def test_two_persons_make_a_quorum_of_two(world: World) -> None:
    world.setting(rules=[{"quorum": 2}])
    world.approve("alice")
    assert missing(world) == ("1 of 2 approvals by a listed signer (approval rule 1).",)
    world.approve("bob")
    assert passes(world)


def test_all_rules_that_fit_have_to_be_met(world: World) -> None:
    world.setting(
        groups=GROUPS,
        rules=[
            {"by": ["platform"]},
            {"by": ["security"], "rules": ["N*"], "severity": "high"},
            {"by": ["platform", "security"], "quorum": 2},
        ],
    )
    world.approve("alice")
    assert missing(world) == (
        "0 of 1 approvals by security (approval rule 2).",
        "1 of 2 approvals by platform or security (approval rule 3).",
    )
    world.approve("carol")
    assert passes(world)


@pytest.mark.parametrize(
    "rule",
    [
        {"environments": ["staging"]},
        {"rules": ["D*"]},
        {"severity": "critical"},
        {"rules": ["N11"], "severity": "critical"},
    ],
)
def test_a_rule_that_does_not_fit_is_not_asked(world: World, rule: dict[str, Any]) -> None:
    world.setting(groups=GROUPS, rules=[{}, {"by": ["security"], **rule}])
    world.approve("alice")
    assert passes(world)


def test_members_are_known_by_the_name_of_the_person(world: World) -> None:
    world.setting(
        groups={"lead": ["Alice"]},
        people={"alice": ["ALICE@example.com"]},
        rules=[{"by": ["lead"]}],
    )
    world.approve("alice")
    assert passes(world)


def test_a_plan_of_another_run_is_the_same_plan(world: World) -> None:
    world.approve()
    world.edit("timestamp", "2026-03-02T00:00:00Z")
    world.edit("terraform_version", "1.12.0")
    random.Random(1).shuffle(world.document["resource_changes"])  # noqa: S311 - no secret
    assert passes(world)


def test_loosely_bound_another_value_is_the_same_plan(world: World) -> None:
    world.setting(fingerprint="loose")
    world.edit("resource_changes/4/change/after/description", "Build 1041")
    world.approve()
    world.edit("resource_changes/4/change/after/description", "Build 1042")
    assert passes(world)


def test_taking_one_approval_back_voids_no_other(world: World) -> None:
    revoked = world.approve("alice")
    world.approve("bob")
    world.setting(revoked=[f"sha256:{revoked.stem}"])
    assert passes(world)


def test_an_approvers_clock_may_be_a_little_ahead(world: World) -> None:
    world.approve()
    world.now -= 5 * MINUTE
    assert passes(world)
    world.now -= MINUTE
    assert not passes(world)


def test_a_plan_that_could_not_be_reviewed_passes_for_nobody(world: World) -> None:
    world.setting(rules=[{"may_unblock": True}])
    world.approve()
    world.edit("errored", True)
    assert "The plan could not be reviewed, which nobody can approve." in missing(world)


def test_a_stranger_beside_the_signer_changes_nothing(world: World) -> None:
    world.approve("alice")
    world.approve("mallory")
    found = world.outcome()
    assert found.decision.verdict is Verdict.ALLOWED
    assert found.approval is not None
    assert len(found.approval.refused) == 1


def test_without_an_author_the_report_says_that_it_was_not_asked(world: World) -> None:
    world.approve()
    world.authors = ()
    found = world.outcome()
    assert found.approval is not None
    assert found.approval.is_enough
    assert found.approval.notes == (
        "Nobody said who wrote the change (--author), so it may approve itself.",
    )


def test_whom_only_the_commits_name_may_not_approve_and_makes_no_author_known(
    world: World,
) -> None:
    world.setting(unknown_author="refuse")
    world.approve()
    world.authors, world.named = (), ("Somebody <made-up@example.com>",)
    refused = world.outcome().approval
    assert refused is not None
    assert [item.why for item in refused.refused] == [
        "Nobody said who wrote the change (--author)."
    ]

    world.authors, world.named = ("dora@example.com",), ("Alice <alice@example.com>",)
    own = world.outcome().approval
    assert own is not None
    assert [item.why for item in own.refused] == [
        "alice@example.com wrote the change, and may not approve it."
    ]


@pytest.mark.parametrize("seed", range(40))
def test_no_byte_of_the_statement_can_be_altered(world: World, seed: int) -> None:
    path = world.approve()
    data = bytearray(path.read_bytes())
    choose = random.Random(seed)  # noqa: S311 - no secret
    at = choose.randrange(data.index(b'"signature"'))  # line ends in it may be spelled otherwise
    data[at] = choose.choice([byte for byte in range(32, 127) if byte != data[at]])
    path.write_bytes(data)
    assert not passes(world)


def test_a_file_that_cannot_be_read_is_a_refusal(world: World) -> None:
    bond = bond_of(world.assessed(), world.situation())
    bench = Bench(allowed_signers=world.signers, now=world.now)
    judged = judge_file(world.folder, bond, world.policy.approvals, bench)  # it is a folder
    assert (judged.grant, judged.why) == (None, "The file cannot be read: Is a directory.")


def test_the_file_of_a_plan_with_many_changes_can_be_read_again(world: World) -> None:
    changes = world.document["resource_changes"]
    for number in range(1000):
        key = f"{number:04}" + "x" * 300
        changes.append(
            copy.deepcopy(changes[4])
            | {"address": f'aws_security_group.more["{key}"]', "name": "more", "index": key}
        )
    path = world.approve()
    assert path.stat().st_size < LARGEST
    assert passes(world)


def test_no_secret_leaves_the_plan(world: World) -> None:
    change = world.document["resource_changes"][4]["change"]
    change["after"]["description"] = SECRET
    change["after_sensitive"] = {"description": True}
    world.document["resource_changes"][0]["change"]["before"]["user_data"] = SECRET
    statement = world.statement()
    statement = msgspec.structs.replace(
        statement, predicate=msgspec.structs.replace(statement.predicate, reason=SECRET)
    )
    world.put(write_statement(statement), "alice")  # whoever writes it down puts it there himself
    found = world.outcome()
    assert found.decision.verdict is Verdict.ALLOWED
    honest = world.statement()
    shown = [
        *(renderer(format_)(found) for format_ in Format),
        render_request(found, honest),
        write_statement(honest).decode(),
        repr(decision_made(found)),
        repr(approval_made(honest, "sha256:0")),
    ]
    assert [text for text in shown if SECRET in text] == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[[approvals.rules]]\nby = ["platfrm"]\n', "no group 'platfrm'. Did you mean 'platform'?"),
        ("[[approvals.rules]]\nquorum = 0\n", "quorum"),
        ('[approvals]\nlongest = "soon"\n', "longest"),
        ('[[approvals.rules]]\nenvironments = ["prod"]\n', "environments"),
        ("[approvals]\nquorums = 2\n", "quorums"),
        (f'[approvals]\nrevoked = ["{"0" * 64}"]\n', "revoked"),
        (
            '[approvals.people]\nal = ["a@x.example"]\nAlice = ["A@x.example"]\n',
            "[approvals.people] has a@x.example as al and as Alice.",
        ),
    ],
)
def test_a_wrong_setting_is_refused(tmp_path: Path, settings: str, said: str) -> None:
    file = tmp_path / "iacrisk.toml"
    file.write_text(f'{settings}[approvals.groups]\nplatform = ["alice@example.com"]\n')
    with pytest.raises(SettingsError) as caught:
        parse_policy_file(file)
    assert said in str(caught.value)


def test_lengths_of_time_have_one_unit() -> None:
    assert [duration(text) for text in ("90m", "24h", "7d")] == [
        datetime.timedelta(minutes=90),
        datetime.timedelta(days=1),
        datetime.timedelta(days=7),
    ]
    for wrong in ("", "h", "1", "-1h", "1w", "1.5h", "٣h"):
        with pytest.raises(ValueError, match=r".*"):
            duration(wrong)
