"""Writing what agencies' files say: a load and its day, how it ended, or why it was refused."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, connections

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.records import rejects
from wholeplace.rooms.records.models import Load
from wholeplace.rooms.records.source.aside import Aside
from wholeplace.rooms.records.source.quality import Quality
from wholeplace.rooms.records.versions import Corrected, Counts, Write

LOCK = 7411002  # one load of an agency's rows at a time


class AlreadyLoading(UserMistake):
    """Another load of the same agency's rows is under way."""

    http_status = 409


class WrongDay(UserMistake):
    """A delivery for a day that another has told of already, or for one before it."""

    http_status = 409


@dataclass(frozen=True)
class Told:
    """What is known of a delivery before its rows are read.

    `fingerprint` is the SHA-256 of the files and of how they are read, `files` file → SHA-256.
    Where the files could not even be told apart, the day and these are missing. `corrected`
    says that these are rows of a day told of already, put right by an officer.
    """

    source: str
    agency: str
    folder: str
    as_at: dt.date | None = None
    delivers: str = "full"
    fingerprint: str = ""
    files: dict[str, str] = field(default_factory=dict)
    corrected: Corrected | None = None


def open_load(told: Told, *, agency: str, correction: bool = False) -> Write:
    """Begin a load in the caller's transaction, alone among loads of the acting agency.

    Args:
        told: what is loaded; its agency must be the acting one.
        agency: code of the acting agency.
        correction: it is meant to replace the delivery for the same day.

    Raises:
        AlreadyLoading: another load has not ended yet.
        WrongDay: it tells of a day before the last delivery's, or of the same otherwise.
        UserMistake: the source belongs to another agency.
        Refused: the acting role may not load.
    """
    actor = require_actor()
    actor.require("records.load")
    if agency != told.agency:
        raise UserMistake(
            f"The source {told.source} belongs to {told.agency}.",
            why=f"This account loads for {agency}.",
        )
    at = _alone(actor.agency_id)
    if told.corrected is None:
        _refuse_wrong_day(actor.agency_id, told, correction=correction)
    load = _new_load(told, state="started")
    return Write(actor.agency_id, load.pk, at, told.source, told.corrected)


def _new_load(told: Told, **more: object) -> Load:
    actor = require_actor()
    return Load.objects.create(
        agency_id=actor.agency_id,
        source=told.source,
        folder=told.folder,
        fingerprint=told.fingerprint,
        files=told.files,
        as_at=told.as_at,
        delivers=told.delivers,
        corrected_by_id=told.corrected.by if told.corrected else None,
        started_by_id=actor.membership_id,
        **more,
    )


def _refuse_wrong_day(agency_id: int, told: Told, *, correction: bool) -> None:
    """One delivery a day, in the order of days: the same files again are no other delivery.

    What an officer put right has a load too, of no files; it is no delivery.
    """
    loads = Load.objects.filter(agency_id=agency_id, source=told.source, state="finished")
    last = loads.exclude(files={}).order_by("-as_at", "-pk").first()
    if not (last and last.as_at and told.as_at) or last.as_at < told.as_at:
        return
    if last.as_at > told.as_at:
        raise WrongDay(
            f"These files tell of {show_day(told.as_at)}, and those of load {last.pk} of"
            f" {show_day(last.as_at)}, which is later.",
            why="What is known by now would be put back to what was known then.",
            do="Nothing was loaded. Load the latest delivery.",
        )
    if last.files != told.files and not correction:
        raise WrongDay(
            f"Load {last.pk} has told of {show_day(told.as_at)} already, in other files.",
            why="Of two deliveries for one day, which is right cannot be told.",
            do="Nothing was loaded. If these replace those, load them with --correction.",
        )


def refuse_load(told: Told, *, why: str) -> int:
    """Keep that a delivery was refused and why; one audit event. Returns the load's number.

    For a transaction of its own, when that of the load has been undone.
    """
    require_actor().require("records.load")
    load = _new_load(told, state="refused", finished_at=dt.datetime.now(dt.UTC), why_refused=why)
    audit.record("extract.refused", record=f"load {load.pk}", detail={"source": told.source})
    return load.pk


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


def finish_load(
    write: Write, *, counts: Mapping[str, Counts], aside: Iterable[Aside], quality: Quality
) -> int:
    """Store the rows set aside and the outcome; one audit event. Returns how many faults."""
    require_actor().require("records.load")
    faults = rejects.store(write, aside)
    data = {name: count.as_data() for name, count in counts.items()}
    Load.objects.filter(pk=write.load_id).update(
        state="finished", finished_at=dt.datetime.now(dt.UTC), counts=data, quality=quality
    )
    audit.record("extract.load", record=f"load {write.load_id}", detail={"counts": data})
    return faults


def refresh_statistics(rows: Mapping[str, int]) -> None:
    """Tell the query planner at once about tables that a load changed much, once it is committed.

    Only the owner of a table may do this, so it runs by the other login; it reads no row out.

    Args:
        rows: table → how many of its rows were written.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s)", [[*rows]])
        much = [name for name, held in cursor.fetchall() if rows[name] * 10 > max(held, 0)]
        if much:
            cursor.execute(f"ANALYZE {', '.join(sorted(much))}")
    connections["owner"].close()
