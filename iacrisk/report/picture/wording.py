"""What a picture says: masked and plain, not yet cut to the room that there is."""

from __future__ import annotations

from collections import Counter
from typing import Final

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.graph import Node
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.report.picture.labels import NameParts, name_parts
from iacrisk.report.picture.neighbourhood import (
    DEPENDENCIES,
    FARTHEST,
    Link,
    Neighbour,
    Neighbourhood,
)
from iacrisk.report.picture.scene import State
from iacrisk.report.plain import count, plain
from iacrisk.report.words import describe

ORDER: Final = {state: number for number, state in enumerate(State)}
_MEMBERS_TOLD: Final = 50
_MEMBERS_SPOKEN: Final = 3
_SIGNS: Final = {
    ActionKind.CREATE: "+",
    ActionKind.READ: "<=",
    ActionKind.UPDATE: "~",
    ActionKind.DELETE: "-",
    ActionKind.FORGET: ".",
    ActionKind.UNKNOWN: "?",
}
_STATE_WORDS: Final = {
    State.CHANGED: "the change",
    State.HIT: "hit",
    State.MAY_NOTICE: "may notice",
    State.PASSES_ON: "passes the harm on",
    State.CHANGES_TOO: "changes too",
    State.UNTOUCHED: "nothing happens to it",
}


class Wording:
    """The words of one picture."""

    def __init__(self, assessment: Assessment, item: AssessedChange, around: Neighbourhood) -> None:
        """`around` is who is drawn around the change `item`."""
        self._item = item
        self._redactor = assessment.plan.redactor
        self._cards = {neighbour.label: neighbour for neighbour in around.neighbours}
        self._parts = {label: self._parts_of(card) for label, card in self._cards.items()}

    def parts(self, item: Neighbour) -> NameParts:
        """The lines of a card; of several what they have in common."""
        return self._parts[item.label]

    def frame(self, item: Neighbour) -> tuple[str, ...]:
        """What cards in one frame have in common: their module, or all their modules."""
        module = self._parts[item.label].module
        if len(item.members) == 1:
            return (module,) if module else ()
        modules = {node.module for node in item.members}
        return tuple(sorted(modules)) if len(modules) > 1 else (module,) if module else ()

    def sign(self, item: Neighbour) -> str:
        """Terraform's sign for what the plan does to all on the card; empty where they differ."""
        signs = {_sign_of(node.change) for node in item.members}
        return signs.pop() if len(signs) == 1 else ""

    def members(self, item: Neighbour) -> tuple[str, ...]:
        """The addresses of the first on a card of several."""
        if len(item.members) == 1:
            return ()
        return tuple(self._address(node) for node in item.members[:_MEMBERS_TOLD])

    def via(self, item: Neighbour) -> str:
        """What happens to the centre; by which argument the others are reached."""
        if item.state is State.CHANGED:
            return plain(describe(self._item.change, self._redactor))
        return f"by {plain(self._redactor.text(item.link.argument))}" if item.link else ""

    def of(self, item: Neighbour) -> str:
        """A card in one sentence."""
        said = [_STATE_WORDS[item.state]]
        if item.hit is not None and item.hit.hops:
            said.append(count(item.hit.hops, "hop"))
        if len(item.members) > 1:
            named = ", ".join(self.members(item)[:_MEMBERS_SPOKEN])
            rest = len(item.members) - _MEMBERS_SPOKEN
            more = f" and {rest:,} more" if rest > 0 else ""
            return f"{len(item.members):,} alike: {'; '.join(said)}: {named}{more}"
        if item.hit is not None and item.hit.chance is not None:
            said.append(f"suffers with a chance of {item.hit.chance:.2f}, if anything does")
        change = item.members[0].change
        if change is not None and change.kind is not ActionKind.NO_OP:
            said.append(plain(describe(change, self._redactor)))
        return f"{self.parts(item).address}: {'; '.join(said)}"

    def of_link(self, link: Link) -> str:
        """Which reference it is, and how sure; the first of several."""
        source, target = (self._parts[label].address for label in (link.source, link.target))
        reference = plain(self._redactor.text(link.reference))
        return f"{source} to {target}: {reference} ({link.origin}, {link.precision})"

    def heading(self) -> tuple[str, str]:
        """The centre, and what happens to it."""
        address = self._parts[self._item.address].address
        deed = plain(describe(self._item.change, self._redactor))
        return address, f"{deed} · risk {self._item.score.score} of 100"

    def description(self) -> str:
        """The picture in words."""
        radius = self._item.radius
        named = len(radius.named)
        rest = len(radius.hits) - named
        address, deed = self.heading()
        said = [
            f"{address}: {deed}.",
            f"It hits {count(named, 'other')}, {rest:,} more may notice.",
        ]
        victims = {State.HIT, State.MAY_NOTICE}
        said += [f"{self.of(card)}." for card in self._cards.values() if card.state in victims]
        return " ".join(said)

    def _parts_of(self, item: Neighbour) -> NameParts:
        parts = name_parts(item.members[0], self._redactor)
        if len(item.members) == 1:
            return parts
        others = [name_parts(node, self._redactor) for node in item.members[:_MEMBERS_TOLD]]
        return parts.in_common(others, len({node.module for node in item.members}))

    def _address(self, node: Node) -> str:
        return plain(self._redactor.address(node.label))


def ring_title(ring: int) -> str:
    """How far away a ring is."""
    if ring == DEPENDENCIES:
        return "it depends on"
    if ring == 0:
        return "the change"
    far = " or more" if ring == FARTHEST else ""
    return f"{count(ring, 'hop')} away{far}"


def ring_told(ring: int, states: Counter[State]) -> str:
    """Who of a ring is hit."""
    hits, notices = states[State.HIT], states[State.MAY_NOTICE]
    told = [f"{hits:,} hit"] if hits else []
    told += [f"{notices:,} may notice"] if notices else []
    return " · ".join(told) or ("nobody is hit" if ring == 1 else "")


def hidden_note(hidden: Counter[State]) -> tuple[str, ...]:
    """How many found no room, and what happens to them."""
    if not hidden.total():
        return ()
    kinds = sorted(hidden, key=ORDER.__getitem__)
    told = ", ".join(f"{hidden[state]:,} {state}" for state in kinds if hidden[state])
    return f"{hidden.total():,} more", told


def _sign_of(change: ResourceChange | None) -> str:
    if change is None:
        return ""
    if change.kind is ActionKind.REPLACE:
        return "+/-" if change.creates_first else "-/+"
    return _SIGNS.get(change.kind, "")
