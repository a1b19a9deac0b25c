"""E13: a second text on mail at a name that may have one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import facts
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.dns import Record, record_after, record_before
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_ONCE: Final = {"v=spf1": "senders", "v=dmarc1": "forged mail"}
Place = tuple[str, str, str]


@rule(
    id="E13",
    name="mail-text-doubled",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=facts.RECORD_TYPES,
    since="0.2",
)
def mail_text_doubled(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A name gets a second text that says who may send mail, or what becomes of forged mail.

    What it flags
        A TXT record that brings a second `v=spf1` or `v=DMARC1` to a name, in the same record
        set or as a record of its own beside one that stays.

    Why it matters
        Both are looked up by name and have to be alone: with two of them receivers treat senders
        as an error of configuration, and take the policy on forged mail for missing. Mail that
        was sent for years begins to bounce or to land among spam.

    When it is fine
        Never for long; the other text goes in the same plan.

    What to do instead
        Add the new sender's `include:` to the text that is there.

    References
        https://www.rfc-editor.org/rfc/rfc7208#section-4.5
        https://www.rfc-editor.org/rfc/rfc7489#section-6.6.3
    """
    after, before = record_after(change), record_before(change)
    if after is None or after.type != "TXT":
        return
    for mark, says in _ONCE.items():
        now = _count(after, mark)
        new = now - (_count(before, mark) if before is not None and _is_same(before, after) else 0)
        others = [
            label
            for label, count in _beside(after, mark, context)
            if count and label != change.label
        ]
        if new > 0 and now + len(others) > 1:
            yield Flag(
                what=f"The name gets a second text on {says}, so that neither is valid.",
                paths=tuple(
                    (name,)
                    for name in _VALUES
                    if name in change.changed
                    or (change.kind is ActionKind.CREATE and change.after.get(name))
                ),
                hurts=tuple(others),
            )


_VALUES: Final = ("content", "value", "records", "record", "rrdatas")


def _count(record: Record, mark: str) -> int:
    return sum(text.lower().lstrip('"').startswith(mark) for text in record.values)


def _is_same(one: Record, other: Record) -> bool:
    return one.name_and_type == other.name_and_type


def _beside(record: Record, mark: str, context: Context) -> list[tuple[str, int]]:
    """The records at the same place afterwards, with how many such texts they hold."""

    def build() -> dict[Place, list[tuple[str, Record]]]:
        index: dict[Place, list[tuple[str, Record]]] = {}
        for one in context.changes_of(*sorted(facts.RECORD_TYPES)):
            found = record_after(one) if one.kind is not ActionKind.DELETE else None
            if found is not None and found.type == "TXT":
                index.setdefault(_place(found), []).append((one.label, found))
        return index

    index = once(context.plan, "texts by name", build)
    return [(label, _count(one, mark)) for label, one in index.get(_place(record), ())]


def _place(record: Record) -> Place:
    written = (
        ""
        if record.written in {"@", record.name} and record.name.count(".") == 1
        else record.written
    )
    return record.zone, written.removeprefix("@"), record.type
