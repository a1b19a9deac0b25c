"""Another signature."""

from __future__ import annotations

import json
from pathlib import Path

from iacrisk.approval import write_statement
from tests.approval.cheats.making import PREDICATE, Cheat, Cheats, armor, forged
from tests.approval.world import World


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


OTHER_SIGNATURE: Cheats = {
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
        forged(f"{PREDICATE}approver", "*"),
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
