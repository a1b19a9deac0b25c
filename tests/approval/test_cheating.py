"""Ways to get a held plan past the gate. Each is refused, and the reason is the right one."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from iacrisk.approval import write_statement
from iacrisk.approval.envelope import LARGEST
from iacrisk.classifier import load_model
from iacrisk.gate import Verdict
from tests.approval.world import NOW, Edit, Json, World, needs_ssh_keygen, put

pytestmark = needs_ssh_keygen

CHANGE = "resource_changes/4"
VALUES = f"{CHANGE}/change/after"
INGRESS = f"{VALUES}/ingress/0/cidr_blocks"
BOTH = "predicate/"

Cheat = Callable[[World], None]


@pytest.fixture(autouse=True)
def _alice_may_approve(world: World) -> None:
    """The honest case: without a cheat the plan goes through."""
    assert world.assessed().decision.verdict is Verdict.APPROVAL_REQUIRED


def test_an_honest_approval_lets_the_plan_go(world: World) -> None:
    world.approve()
    found = world.outcome()
    assert found.decision.verdict is Verdict.ALLOWED
    assert found.approval is not None
    assert [grant.signer for grant in found.approval.granted] == ["alice@example.com"]
    assert (found.approval.refused, found.approval.missing) == ((), ())


# How a cheat is made


def then(*edits: tuple[str, Any]) -> Cheat:
    """Approved, and then the plan is edited."""

    def cheat(world: World) -> None:
        world.approve()
        for path, value in edits:
            world.edit(path, value)

    return cheat


def forged(path: str, value: Any) -> Cheat:
    """Alice signs a statement of her own making."""

    def cheat(world: World) -> None:
        world.forge(lambda content: put(content, path, value))

    return cheat


def approved(change: Callable[[World], None]) -> Cheat:
    """Approved, and then the surroundings change."""

    def cheat(world: World) -> None:
        world.approve()
        change(world)

    return cheat


def now(**changed: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        for name, value in changed.items():
            setattr(world, name, value)

    return change


def rewritten(rewrite: Callable[[bytes], bytes]) -> Cheat:
    """Approved, and then the file's bytes are altered."""

    def cheat(world: World) -> None:
        path = world.approve()
        path.write_bytes(rewrite(path.read_bytes()))

    return cheat


def signed(respell: Callable[[bytes], bytes]) -> Cheat:
    """Alice signs another spelling of the honest statement."""

    def cheat(world: World) -> None:
        world.put(respell(write_statement(world.statement())), "alice")

    return cheat


def member(name: str, value: Any) -> Cheat:
    """A member of the file is set."""

    def rewrite(data: bytes) -> bytes:
        return json.dumps(json.loads(data) | {name: value}, separators=(",", ":")).encode()

    return rewritten(rewrite)


def armor(change: Callable[[str], str]) -> Cheat:
    """The signature is altered."""

    def rewrite(data: bytes) -> bytes:
        content = json.loads(data)
        content["signature"] = change(content["signature"])
        return json.dumps(content, separators=(",", ":")).encode()

    return rewritten(rewrite)


# Another plan


def one_change_more(world: World) -> None:
    world.approve()
    changes = world.document["resource_changes"]
    changes.append(copy.deepcopy(changes[4]) | {"address": "aws_security_group.more"})


def another_dependent(world: World) -> None:
    """An object that stays as it is is in no fingerprint, but hit by the change."""
    world.approve()
    document = world.document
    document["resource_changes"].append(
        copy.deepcopy(document["resource_changes"][3])
        | {"address": "aws_instance.app[4]", "index": 4}
    )


def a_more_dangerous_value(world: World) -> None:
    """Loosely bound, another value is fine; what it leads to is not."""
    world.setting(fingerprint="loose")
    world.policy_of(thresholds={"block": 101})
    world.edit(f"{VALUES}/description", "Application port")
    world.approve()
    group = world.document["resource_changes"][4]["change"]["after"]["ingress"][0]
    group["cidr_blocks"] = ["0.0.0.0/0"]
    group["from_port"], group["to_port"] = 22, 22


