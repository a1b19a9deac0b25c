"""Runs every rule over a plan and records all they say, their failures included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from iacrisk.catalog import resource_type
from iacrisk.catalog.settings import is_known_well, types_with_settings
from iacrisk.errors import RuleNotCarriedOut
from iacrisk.plan import ActionKind, Path, Redactor, ResourceChange, Shown, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.hurt import others_hurt
from iacrisk.rules.registry import RULES, SUPPRESSORS
from iacrisk.rules.rule import (
    ChangeCheck,
    Evidence,
    Finding,
    Flag,
    Outcome,
    Review,
    Rule,
    RuleFailure,
    SuppressedFinding,
    Suppressor,
    Undecided,
    UndecidedRule,
)


def review(
    context: Context,
    rules: tuple[Rule, ...] = RULES,
    suppressors: tuple[Suppressor, ...] = SUPPRESSORS,
    own: tuple[Rule, ...] = (),
) -> Review:
    """What `rules` and a team's `own` say of the plan.

    A rule that raises is recorded and the run goes on.
    """
    run = _Run(context, (*rules, *own), suppressors)
    for change in context.plan.pending:
        run.judge(change)
    run.judge_plan()
    return run.result()


class _Run:
    """One pass over a plan, collecting as it goes."""

    def __init__(
        self, context: Context, rules: tuple[Rule, ...], suppressors: tuple[Suppressor, ...]
    ) -> None:
        self._context = context
        self._redactor = context.plan.redactor
        self._rules = rules
        self._suppressors = suppressors
        self._rules_for = cache(self._applicable_rules)
        self.suppressors_for = cache(self._applicable_suppressors)
        self._findings: list[Finding] = []
        self._suppressed: list[SuppressedFinding] = []
        self._undecided: list[UndecidedRule] = []
        self._failures: list[RuleFailure] = []
        self._benign: dict[str, str] = {}

    def judge(self, change: ResourceChange) -> None:
        excuses = _Excuses(self, change)
        whole = excuses.of_the_whole()
        if whole is not None:
            self._benign[change.label] = whole.id
        told: set[object] = set()
        for rule, check in self._rules_for(change.type, change.kind):
            try:
                outcomes = _outcomes(check(change, self._context))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - recorded, and fails the gate
                self._fail(rule.id, change.label, error)
                continue
            for outcome in outcomes:
                roots = {path[0] for path in outcome.paths if path}
                if not rule.tail or not roots & told:
                    self._record(rule, change, outcome, excuses)
                told |= roots

    def judge_plan(self) -> None:
        for rule in self._rules:
            check = rule.on_plan
            if check is None:
                continue
            try:
                outcomes = _outcomes(check(self._context))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - recorded, and fails the gate
                self._fail(rule.id, "", error)
                continue
            for outcome in outcomes:
                change = self._context.change_at(outcome.address)
                self._record(rule, change, outcome, _Excuses(self, change) if change else None)

    def result(self) -> Review:
        return Review(
            findings=tuple(sorted(self._findings, key=lambda item: (item.address, item.rule))),
            suppressed=tuple(
                sorted(self._suppressed, key=lambda item: (item.finding.address, item.finding.rule))
            ),
            undecided=tuple(sorted(self._undecided, key=lambda item: (item.address, item.rule))),
            failures=tuple(sorted(self._failures, key=lambda item: (item.address, item.rule))),
            benign=self._benign,
        )

    def _applicable_rules(
        self, type_name: str, kind: ActionKind
    ) -> tuple[tuple[Rule, ChangeCheck], ...]:
        known = resource_type(type_name)
        found = [
            (rule, rule.on_change)
            for rule in self._rules
            if rule.on_change is not None and rule.applies_to(known, kind)
        ]
        if is_known_well(type_name) and any(_knows(rule, type_name) for rule, _ in found):
            return tuple((rule, check) for rule, check in found if not rule.tail)
        return tuple(sorted(found, key=lambda item: item[0].tail))

    def _applicable_suppressors(self, type_name: str, kind: ActionKind) -> tuple[Suppressor, ...]:
        known = resource_type(type_name)
        return tuple(item for item in self._suppressors if item.applies_to(known, kind))

    def reason(self, suppressor: Suppressor, change: ResourceChange) -> str | None:
        """Why the change is a look-alike; None too where the suppressor raises."""
        try:
            return suppressor.check(change, self._context)
        except Exception as error:  # noqa: BLE001 - recorded, and fails the gate
            self._fail(suppressor.id, change.label, error)
            return None

    def _fail(self, rule_id: str, label: str, error: BaseException) -> None:
        told = str(error) if isinstance(error, RuleNotCarriedOut) else type(error).__name__
        self._failures.append(RuleFailure(rule=rule_id, address=label, error=told))

    def _others(
        self, rule: Rule, change: ResourceChange | None, known: tuple[str, ...]
    ) -> tuple[str, ...]:
        if change is None:
            return ()
        try:
            return others_hurt(rule.id, change, self._context, known)
        except Exception as error:  # noqa: BLE001 - recorded, and fails the gate
            self._fail(rule.id, change.label, error)
            return ()

    def _record(
        self,
        rule: Rule,
        change: ResourceChange | None,
        outcome: Outcome,
        excuses: _Excuses | None,
    ) -> None:
        address = change.label if change else outcome.address
        if isinstance(outcome, Undecided):
            self._undecided.append(
                UndecidedRule(
                    rule=rule.id,
                    name=rule.name,
                    address=address,
                    why=self._redactor.text(outcome.why),
                    paths=tuple(_shown(change, path, self._redactor) for path in outcome.paths),
                )
            )
            return
        finding = Finding(
            rule=rule.id,
            name=rule.name,
            address=address,
            severity=outcome.severity or rule.severity,
            confidence=outcome.confidence or rule.confidence,
            harm=rule.harm,
            what=self._redactor.text(outcome.what),
            hurts=(*outcome.hurts, *self._others(rule, change, outcome.hurts)),
            evidence=tuple(_evidence(change, outcome.paths, self._redactor)) if change else (),
        )
        # a team that asks means it, whatever is usual
        excuse = None if rule.origin or excuses is None else excuses.of(rule.id)
        if excuse is None:
            self._findings.append(finding)
        else:
            self._suppressed.append(
                SuppressedFinding(
                    finding=finding, by=excuse[0].id, reason=self._redactor.text(excuse[1])
                )
            )


class _Excuses:
    """The look-alikes that a change is, each asked once, and only when a finding needs it."""

    def __init__(self, run: _Run, change: ResourceChange) -> None:
        self._run = run
        self._change = change
        self._asked: dict[str, str | None] = {}

    def of_the_whole(self) -> Suppressor | None:
        """The first look-alike that explains the change as a whole."""
        whole = (item for item in self._applicable() if item.suppresses is None)
        return next((item for item in whole if self._reason(item) is not None), None)

    def of(self, rule_id: str) -> tuple[Suppressor, str] | None:
        """The first look-alike that takes back what the rule found, with the reason."""
        for item in self._applicable():
            if item.covers(rule_id) and (reason := self._reason(item)) is not None:
                return item, reason
        return None

    def _applicable(self) -> tuple[Suppressor, ...]:
        return self._run.suppressors_for(self._change.type, self._change.kind)

    def _reason(self, item: Suppressor) -> str | None:
        if item.id not in self._asked:
            self._asked[item.id] = self._run.reason(item, self._change)
        return self._asked[item.id]


def _outcomes(said: Iterable[Outcome]) -> list[Outcome]:
    """All that a rule yields; raises RuleNotCarriedOut where it is no outcome."""
    outcomes = list(said)
    if not all(isinstance(outcome, Flag | Undecided) for outcome in outcomes):
        raise RuleNotCarriedOut("it yielded something that is neither Flag nor Undecided")
    return outcomes


def _shown(change: ResourceChange | None, path: Path, redactor: Redactor) -> Shown:
    """The path without the keys of a map that is sensitive as a whole."""
    return redactor.path(path if change is None else change.shown_path(path))


def _evidence(
    change: ResourceChange, paths: tuple[Path, ...], redactor: Redactor
) -> Iterator[Evidence]:
    for path in dict.fromkeys(map(change.shown_path, paths)):
        sensitive = change.is_sensitive(path)
        yield Evidence(
            path=redactor.path(path),
            before=redactor.value(lookup(change.before, path), sensitive=sensitive),
            after=redactor.value(change.planned(path), sensitive=sensitive),
        )


def _knows(rule: Rule, type_name: str) -> bool:
    """Whether the rule is made for this type; a table of single settings is not."""
    named = rule.types is not None and type_name in rule.types
    return named and not rule.origin and rule.types != types_with_settings(rule.id)
