"""How a cheat is made: what is approved, and what is altered then."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any, Final

from iacrisk.approval import write_statement
from tests.approval.world import World, put

Cheat = Callable[[World], None]
Cheats = dict[str, tuple[Cheat, str]]
"""What is tried, by its name, and a part of the reason for which it is refused."""

PREDICATE: Final = "predicate/"
DAY: Final = datetime.timedelta(days=1)


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


def stamp(moment: datetime.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