def loosely(*edits: tuple[str, Any]) -> Cheat:
    def cheat(world: World) -> None:
        world.setting(fingerprint="loose")
        then(*edits)(world)

    return cheat


OTHER_PLAN: dict[str, tuple[Cheat, str]] = {
    "another object": (then((f"{CHANGE}/address", "aws_security_group.db")), "another plan."),
    "a look-alike address": (
        then((f"{CHANGE}/address", "\u0430ws_security_group.app")),
        "It is for another plan.",
    ),
    "another action": (
        then((f"{CHANGE}/change/actions", ["delete", "create"])),
        "It is for another plan.",
    ),
    "the other order of a replacement": (
        then((f"{CHANGE}/change/actions", ["create", "delete"])),
        "It is for another plan.",
    ),
    "another reason": (
        then((f"{CHANGE}/action_reason", "replace_because_tainted")),
        "It is for another plan.",
    ),
    "another type": (then((f"{CHANGE}/type", "aws_default_security_group")), "another plan."),
    "another provider": (
        then((f"{CHANGE}/provider_name", "registry.example/hashicorp/aws")),
        "It is for another plan.",
    ),
    "a deposed object": (then((f"{CHANGE}/deposed", "ab12cd34")), "It is for another plan."),
    "a moved object": (
        then((f"{CHANGE}/previous_address", "aws_security_group.old")),
        "It is for another plan.",
    ),
    "an import": (
        then((f"{CHANGE}/change/importing", {"id": "sg-1"})),
        "It is for another plan.",
    ),
    "a forced replacement": (
        then((f"{CHANGE}/change/replace_paths", [["name"]])),
        "It is for another plan.",
    ),
    "an unknown value": (
        then((f"{CHANGE}/change/after_unknown", {"description": True})),
        "It is for another plan.",
    ),
    "an output": (
        then(("output_changes", {"url": {"actions": ["create"], "after": "x"}})),
        "It is for another plan.",
    ),
    "a no-op that is one no longer": (
        then(("resource_changes/0/change/actions", ["delete"])),
        "It is for another plan.",
    ),
    "one change more": (one_change_more, "It is for another plan."),
    "a targeted plan": (then(("complete", False)), "It is for another plan."),
    "an errored plan": (then(("errored", True)), "It is for another plan."),
    "one value": (then((INGRESS, ["10.1.0.0/17"])), "It is for a plan with other values."),
    "one value before": (
        then((f"{CHANGE}/change/before/ingress/0/description", "HTTP")),
        "It is for a plan with other values.",
    ),
    "a number as text": (
        then((f"{VALUES}/ingress/0/from_port", "8443")),
        "It is for a plan with other values.",
    ),
    "loosely, another action": (
        loosely((f"{CHANGE}/change/actions", ["delete", "create"])),
        "It is for another plan.",
    ),
    "loosely, another attribute": (
        loosely((f"{VALUES}/name", "other")),
        "It is for another plan.",
    ),
    "loosely, a more dangerous value": (
        a_more_dangerous_value,
        "Other findings or dependents were approved than there are now.",
    ),
    "one dependent more": (
        another_dependent,
        "Other findings or dependents were approved than there are now.",
    ),
}

# Another place, policy, release or verdict


def blocked(world: World) -> None:
    world.policy_of(thresholds={"block": 60})
    world.approve()


def blocked_elsewhere(world: World) -> None:
    """Unblocking is for staging, the plan is for production."""
    world.setting(rules=[{"environments": ["staging"], "may_unblock": True}, {"by": []}])
    blocked(world)


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
    world.forge(lambda content: put(content, f"{BOTH}tool/model", "0" * 64))


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


