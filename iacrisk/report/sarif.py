"""SARIF 2.1.0 for code scanning, within GitHub's limits: a run for each plan.

Facts about what GitHub takes and keeps: docs/hosts/github.md.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

import msgspec

from iacrisk import __version__
from iacrisk.patterns import regex
from iacrisk.report.batch import Batch, JudgedPlan
from iacrisk.report.plain import plain
from iacrisk.report.remarks import (
    OUR_RULES,
    Level,
    Remark,
    left_out,
    remarks_on,
    shortened,
)
from iacrisk.report.words import SOFT, counts_line
from iacrisk.rules import RULES, Rule, Severity

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
MOST_RUNS: Final = 20
MOST_RESULTS: Final = 5_000
"""In the file as a whole; GitHub keeps so many of a run and drops the rest without a word."""
_LONGEST: Final = 1_000
_PAGES: Final = "https://github.com/iacrisk/iacrisk/blob/main/docs"
_SECURITY_SEVERITY: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
    Severity.INFO: "0.5",
}
_NOT_IN_A_NAME = regex(r"[^A-Za-z0-9._/-]+")

Json = dict[str, Any]


def render_sarif(batch: Batch) -> str:
    """The log as indented JSON with a final newline."""
    room = MOST_RESULTS
    runs: list[Json] = []
    for judged in batch.plans[:MOST_RUNS]:
        plans_left = min(len(batch.plans), MOST_RUNS) - len(runs)
        share = max(2, room // plans_left)
        runs.append(_run(judged, batch, share))
        room -= len(runs[-1]["results"])
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}
    if len(batch.plans) > MOST_RUNS:
        rest = len(batch.plans) - MOST_RUNS
        runs[-1]["invocations"][0]["toolExecutionNotifications"].append(
            _notification(f"{rest} more plans are left out: a file holds {MOST_RUNS}.", "warning")
        )
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _run(judged: JudgedPlan, batch: Batch, most: int) -> Json:
    found = remarks_on(judged, batch)
    if len(found) > most:
        found = [*found[: most - 1], left_out(len(found) - most + 1, judged)]
    rules = sorted({item.rule for item in found})
    index = {rule: number for number, rule in enumerate(rules)}
    run: Json = {
        "tool": {
            "driver": {
                "name": "iacrisk",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": "https://github.com/iacrisk/iacrisk",
                "rules": [_rule(rule, judged, found) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(judged, batch)],
        "results": [_result(item, index[item.rule]) for item in found],
        "properties": _properties(judged, batch),
    }
    if batch.several:  # one category for each plan, or GitHub refuses the file
        run["automationDetails"] = {"id": f"iacrisk/{_category(judged.name)}/"}
    return run


def _properties(judged: JudgedPlan, batch: Batch) -> Json:
    assessment = judged.assessment
    told: Json = {"verdict": judged.verdict, "soft": batch.soft}
    if assessment is not None:
        told |= {"score": assessment.score, "counts": counts_line(assessment)}
    return told


def _category(name: str) -> str:
    """The plan's name without what a category should not hold, told apart by a digest."""
    clean = _NOT_IN_A_NAME.sub("-", name)
    return clean if clean == name else f"{clean}-{sha256(name.encode()).hexdigest()[:8]}"


def _invocation(judged: JudgedPlan, batch: Batch) -> Json:
    notes: list[Json] = []
    if batch.soft:
        notes.append(_notification(SOFT, "note"))
    if judged.fault is not None:
        notes.append(_notification(judged.fault.problem, "error"))
    return {
        "executionSuccessful": judged.fault is None,
        "exitCode": judged.exit_code,
        "toolExecutionNotifications": notes,
    }


def _notification(text: str, level: str) -> Json:
    return {"level": level, "message": {"text": _text(text)}}


def _rule(rule: str, judged: JudgedPlan, found: Iterable[Remark]) -> Json:
    known = _find(rule, judged)
    if known is None:
        about = _of_ours(rule, next(item for item in found if item.rule == rule))
    else:
        about = _of_rule(known)
    name, short, page, severity, tags = about
    described: Json = {
        "id": rule,
        "name": name,
        "shortDescription": {"text": _text(short)},
        "fullDescription": {"text": _text(short)},
        "help": {"text": page},
        "defaultConfiguration": {"level": Level.WARNING},
        "properties": {"tags": tags, "security-severity": _SECURITY_SEVERITY[severity]},
    }
    uri = _page(rule, known)
    return {**described, **({"helpUri": uri} if uri else {})}


def _of_rule(rule: Rule) -> tuple[str, str, str, Severity, list[str]]:
    page = inspect.cleandoc(rule.page).strip() or rule.name
    return rule.name, page.partition("\n")[0], page, rule.severity, ["terraform", rule.harm]


def _of_ours(rule: str, remark: Remark) -> tuple[str, str, str, Severity, list[str]]:
    text = OUR_RULES.get(rule, "The plan cannot be fully judged.")
    return remark.name, text, text, remark.severity, ["terraform"]


def _find(rule: str, judged: JudgedPlan) -> Rule | None:
    own = judged.assessment.own.rules if judged.assessment else ()
    return next((item for item in (*RULES, *own) if item.id == rule), None)


def _page(rule: str, known: Rule | None) -> str:
    if known is None:
        return f"{_PAGES}/hosts/README.md"
    return "" if known.origin else f"{_PAGES}/rules/{rule}.md"


def _result(item: Remark, rule_index: int) -> Json:
    text = f"{item.subject}: {item.text}" if item.subject else item.text
    identity = f"{item.rule}|{item.subject or item.text}"
    return {
        "ruleId": item.rule,
        "ruleIndex": rule_index,
        "level": item.level,
        "message": {"text": _text(text)},
        "locations": [_location(item)],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{sha256(identity.encode()).hexdigest()[:16]}:1"
        },
        "properties": {"verdict": item.verdict, "placed": item.is_placed},
    }


def _location(item: Remark) -> Json:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(item.file), "uriBaseId": "%SRCROOT%"},
            "region": {
                "startLine": item.line,
                "startColumn": 1,
                "endLine": item.line,
                "endColumn": 2,
            },
        },
        **({"logicalLocations": [{"fullyQualifiedName": item.subject}]} if item.subject else {}),
    }


def _text(text: str) -> str:
    """Text in which SARIF sees neither a link nor a placeholder; never empty."""
    clean = plain(text).replace("](", "] (").replace("{", "(").replace("}", ")")
    return shortened(clean, _LONGEST) or "(no text)"
