"""Live configuration that names something which is no longer there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iacrisk.training.inventory import Inventory, Thing
from iacrisk.training.outcome import Harm
from iacrisk.training.probes.scene import Answers, Scene, answer

_NAMED_BY_BARE_NAME = frozenset(
    {"bucket", "table", "queue", "cache", "secret", "database", "stream", "asg"}
)
_SHORTEST_NAME = 6
"""A shorter bare name would be found inside other words."""

_HARM: dict[str, Harm] = {"alarm": "latent", "trail": "latent", "record": "outage"}
_PASSIVE = frozenset({"database", "bucket", "parameter", "secret", "target-group"})
"""Holding a dead name is no harm in itself; whoever reads it is judged by the intents."""


def probe_references(scene: Scene) -> Answers:
    """One answer for each thing that names others: all that it names are alive.

    Only names of things that were there before the edit are recognised. A name that never
    belonged to anything is found by intents alone.
    """
    known = dict(_tokens(scene.before))
    alive = dict(_tokens(scene.now))
    pattern = _pattern({*known, *alive})
    for thing in scene.now:
        if not thing.mentions or thing.kind in _PASSIVE or thing.name.startswith("aws-"):
            continue
        named = {token for text in thing.mentions for token in _tokens_in(pattern, text)}
        dead = sorted(named - alive.keys())
        lost = known.get(dead[0]) if dead else None
        yield (
            f"references {thing.label}",
            answer(
                not dead,
                _HARM.get(thing.kind, "outage"),
                "references",
                thing,
                "",
                f"still names {', '.join(dead[:3])}",
                lost,
            ),
        )


def _tokens(inventory: Inventory) -> Iterator[tuple[str, Thing]]:
    """Every text by which a live thing is named, lower case."""
    for thing in inventory:
        if thing.kind in ("vpc", "target-group") and not thing.handles:
            continue
        for handle in thing.handles:
            if handle.startswith(("arn:", "https://")):
                yield handle.lower(), thing
        for address in thing.addresses:
            yield address.lower(), thing
        if thing.kind in _NAMED_BY_BARE_NAME and len(thing.name) >= _SHORTEST_NAME:
            yield thing.name.lower(), thing


def _pattern(tokens: set[str]) -> re.Pattern[str]:
    longest_first = sorted(tokens, key=lambda token: (-len(token), token))
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")


def _tokens_in(pattern: re.Pattern[str], text: str) -> list[str]:
    return pattern.findall(text.lower())