OTHER_PLACE: dict[str, tuple[Cheat, str]] = {
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
        forged(f"{BOTH}tool/iacrisk", "0.0.9"),
        "iacrisk 0.0.9 judged the plan then",
    ),
    "older rules": (
        forged(f"{BOTH}tool/judgment", "0" * 64),
        "Other rules or tables judged the plan then than do now.",
    ),
    "a plugin of then": (
        forged(f"{BOTH}tool/plugins", {"house-rules": "0" * 64}),
        "Other plugins judged the plan then than do now.",
    ),
    "another model": (by_another_model, "Another trained model was asked then than is now."),
    "no model asked": (without_the_model, "Another trained model was asked then than is now."),
    "another verdict": (
        forged(f"{BOTH}verdict", "blocked"),
        "It approves the verdict blocked, not approval-required.",
    ),
    "other findings": (
        forged(f"{BOTH}judged", "0" * 64),
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


# Another time

DAY: Final = datetime.timedelta(days=1)


def stamp(moment: datetime.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


OTHER_TIME: dict[str, tuple[Cheat, str]] = {
    "expired": (approved(now(now=NOW + DAY * 2)), "It expired at 2026-03-02 12:00 UTC."),
    "expired this second": (approved(now(now=NOW + DAY)), "It expired at 2026-03-02 12:00 UTC."),
    "signed for later": (
        approved(now(now=NOW - DAY)),
        "It begins to hold at 2026-03-01 12:00 UTC.",
    ),
    "made to hold for a year": (
        forged(f"{BOTH}expires", stamp(NOW + 365 * DAY)),
        "It was made to hold for longer than 24h.",
    ),
    "ends before it begins": (forged(f"{BOTH}expires", stamp(NOW - DAY)), "It expired at"),
    "a time without a zone": (
        forged(f"{BOTH}expires", "2026-03-02T12:00:00"),
        "The statement is none that this release writes",
    ),
    "a time spelled otherwise": (
        forged(f"{BOTH}expires", "2026-03-02T13:00:00+01:00"),
        "The statement is not spelled as iacrisk spells it.",
    ),
}

# Another signature


def listed(line: str, name: str = "alice") -> Cheat:
    """Alice's only line in the allowed signers; KEY stands for her key."""

    def cheat(world: World) -> None:
        world.approve(name)
        del world.listed["alice@example.com"]
        world.lines.append(line.replace("KEY", world.keys.public(name)))

    return cheat


def signed_for(namespace: str) -> Cheat:
    def cheat(world: World) -> None:
        world.put(write_statement(world.statement()), "alice", namespace)

    return cheat


def swapped(world: World) -> None:
    """The signature of one approval under the statement of another."""
    one = json.loads(world.approve("alice").read_bytes())
    path = world.approve("alice", expires="23h")
    other = json.loads(path.read_bytes()) | {"signature": one["signature"]}
    for file in world.folder.iterdir():
        file.unlink()
    path.write_text(json.dumps(other, separators=(",", ":")))


def key_removed(world: World) -> None:
    world.approve()
    del world.listed["alice@example.com"]


def key_replaced(world: World) -> None:
    world.approve()
    world.listed["alice@example.com"] = "carol"


def look_alike_signer(world: World) -> None:
    name = "\u0430lice@example.com"
    world.listed = {name: "mallory"}
    world.put(write_statement(world.statement(name)), "mallory")


def under_a_pattern(world: World) -> None:
    """Under `*@example.com` one key could speak for everybody."""
    world.listed = {}
    world.lines = [f"*@example.com {world.keys.public('mallory')}"]
    world.put(write_statement(world.statement("alice@example.com")), "mallory")


OTHER_SIGNATURE: dict[str, tuple[Cheat, str]] = {
    "for commits": (signed_for("git"), "It was signed for something else than iacrisk-approval."),
    "for files": (signed_for("file"), "It was signed for something else than iacrisk-approval."),
    "a longer namespace": (signed_for("iacrisk-approval2"), "It was signed for something else"),
    "an unknown key": (
        lambda world: _void(world.approve("mallory")),
        "The allowed signers do not list the key SHA256:",
    ),
    "a key removed since": (key_removed, "The allowed signers do not list the key SHA256:"),
    "a key replaced since": (key_replaced, "The allowed signers do not list the key SHA256:"),
    "a key that expired": (
        listed('alice@example.com valid-before="20260201" KEY'),
        "for this date.",
    ),
    "a key for later": (listed('alice@example.com valid-after="20260401" KEY'), "for this date."),
    "a key for commits only": (
        listed('alice@example.com namespaces="git" KEY'),
        "is not allowed to sign approvals.",
    ),
    "a line in a comment": (listed("# alice@example.com KEY"), "do not list the key SHA256:"),
    "a key under a pattern": (under_a_pattern, "under a pattern, which names no person."),
    "a look-alike signer": (look_alike_signer, "under a pattern, which names no person."),
    "in the name of another": (
        lambda world: _void(world.approve("alice", "bob@example.com")),
        "It says that bob@example.com approves, but alice@example.com signed it.",
    ),
    "in the name of all": (
        forged(f"{BOTH}approver", "*"),
        "It says that * approves, but alice@example.com signed it.",
    ),
    "the signature of another statement": (swapped, "The signature is not one of this statement."),
    "a signature cut short": (armor(lambda text: text[:-40]), "The signature is damaged"),
    "no signature": (armor(lambda _: ""), "The signature is damaged"),
    "a signature of one bit less": (
        armor(lambda text: text.replace("A", "B", 40)),
        "The signature is",
    ),
    "a key for a signature": (armor(lambda _: "ssh-ed25519 AAAA"), "The signature is damaged"),
}


def _void(_path: Path) -> None:
    return


# Another file


def doubled(data: bytes, name: str, value: str) -> bytes:
    """The JSON object with a member said twice."""
    return b"{" + f'"{name}":"{value}",'.encode() + data.lstrip()[1:]


def payload(edit: Edit) -> Cheat:
    """The statement is edited under the honest signature."""

    def rewrite(data: bytes) -> bytes:
        envelope = json.loads(data)
        content = json.loads(msgspec.json.decode(f'"{envelope["payload"]}"', type=bytes))
        edit(content)
        raw = msgspec.json.encode(content, order="sorted")
        envelope["payload"] = json.loads(msgspec.json.encode(raw))
        return json.dumps(envelope, separators=(",", ":")).encode()

    return rewritten(rewrite)


NO_APPROVAL = "The file is no approval, or a damaged one."
NOT_OURS = "The file is not spelled as iacrisk spells it."
NOT_SPELLED = "The statement is not spelled as iacrisk spells it."
NONE_OF_OURS = "The statement is none that this release writes"

OTHER_FILE: dict[str, tuple[Cheat, str]] = {
    "cut short": (rewritten(lambda data: data[: len(data) // 2]), NO_APPROVAL),
    "empty": (rewritten(lambda _: b""), NO_APPROVAL),
    "a list": (rewritten(lambda data: b"[" + data + b"]"), NO_APPROVAL),
    "two in one": (rewritten(lambda data: data + data), NO_APPROVAL),
    "no text": (rewritten(lambda _: b"\xff\xfe\x00{"), NO_APPROVAL),
    "nested without end": (rewritten(lambda _: b"[" * 100_000), NO_APPROVAL),
    "too large": (
        rewritten(lambda data: data + b" " * LARGEST),
        f"The file is larger than {LARGEST:,} bytes.",
    ),
    "members reordered": (
        rewritten(lambda data: json.dumps(dict(reversed(json.loads(data).items()))).encode()),
        NOT_OURS,
    ),
    "a member said twice": (rewritten(partial(doubled, name="signature", value="x")), NOT_OURS),
    "a member more": (member("note", "approved by all"), NO_APPROVAL),
    "another type of payload": (
        member("payloadType", "text/plain"),
        "The file holds something else than an in-toto statement.",
    ),
    "no base64": (member("payload", "e30=!"), NO_APPROVAL),
    "a later end": (
        payload(lambda content: put(content, f"{BOTH}expires", stamp(NOW + 2 * DAY))),
        "The signature is not one of this statement.",
    ),
    "another approver": (
        payload(lambda content: put(content, f"{BOTH}approver", "bob@example.com")),
        "The signature is not one of this statement.",
    ),
    "signed with spaces": (signed(lambda raw: json.dumps(json.loads(raw)).encode()), NOT_SPELLED),
    "signed in another order": (
        signed(
            lambda raw: json.dumps(
                dict(reversed(json.loads(raw).items())), separators=(",", ":")
            ).encode()
        ),
        NOT_SPELLED,
    ),
    "signed with a member twice": (
        signed(partial(doubled, name="_type", value="https://in-toto.io/Statement/v1")),
        NOT_SPELLED,
    ),
    "signed with a member more": (forged(f"{BOTH}scope", "everything"), NONE_OF_OURS),
    "signed and cut short": (signed(lambda raw: raw[:-1]), NONE_OF_OURS),
    "signed nothing": (signed(lambda _: b""), NONE_OF_OURS),
    "another predicate": (
        forged("predicateType", "https://slsa.dev/provenance/v1"),
        NONE_OF_OURS,
    ),
    "another kind of statement": (
        forged("_type", "https://in-toto.io/Statement/v0.1"),
        NONE_OF_OURS,
    ),
}

# Another person


def hand_in_hand(*approvals: tuple[str, str], **settings: Any) -> Cheat:
    """Approvals by key and name where two persons are asked for."""

    def cheat(world: World) -> None:
        world.setting(rules=[{"quorum": 2}], **settings)
        world.listed = {signer: name for name, signer in approvals}
        for name, signer in approvals:
            world.approve(name, signer)

    return cheat


def two_keys(world: World) -> None:
    world.setting(rules=[{"quorum": 2}])
    world.lines.append(f"alice@example.com {world.keys.public('carol')}")
    del world.listed["carol@example.com"]
    world.approve("alice")
    world.approve("carol", "alice@example.com", expires="23h")


def one_key_with_two_names(world: World) -> None:
    world.setting(rules=[{"quorum": 2}])
    world.listed = {"alice@example.com,zoe@example.com": "alice"}
    world.approve("alice")
    world.approve("alice", "zoe@example.com")


def copied(world: World) -> None:
    world.setting(rules=[{"quorum": 2}])
    path = world.approve()
    (world.folder / "copy.json").write_bytes(path.read_bytes())


def one_of_two_expired(world: World) -> None:
    world.setting(rules=[{"quorum": 2}])
    world.approve("alice", expires="1h")
    world.approve("bob", expires="3h")
    world.now = NOW + datetime.timedelta(hours=2)


def not_in_the_group(world: World) -> None:
    world.setting(groups={"lead": ["bob@example.com"]}, rules=[{"by": ["lead"]}])
    world.approve()


def revoked(world: World) -> None:
    path = world.approve()
    world.setting(revoked=[f"sha256:{path.stem}"])


def key_revoked(world: World) -> None:
    world.approve()
    world.setting(revoked=[world.keys.digest("alice")])


def an_agent(signer: str, **settings: Any) -> Cheat:
    """`make_statement` refuses it from the start, so it is forged."""

    def cheat(world: World) -> None:
        world.setting(**settings)
        world.listed[signer] = "alice"
        del world.listed["alice@example.com"]
        world.forge(lambda content: put(content, f"{BOTH}approver", signer))

    return cheat


def before(change: Callable[[World], None]) -> Cheat:
    """The surroundings are so from the start, and then somebody approves."""

    def cheat(world: World) -> None:
        change(world)
        world.approve()

    return cheat


def own_under_another_name(world: World) -> None:
    world.setting(people={"Alice": ["alice@example.com", "al@users.example"]})
    world.approve()
    world.authors = ("al@users.example",)


def of_an_unknown_author(world: World) -> None:
    world.setting(unknown_author="refuse")
    world.approve()
    world.authors = ()


def one_of_two_in_the_group(world: World) -> None:
    world.setting(
        groups={"lead": ["bob@example.com", "carol@example.com"]},
        rules=[{"by": ["lead"], "quorum": 2}],
    )
    world.approve("bob")
    world.approve("alice")


WROTE = "alice@example.com wrote the change, and may not approve it."
AGENT = "is no person by the policy, and may never approve."
TOO_FEW = "1 of 2 approvals by a listed signer (approval rule 1)."

OTHER_PERSON: dict[str, tuple[Cheat, str]] = {
    "one's own change": (approved(now(authors=("alice@example.com",))), WROTE),
    "one's own, in capitals": (approved(now(authors=("Alice@Example.COM",))), WROTE),
    "one's own, as Git writes it": (
        approved(now(authors=("Alice A. <alice@example.com>",))),
        WROTE,
    ),
    "one's own among others": (
        approved(now(authors=("dora@example.com", "alice@example.com"))),
        WROTE,
    ),
    "one's own under another name": (own_under_another_name, WROTE),
    "nobody knows whose": (of_an_unknown_author, "Nobody said who wrote the change (--author)."),
    "an agent by its name": (an_agent("49699333+dependabot[bot]@users.noreply.example"), AGENT),
    "an agent by the policy": (an_agent("robo@example.com", agents=["ROBO@*"]), AGENT),
    "a pipeline": (an_agent("ci@example.com"), AGENT),
    "outside the group": (not_in_the_group, "alice@example.com is in no group that may approve."),
    "nobody may": (
        before(lambda world: world.setting(rules=[])),
        "alice@example.com is in no group that may approve.",
    ),
    "revoked": (revoked, "It was revoked by the policy."),
    "by a revoked key": (key_revoked, "was revoked by the policy."),
    "a key in a file": (
        before(lambda world: world.setting(hardware_keys=True)),
        "The policy asks for a key on a security key; it is ED25519.",
    ),
    "one of two": (hand_in_hand(("alice", "alice@example.com")), TOO_FEW),
    "one of two expired": (one_of_two_expired, "It expired at 2026-03-01 13:00 UTC."),
    "the same file twice": (
        copied,
        "alice@example.com counts once, and approved already as alice@example.com.",
    ),
    "one person with two keys": (
        two_keys,
        "alice@example.com counts once, and approved already as alice@example.com.",
    ),
    "one person with two spellings": (
        hand_in_hand(("alice", "alice@example.com"), ("carol", "Alice@Example.com")),
        "counts once, and approved already as",
    ),
    "one person with two names": (
        hand_in_hand(
            ("alice", "alice@example.com"),
            ("carol", "al@users.example"),
            people={"Alice": ["alice@example.com", "al@users.example"]},
        ),
        "counts once, and approved already as",
    ),
    "one key with two names": (
        one_key_with_two_names,
        "Its key counts once, and approved already as",
    ),
    "one of two in the group": (
        one_of_two_in_the_group,
        "1 of 2 approvals by lead (approval rule 1).",
    ),
}


CHEATS = {
    f"{group}: {name}": cheat
    for group, cheats in {
        "plan": OTHER_PLAN,
        "place": OTHER_PLACE,
        "time": OTHER_TIME,
        "signature": OTHER_SIGNATURE,
        "file": OTHER_FILE,
        "person": OTHER_PERSON,
    }.items()
    for name, cheat in cheats.items()
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_is_refused_with_its_reason(name: str, world: World) -> None:
    cheat, reason = CHEATS[name]
    cheat(world)
    found = world.outcome()
    assert found.decision.verdict is not Verdict.ALLOWED
    assert found.approval is not None
    said = [*(item.why for item in found.approval.refused), *found.approval.missing]
    assert [line for line in said if reason in line], said
    assert [line for line in said if "\n" in line] == []


def test_there_are_many_cheats() -> None:
    assert len(CHEATS) >= 100
