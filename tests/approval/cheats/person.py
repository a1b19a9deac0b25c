"""Another person, or too few of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from tests.approval.cheats.making import Cheat, Cheats, approved, now
from tests.approval.world import NOW, World


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
    def cheat(world: World) -> None:
        world.setting(**settings)
        world.listed[signer] = "alice"
        del world.listed["alice@example.com"]
        world.approve("alice", signer)

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


def of_an_author_without_a_name(world: World) -> None:
    """A variable of the pipeline that is not set."""
    world.setting(unknown_author="refuse")
    world.approve()
    world.authors = ("", " ", "Alice <>")


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

OTHER_PERSON: Cheats = {
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
    "an empty author": (
        of_an_author_without_a_name,
        "Nobody said who wrote the change (--author).",
    ),
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
