"""What a plan did, recorded by those who applied it: rows to learn from, as the lab makes them.

Each plan is a file of its own, `HASH.jsonl.xz` with one line: written beside and renamed, so
that writers never meet, nobody reads half a line, and who records a plan again replaces what was
said of it. The plan that is kept is masked (`iacrisk.plan.masking`).
"""

from __future__ import annotations

import datetime
import lzma
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from iacrisk import __version__
from iacrisk.errors import SettingsError, UnknownAddress, UnusableRows
from iacrisk.features import FEATURE_SCHEMA, extract_features
from iacrisk.graph import build_graph
from iacrisk.plan import Plan, decode_plan
from iacrisk.plan.masking import MaskedPlan, mask_plan
from iacrisk.report.plain import plain
from iacrisk.training.case import Case, Edit
from iacrisk.training.examples import RulesSay, Seen, rules_say
from iacrisk.training.outcome import Breakage, HardHarm, Harm, Outcome, Said
from iacrisk.training.rows import Recorded, Row

RECORDED: Final = "recorded"
"""Operator and family of every plan that was not made by an edit of the lab."""

_SUFFIX: Final = ".jsonl.xz"
_NAME_LENGTH: Final = 24
_PRESET: Final = 6


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """What a user says of a plan."""

    outcome: Said
    addresses: tuple[str, ...] = ()
    """Who was hit."""
    harm: HardHarm = "outage"
    """Of an incident."""
    group: str = ""
    """What the plan is one of: its root module; plans of one group are judged together."""
    note: str = ""
    on: datetime.date


def record(plan: Plan, feedback: Feedback, folder: Path) -> tuple[Path, bool]:
    """Write the row; returns its file and whether the plan was recorded before.

    Raises SettingsError, UnknownAddress, and UnusableRows where it cannot be written.
    """
    row = to_row(plan, feedback)
    assert row.recorded is not None  # noqa: S101 - `to_row` always says
    path = folder / f"{row.recorded.plan[:_NAME_LENGTH]}{_SUFFIX}"
    known = path.exists()
    _write(path, msgspec.json.encode(row, order="deterministic") + b"\n")
    return path, known


def to_row(plan: Plan, feedback: Feedback) -> Row:
    """The row for a plan and what became of it; raises SettingsError and UnknownAddress."""
    masked = mask_plan(plan)
    victims = _victims(plan, feedback, masked)
    hashed = sha256(masked.json + plan.document.timestamp.encode()).hexdigest()
    edit = Edit(operator=RECORDED, family=RECORDED, site=hashed[:_NAME_LENGTH])
    return Row(
        case=Case(stack=masked.text(feedback.group), edits=(edit,)),
        plan=msgspec.Raw(masked.json),
        outcome=_outcome(feedback, victims),
        recorded=Recorded(
            outcome=feedback.outcome,
            plan=hashed,
            on=feedback.on.isoformat(),
            note=masked.text(feedback.note),
            seen=msgspec.Raw(msgspec.json.encode(_seen(plan, masked), order="deterministic")),
        ),
        versions={"iacrisk": __version__, "terraform": plan.document.terraform_version},
    )


def _victims(plan: Plan, feedback: Feedback, masked: MaskedPlan) -> list[str]:
    if feedback.addresses and feedback.outcome is Said.OK:
        raise SettingsError("--address names who was hit; with --outcome ok nobody was.")
    graph = build_graph(plan)
    for address in feedback.addresses:
        if address not in plan.by_label and graph.node(address) is None:
            raise UnknownAddress(f"The plan has no {plain(plan.redactor.text(address))}.")
    return [masked.address(address) for address in dict.fromkeys(feedback.addresses)]


def _outcome(feedback: Feedback, victims: Sequence[str]) -> Outcome:
    """Without a victim the whole plan is to blame."""
    match feedback.outcome:
        case Said.OK:
            return Outcome()
        case Said.INCIDENT:
            harm: Harm = feedback.harm
        case Said.REVERTED:
            harm = "degraded"
    return Outcome(
        broken=tuple(
            Breakage(probe=RECORDED, harm=harm, concern=RECORDED, object=victim, address=victim)
            for victim in victims or [""]
        )
    )


def _seen(plan: Plan, masked: MaskedPlan) -> Seen | None:
    """What the masked plan does not show as the plan does; None where that is nothing."""
    kept = decode_plan(masked.json)
    there = {item.label: item.values for item in extract_features(kept, build_graph(kept))}
    columns = {}
    for item in extract_features(plan, build_graph(plan)):
        label = masked.address(item.label)
        if there.get(label) != item.values:
            columns[label] = item.values
    ruled = _masked_rules(rules_say(plan), masked)
    differs = ruled != rules_say(kept)
    if not columns and not differs:
        return None
    return Seen(feature_schema=FEATURE_SCHEMA, columns=columns, rules=ruled if differs else None)


def _masked_rules(said: RulesSay, masked: MaskedPlan) -> RulesSay:
    address = masked.address
    return msgspec.structs.replace(
        said,
        scores={address(label): score for label, score in said.scores.items()},
        benign=frozenset(map(address, said.benign)),
        named={
            address(label): frozenset(map(address, named)) for label, named in said.named.items()
        },
    )


def _write(path: Path, line: bytes) -> None:
    """The whole line or nothing, whoever else writes."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(lzma.compress(line, preset=_PRESET))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise UnusableRows(f"Cannot write {path}: {error.strerror}.") from error
