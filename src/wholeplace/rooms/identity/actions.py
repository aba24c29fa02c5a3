"""Writing who is who: one linking of everybody's records, all of it or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity.models import LinkRun

LOCK = 7411004  # one linking at a time


class AlreadyLinking(UserMistake):
    """Another linking is under way."""

    http_status = 409


@dataclass(frozen=True)
class Run:
    """A linking under way: its number, and the moment at which its rows are recorded."""

    id: int
    at: dt.datetime


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else links or decides from here to the end, whatever transactions begin between.

    Raises:
        AlreadyLinking: another linking, or a decision, has not ended yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [LOCK])
        if not cursor.fetchone()[0]:
            raise _already()
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # a lost session holds none
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [LOCK])


def _already() -> AlreadyLinking:
    return AlreadyLinking(
        "Another linking of records is under way.",
        do="Nothing was changed. Wait for it to end.",
    )


def open_run() -> Run:
    """Begin a linking in the caller's transaction, alone.

    Its number is the next after the last that was carried out, so that one that was killed
    leaves no trace.

    Raises:
        AlreadyLinking: another has not ended yet.
        Refused: the acting role may not link.
    """
    require_actor().require("identity.link")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", [LOCK])
        if not cursor.fetchone()[0]:
            raise _already()
        cursor.execute("SELECT coalesce(max(id), 0) + 1, clock_timestamp() FROM identity_linkrun")
        return Run(*cursor.fetchone())


def settle_rows() -> None:
    """Have the database check now what it would else check at the end, so that it can be timed."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def keep_run(
    run: Run,
    *,
    records: int,
    comparisons: Sequence[str],
    counts: Mapping[str, int],
    figures: Mapping[str, Any],
) -> None:
    """Keep what a linking did, and write its one audit event.

    Args:
        records: how many were compared.
        comparisons: names of what each pair's levels are about.
        counts: what was changed, by why.
        figures: seconds by stage, peak memory and what else the engine told.
    """
    actor = require_actor()
    LinkRun.objects.create(
        id=run.id,
        started_at=run.at,
        finished_at=dt.datetime.now(dt.UTC),
        by_id=actor.membership_id,
        records=records,
        comparisons=list(comparisons),
        counts=dict(counts),
        figures=dict(figures),
    )
    audit.record(
        "identity.link",
        record=f"linking {run.id}",
        detail={"records": records, "counts": dict(counts)},
    )
