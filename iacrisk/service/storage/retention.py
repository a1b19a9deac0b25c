"""Deletes what has been kept for as long as the settings say."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from sqlalchemy import Connection, delete, or_, select, update

from iacrisk.service.settings import Settings
from iacrisk.service.storage.assessments import State
from iacrisk.service.storage.people import sweep_people
from iacrisk.service.storage.tables import assessments, decisions, deliveries


def clean_up(
    connection: Connection, settings: Settings, now: datetime.datetime
) -> Mapping[str, int]:
    """Delete pages, then whole assessments; returns how many.

    An approval lives as long as its assessment. What HCP still waits for stays. Sessions that
    ended and sign-ins that came to nothing go as well.
    """
    keeping = settings.keeping
    page, whole = (
        now - datetime.timedelta(days=days) for days in (keeping.page_days, keeping.assessment_days)
    )
    sweep_people(connection, now=now, older=now - datetime.timedelta(days=1))
    return {
        "lapsed": _lapse(connection, now - datetime.timedelta(days=keeping.waiting_days)),
        "pages": _drop_pages(connection, page),
        "assessments": _drop_assessments(connection, whole),
    }


def _lapse(connection: Connection, before: datetime.datetime) -> int:
    """Nobody waits any longer for what was not decided for so long."""
    found = connection.execute(
        update(assessments)
        .where(
            assessments.c.state == State.WAITING,
            assessments.c.waiting_since < before,
            assessments.c.finished_at.is_not(None),
        )
        .values(state=State.SUPERSEDED)
    )
    return found.rowcount


def _drop_pages(connection: Connection, before: datetime.datetime) -> int:
    found = connection.execute(
        update(assessments)
        .where(
            assessments.c.created_at < before,
            or_(assessments.c.view.is_not(None), assessments.c.report.is_not(None)),
        )
        .values(view=None, report=None)
    )
    return found.rowcount


def _drop_assessments(connection: Connection, before: datetime.datetime) -> int:
    unanswered = select(deliveries.c.assessment).where(deliveries.c.final_at.is_(None))
    old = (
        select(assessments.c.id)
        .where(assessments.c.created_at < before, assessments.c.id.not_in(unanswered))
        .scalar_subquery()
    )
    for table in (decisions, deliveries):
        connection.execute(delete(table).where(table.c.assessment.in_(old)))
    return connection.execute(delete(assessments).where(assessments.c.id.in_(old))).rowcount
