"""What a probe looks at, and the lookups that all probes share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

import msgspec

from iacrisk.training.intents import Intents
from iacrisk.training.inventory import Cloud, Inventory, Thing
from iacrisk.training.inventory.storage import key_of_secret
from iacrisk.training.network import AWS_ADDRESS, STRANGER, Node, within
from iacrisk.training.outcome import Harm, Probe, State

Answers = Iterator[tuple[str, Probe]]

_UNADDRESSED = frozenset({"alb", "asg", "instance", "role", "rule", "service", "volume"})
"""Kinds whose name no client uses to get there: a successor under another name serves as well. Who
does use the name is named by an intent (`used`) or found by `references`."""

_ALIKE = 0.5
"""How alike (0 to 1) two names must be for one thing to have succeeded the other."""


class Seeds(msgspec.Struct, frozen=True, kw_only=True):
    """What was put into the cloud before the edit."""

    ciphertexts: Mapping[str, bytes] = {}
    """By key id, encrypted under that key."""


class Scene:
    """The cloud now, the inventory before, and what the stack is for."""

    def __init__(
        self, cloud: Cloud, before: Inventory, now: Inventory, intents: Intents, seeds: Seeds
    ) -> None:
        """When the questions are asked for the first time, `before` and `now` are the same."""
        self.cloud = cloud
        self.before = before
        self.now = now
        self.intents = intents
        self.seeds = seeds
        self._worth = {item.target: item.worth for item in intents.data}

    def worth(self, thing: Thing) -> str:
        """precious, scratch or empty."""
        return self._worth.get(thing.label, "scratch" if thing.kind == "cache" else "precious")

    def find(self, label: str) -> Thing | None:
        """The thing that an intent means, in the cloud as it is now."""
        text = self.filled(label)
        if text is None:
            return None
        kind, _, name = text.partition(":")
        if kind == "host":
            return self.answering(name)
        if found := self.now.get(kind, name):
            return found
        earlier = self.before.get(kind, name)
        if earlier is None or kind not in _UNADDRESSED:
            return None
        return self.now.same(earlier) or self._successor(earlier)

    def _successor(self, earlier: Thing) -> Thing | None:
        """The new thing of the same kind whose name is most alike, if it is alike enough."""
        new = [
            thing
            for thing in self.now.of(earlier.kind)
            if self.before.get(thing.kind, thing.name) is None and not self.before.same(thing)
        ]
        if not new:
            return None
        best = max(new, key=lambda thing: _likeness(thing.name, earlier.name))
        return best if _likeness(best.name, earlier.name) >= _ALIKE else None

    def filled(self, text: str) -> str | None:
        """`text` with every ${...} looked up; None when one leads nowhere."""
        missing = False

        def value(match: re.Match[str]) -> str:
            nonlocal missing
            found = self._value(match[1])
            missing |= found is None
            return found or ""

        result = re.sub(r"\$\{([^}]*)\}", value, text)
        return None if missing else result

    def _value(self, reference: str) -> str | None:
        kind, _, name = reference.partition(":")
        match kind:
            case "env" | "task":
                owner, _, variable = name.rpartition("/")
                return self._variable("function" if kind == "env" else "service", owner, variable)
            case "secret":
                name, _, key = name.partition("#")
                value = self._held("secret", name)
                return key_of_secret(value, key) if key else value
            case "parameter":
                return self._held("parameter", name)
            case "record":
                values = [value for item in self.records(name) for value in item.facts["values"]]
                return values[0] if values else None
            case _:
                raise ValueError(f"no value is looked up by {kind!r}")

    def _variable(self, kind: str, owner: str, variable: str) -> str | None:
        thing = self.find(f"{kind}:{owner}")
        value: str | None = thing.facts["environment"].get(variable) if thing else None
        return value

    def _held(self, kind: str, name: str) -> str | None:
        thing = self.now.get(kind, name)
        value: str | None = thing.facts["value"] if thing else None
        return value

    def records(self, host: str) -> list[Thing]:
        """The records of a name, or of the wildcard that covers it."""
        host = host.lower().rstrip(".")
        exact = [item for item in self.now.of("record") if item.facts["host"].lower() == host]
        wild = "*." + host.partition(".")[2]
        return exact or [item for item in self.now.of("record") if item.facts["host"] == wild]

    def answering(self, host: str, depth: int = 0) -> Thing | None:
        """The thing that answers to a host name, address or URL, through our own DNS."""
        host = host.lower().partition("://")[2] or host.lower()
        host = re.split(r"[/:?]", host, maxsplit=1)[0].rstrip(".").removeprefix("dualstack.")
        for thing in self.now:
            if thing.kind != "record" and host in thing.addresses:
                return thing
        if depth > 5:
            return None
        for record in self.records(host):
            for value in record.facts["values"]:
                if value != host and (found := self.answering(value, depth + 1)):
                    return found
        for group in self.now.of("asg"):
            if any(node.address == host for node in group.nodes):
                return group
        return None

    def _at(self, address: str) -> Node:
        """Whoever has an address: in one of our subnets, or outside."""
        for name, subnet in self.now.network.subnets.items():
            if within(address, subnet.cidr):
                return Node(address=address, subnet=name)
        return Node(address=address)

    def nodes(self, end: str) -> tuple[tuple[Node, ...], Thing | None]:
        """The interfaces at one end of a flow, and the thing they belong to."""
        if end == "internet":
            return (Node(address=STRANGER),), None
        if end.startswith("aws:"):
            return (Node(address=AWS_ADDRESS, service=end[4:]),), None
        if re.fullmatch(r"[\d.]+", end):
            return (self._at(end),), None
        thing = self.find(end)
        return (thing.nodes if thing else ()), thing


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def answer(
    works: bool | None,
    harm: Harm,
    concern: str,
    thing: Thing | None,
    label: str,
    detail: str = "",
    also: Thing | None = None,
) -> Probe:
    """One answer; `works` is None when it cannot be judged."""
    state: State = "unknown" if works is None else "works" if works else "broken"
    return Probe(
        state=state,
        harm=harm,
        concern=concern,
        object=thing.label if thing else label,
        handles=thing.handles if thing else (),
        also=also.handles if also else (),
        detail="" if state == "works" else detail[:200],
    )
