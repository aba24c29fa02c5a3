"""Writing what agencies' files say: opening a load, its outcome, and the rows set aside."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import connection, connections

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.records.models import STATEMENTS, Load
from wholeplace.rooms.records.source.spec import SourceSpec
from wholeplace.rooms.records.source.stage import Aside
from wholeplace.rooms.records.versions import Counts, Write

LOCK = 7411002  # one load of an agency's rows at a time


class AlreadyLoading(UserMistake):
    """Another load of the same agency's rows is under way."""

    http_status = 409


def open_load(source: SourceSpec, *, agency: str, folder: str, fingerprint: str) -> Write:
    """Begin a load in the caller's transaction, alone among loads of the acting agency.

    Args:
        source: what is loaded; its agency must be the acting one.
        agency: code of the acting agency.
        folder: where the files lie, as told.
        fingerprint: SHA-256 of the files and of how they are read.

    Raises:
        AlreadyLoading: another load has not ended yet.
        UserMistake: the source belongs to another agency.
        Refused: the acting role may not load.
    """
    actor = require_actor()
    actor.require("records.load")
    if agency != source.agency:
        raise UserMistake(
            f"The source {source.source} belongs to {source.agency}.",
            why=f"This account loads for {agency}.",
        )
    at = _alone(actor.agency_id)
    load = Load.objects.create(
        agency_id=actor.agency_id,
        source=source.source,
        folder=folder,
        fingerprint=fingerprint,
        state="started",
        started_by_id=actor.membership_id,
    )
    return Write(actor.agency_id, load.pk, at)


def _alone(agency_id: int) -> dt.datetime:
    """Become the only load of the agency's rows; returns the moment at which they are recorded.

    Somebody who begins a snapshot holds loads off for a few milliseconds, so this asks again.
    """
    with connection.cursor() as cursor:
        for wait in (0.05, 0.1, 0.2, 0.4, 0):
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, agency_id])
            if cursor.fetchone()[0]:
                return moment()
            time.sleep(wait)
    raise AlreadyLoading(
        "Another load of this agency's files is under way.",
        why="Two at once could each end what the other adds.",
        do="Nothing was loaded. Wait for it to end, and load the folder again.",
    )


def moment() -> dt.datetime:
    """Now, by the clock that records are dated by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: dt.datetime = cursor.fetchone()[0]
    return at


@contextmanager
def between_loads(agency_id: int) -> Iterator[None]:
    """Wait until no load of the agency's rows is under way; within, none begins.

    A load's rows are recorded at the moment it begins, and can be read when it ends. Whoever
    reads "what was recorded by now" in between would miss what is known to have been recorded.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s, %s)", [LOCK, agency_id])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s, %s)", [LOCK, agency_id])


def finish_load(write: Write, *, counts: Mapping[str, Counts], aside: Iterable[Aside]) -> int:
    """Store the rows set aside and the outcome; one audit event. Returns how many faults."""
    require_actor().require("records.load")
    faults = _store_rejects(write, aside)
    data = {name: count.as_data() for name, count in counts.items()}
    Load.objects.filter(pk=write.load_id).update(
        state="finished", finished_at=dt.datetime.now(dt.UTC), counts=data
    )
    audit.record("extract.load", record=f"load {write.load_id}", detail={"counts": data})
    return faults


def _store_rejects(write: Write, aside: Iterable[Aside]) -> int:
    rows = 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.aside")
        cursor.execute(
            "CREATE TEMP TABLE aside ON COMMIT DROP AS"
            " SELECT file, line, field, value, reason FROM records_reject WITH NO DATA"
        )
        with cursor.copy("COPY pg_temp.aside FROM STDIN") as copy:
            for one in aside:
                # PostgreSQL stores no NUL; a value with one was set aside for it.
                value = one.value.replace("\0", "\N{SYMBOL FOR NULL}")
                copy.write_row((one.file, one.line, one.field, value, one.reason))
                rows += 1
        cursor.execute(
            "INSERT INTO records_reject (load_id, agency_id, file, line, field, value, reason)"
            " SELECT %s, %s, file, line, field, value, reason FROM pg_temp.aside",
            [write.load_id, write.agency_id],
        )
    return rows


def refresh_statistics() -> None:
    """Tell the query planner at once about a big load, after it is committed.

    Only the owner of a table may do this, so it runs by the other login; it reads no row out.
    """
    tables = [model._meta.db_table for model in STATEMENTS.values()]
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(['people_person', *tables])}")
    connections["owner"].close()
