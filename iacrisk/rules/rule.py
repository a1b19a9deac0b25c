"""What a rule is and what it may say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum, StrEnum
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from iacrisk.catalog import ResourceClass, ResourceType
from iacrisk.plan import ActionKind, Path, ResourceChange, Shown
from iacrisk.rules.context import Context


class Severity(IntEnum):
    """How bad it is when it happens."""

    INFO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5


class Confidence(StrEnum):
    """How sure the rule is that it happens."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Harm(StrEnum):
    """What is hurt; decides whether those who use the resource are hit with it."""

    DATA = "data"
    AVAILABILITY = "availability"
    ACCESS = "access"
    EXPOSURE = "exposure"
    RECOVERY = "recovery"
    DETECTION = "detection"
    HYGIENE = "hygiene"
    COST = "cost"


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """A rule says: this is dangerous.

    `what` is one plain sentence without the address; text from the plan in it gets masked.
    `paths` are the attributes that prove it. `address` only for rules on the whole plan.
    `severity` and `confidence` only where this case differs from the rule's own. `hurts` are the
    addresses of others that the rule knows to be hit, beside those that the graph leads to.
    """

    what: str
    paths: tuple[Path, ...] = ()
    address: str = ""
    severity: Severity | None = None
    confidence: Confidence | None = None
    hurts: tuple[str, ...] = ()


class Undecided(msgspec.Struct, frozen=True, kw_only=True):
    """A rule says: the value that decides is not known at plan time."""

    why: str
    paths: tuple[Path, ...] = ()
    address: str = ""


Outcome = Flag | Undecided
ChangeCheck = Callable[[ResourceChange, Context], Iterator[Outcome]]
PlanCheck = Callable[[Context], Iterator[Outcome]]
SuppressorCheck = Callable[[ResourceChange, Context], str | None]

ANY_KIND: Final = frozenset(ActionKind)
DESTROYS: Final = frozenset({ActionKind.DELETE, ActionKind.REPLACE})
CHANGES: Final = frozenset({ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE})


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule on one change, or on the whole plan where `on_plan` is set."""

    id: str
    name: str
    severity: Severity
    confidence: Confidence
    harm: Harm
    since: str
    kinds: frozenset[ActionKind]
    types: frozenset[str] | None
    classes: frozenset[ResourceClass] | None
    page: str
    globs: tuple[str, ...] = ()
    """Of types, beside those that are named in full."""
    origin: str = ""
    """Where it comes from, "" for a built-in one; no suppressor takes back what another finds."""
    tail: bool = False
    """Asked only of types that no other rule names: what it goes by is a guess from names."""
    on_change: ChangeCheck | None = None
    on_plan: PlanCheck | None = None

    def applies_to(self, resource_type: ResourceType, kind: ActionKind) -> bool:
        """Whether a change of this type and kind has to be shown to the rule."""
        if self.on_change is None or kind not in self.kinds:
            return False
        if self.types is None and self.classes is None and not self.globs:
            return True
        return (
            (self.types is not None and resource_type.name in self.types)
            or (self.classes is not None and resource_type.resource_class in self.classes)
            or any(fnmatchcase(resource_type.name, glob) for glob in self.globs)
        )


class Plugin(msgspec.Struct, frozen=True, kw_only=True):
    """An installed package whose rules the policy asks for; `sha256` is of its files."""

    name: str
    distribution: str
    version: str
    sha256: str


class OwnRules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of a team beside the built-in ones, declared or from `plugins`."""

    rules: tuple[Rule, ...] = ()
    plugins: tuple[Plugin, ...] = ()


