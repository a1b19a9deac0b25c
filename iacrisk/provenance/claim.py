"""What somebody said a change would do, to be held against what its plan does.

A claim can only add findings: nothing that it says makes a change look better.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from fnmatch import fnmatchcase

import msgspec

from iacrisk.plan import UNKNOWN, ActionKind, Plan, ResourceChange, matches


class ClaimedAction(StrEnum):
    """What a claim may say that happens."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    FORGET = "forget"


class Counts(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"imports": "import"},
):
    """Numbers as in Terraform's own summary, where a replacement is an add and a destroy."""

    add: int | None = None
    change: int | None = None
    destroy: int | None = None
    imports: int | None = None

    def named(self) -> Iterator[tuple[str, int]]:
        """Each number that is there, under the name that Terraform's summary gives it."""
        pairs = (
            ("import", self.imports),
            ("add", self.add),
            ("change", self.change),
            ("destroy", self.destroy),
        )
        yield from ((name, number) for name, number in pairs if number is not None)


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some changes: all that is said has to fit; what is left out fits anything.

    `addresses` are globs, or the address of a block or module with all in it. `attributes`: an
    update of nothing else.
    """

    types: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    actions: tuple[ClaimedAction, ...] = ()
    attributes: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether any change can be outside it."""
        return bool(self.types or self.addresses or self.actions or self.attributes)

    def covers(self, change: ResourceChange) -> bool:
        """Whether the change is one of these."""
        return (
            (not self.types or any(fnmatchcase(change.type, glob) for glob in self.types))
            and (not self.addresses or any(_is_at(change, glob) for glob in self.addresses))
            and (not self.actions or change.kind.value in self.actions)
            and (not self.attributes or self._covers_attributes(change))
        )

    def _covers_attributes(self, change: ResourceChange) -> bool:
        """What follows from the others and is not known yet counts as one of them."""
        if change.kind is not ActionKind.UPDATE:
            return False
        return all(
            any(fnmatchcase(name, glob) for glob in self.attributes)
            for name in change.changed
            if change.after.get(name) is not UNKNOWN
        )


class ClaimFile(Scope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim as a file: one scope, or several under `changes`, and numbers."""

    changes: tuple[Scope, ...] = ()
    counts: Counts = Counts()


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What was said, as far as it was understood.

    A change has to be in one of `scopes`, where there are any, and in none of `denied`.
    `is_exact`: it was written for this and not read from a sentence. `understood` says in our
    words what is held against the plan.
    """

    source: str
    scopes: tuple[Scope, ...] = ()
    denied: tuple[Scope, ...] = ()
    counts: Counts = Counts()
    is_exact: bool = True
    understood: tuple[str, ...] = ()

    @property
    def is_understood(self) -> bool:
        """Whether the plan can be held against it at all."""
        return bool(self.scopes or self.denied or any(self.counts.named()))

    def denies(self, change: ResourceChange) -> bool:
        """Whether it was said that this does not happen."""
        return any(scope.covers(change) for scope in self.denied)

    def covers(self, change: ResourceChange) -> bool:
        """Whether the change is something that was said."""
        return not self.scopes or any(scope.covers(change) for scope in self.scopes)


def claim_of_file(name: str, content: ClaimFile) -> Claim:
    """The claim that a file makes."""
    own = Scope(
        types=content.types,
        addresses=content.addresses,
        actions=content.actions,
        attributes=content.attributes,
    )
    scopes = tuple(scope for scope in (own, *content.changes) if scope.says_something)
    return Claim(
        source=name,
        scopes=scopes,
        counts=content.counts,
        understood=(*map(_in_words, scopes), *_counted(content.counts)),
    )


def planned_counts(plan: Plan) -> Counts:
    """The numbers of Terraform's own summary line."""
    managed = [change for change in plan.pending if change.mode == "managed"]
    verbs = [set(change.actions) for change in managed]
    return Counts(
        add=sum("create" in actions for actions in verbs),
        change=sum("update" in actions for actions in verbs),
        destroy=sum("delete" in actions for actions in verbs),
        imports=sum(change.imports for change in managed),
    )


def _is_at(change: ResourceChange, glob: str) -> bool:
    address = change.address
    return matches(glob, address) or address.startswith((f"{glob}.", f"{glob}["))


def _in_words(scope: Scope) -> str:
    parts = [
        ", ".join(scope.actions) or "any action",
        f"of {', '.join(scope.types)}" if scope.types else "",
        f"at {', '.join(scope.addresses)}" if scope.addresses else "",
        f"of {', '.join(scope.attributes)} alone" if scope.attributes else "",
    ]
    return " ".join(filter(None, parts))


def _counted(counts: Counts) -> Iterator[str]:
    numbers = ", ".join(f"{number} to {name}" for name, number in counts.named())
    if numbers:
        yield numbers


def without_numbers(claim: Claim) -> Claim:
    """The claim as it is held against one of several plans, whose numbers it may add up."""
    if not any(claim.counts.named()):
        return claim
    told = set(_counted(claim.counts))
    words = (
        *(item for item in claim.understood if item not in told),
        "numbers, which are not compared with several plans",
    )
    return msgspec.structs.replace(claim, counts=Counts(), understood=words)


def with_words(claim: Claim) -> Claim:
    """The claim of a sentence with what was understood of it."""
    denied = [f"no {_in_words(scope)}" for scope in claim.denied]
    words = (*map(_in_words, claim.scopes), *denied, *_counted(claim.counts))
    return msgspec.structs.replace(claim, understood=tuple(dict.fromkeys(words)))