class Suppressor(msgspec.Struct, frozen=True, kw_only=True):
    """A benign look-alike: findings of `suppresses` on the same change are taken back.

    The check returns the reason, or None where the look-alike is a trap.
    """

    id: str
    name: str
    since: str
    suppresses: frozenset[str] | None
    kinds: frozenset[ActionKind]
    types: frozenset[str] | None
    page: str
    check: SuppressorCheck

    def covers(self, rule_id: str) -> bool:
        """Whether findings of the rule are taken back; None in `suppresses` means all."""
        return self.suppresses is None or rule_id in self.suppresses

    def applies_to(self, resource_type: ResourceType, kind: ActionKind) -> bool:
        """Whether a change of this type and kind has to be shown to the suppressor."""
        return kind in self.kinds and (self.types is None or resource_type.name in self.types)


def rule(
    *,
    id: str,  # noqa: A002 - the field's own name
    name: str,
    severity: Severity,
    confidence: Confidence,
    harm: Harm,
    kinds: Iterable[ActionKind] = ANY_KIND,
    types: Iterable[str] | None = None,
    classes: Iterable[ResourceClass] | None = None,
    since: str = "0.1",
    tail: bool = False,
) -> Callable[[ChangeCheck], Rule]:
    """Declare a rule on one change; the docstring is its page.

    `types` and `classes` narrow down which changes it sees: either is enough. A rule of the
    `tail` is asked of types that no other rule names, and of those of providers little known.
    """

    def declare(check: ChangeCheck) -> Rule:
        return Rule(
            id=id,
            name=name,
            severity=severity,
            confidence=confidence,
            harm=harm,
            since=since,
            kinds=frozenset(kinds),
            types=None if types is None else frozenset(types),
            classes=None if classes is None else frozenset(classes),
            page=check.__doc__ or "",
            tail=tail,
            on_change=check,
        )

    return declare


def plan_rule(
    *,
    id: str,  # noqa: A002 - the field's own name
    name: str,
    severity: Severity,
    confidence: Confidence,
    harm: Harm,
    since: str = "0.1",
) -> Callable[[PlanCheck], Rule]:
    """Declare a rule on the whole plan; its flags name the address they concern, or none."""

    def declare(check: PlanCheck) -> Rule:
        return Rule(
            id=id,
            name=name,
            severity=severity,
            confidence=confidence,
            harm=harm,
            since=since,
            kinds=ANY_KIND,
            types=None,
            classes=None,
            page=check.__doc__ or "",
            on_plan=check,
        )

    return declare


def suppressor(
    *,
    id: str,  # noqa: A002 - the field's own name
    name: str,
    suppresses: Iterable[str] | None,
    kinds: Iterable[ActionKind],
    types: Iterable[str] | None = None,
    since: str = "0.1",
) -> Callable[[SuppressorCheck], Suppressor]:
    """Declare a benign look-alike; the docstring is its page and names the traps."""

    def declare(check: SuppressorCheck) -> Suppressor:
        return Suppressor(
            id=id,
            name=name,
            since=since,
            suppresses=None if suppresses is None else frozenset(suppresses),
            kinds=frozenset(kinds),
            types=None if types is None else frozenset(types),
            page=check.__doc__ or "",
            check=check,
        )

    return declare


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute that proves a finding, masked."""

    path: Shown
    before: Shown
    after: Shown


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's flag, ready to be shown. `address` is "" for the plan as a whole."""

    rule: str
    name: str
    address: str
    severity: Severity
    confidence: Confidence
    harm: Harm
    what: Shown
    evidence: tuple[Evidence, ...] = ()
    hurts: tuple[str, ...] = ()


class SuppressedFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that a benign look-alike took back."""

    finding: Finding
    by: str
    reason: Shown


class UndecidedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that could not decide on a change."""

    rule: str
    name: str
    address: str
    why: Shown
    paths: tuple[Shown, ...]


class RuleFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that raised. `error` is the exception's class, its text only where it is ours."""

    rule: str
    address: str
    error: str


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """All that the rules said of a plan, each part sorted by address and rule.

    `benign` maps an address to the suppressor that explains the whole change.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[SuppressedFinding, ...]
    undecided: tuple[UndecidedRule, ...]
    failures: tuple[RuleFailure, ...]
    benign: dict[str, str]
