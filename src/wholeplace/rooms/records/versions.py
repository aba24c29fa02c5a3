"""What a source says now against what it said before: new versions in, former ones ended.

DuckDB compares by key and by a hash of every value, so that PostgreSQL is sent only what is
new. A row that was set aside ends nothing: what stood before it still stands. Nor does
anything end where such a row's key cannot be read, since it may be any that is missing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

import duckdb
from django.db import connection

from wholeplace.population.engines.duckdb import identifier as q
from wholeplace.rooms.records import people, transfer
from wholeplace.rooms.records.sealed import sealed_rows
from wholeplace.rooms.records.source import reasons
from wholeplace.rooms.records.source.layout import Arrived
from wholeplace.rooms.records.source.spec import FileSpec
from wholeplace.rooms.records.source.stage import FEW, Progress, held_table
from wholeplace.rooms.records.source.wrong import WrongFile
from wholeplace.rooms.records.standing import fetch_current, hash_of, table_of

IF_TRUE = "If that is true, raise `most_vanished_percent` in the source file."


@dataclass(frozen=True)
class Counts:
    """What one file did: every row of it is added, changed, same or set aside.

    `ended` are rows known before that are in it no more. Where the key of a row cannot be read,
    that row may be any of these: then none is ended, and they are `kept`. Of a delivery of
    changes, `ended` are rows that it says have ended, and `unknown` those of them that were not
    held; they are rows of the file too. `with_person` are rows that ended because their person
    did, whether they are in the file or not.
    """

    read: int
    added: int
    changed: int
    same: int
    set_aside: int
    ended: int
    kept: int = 0
    unknown: int = 0
    with_person: int = 0

    def as_data(self) -> dict[str, int]:
        """For `--json` and for the record of the load."""
        return asdict(self)


@dataclass(frozen=True)
class Corrected:
    """Rows set aside that an officer put right: by whose membership.

    `same_people` are keys of which the officer says that they name the same person as before,
    though both the name and the birth date are others.
    """

    by: int
    same_people: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Write:
    """Where and as what a load writes; `corrected` where it is no delivery."""

    agency_id: int
    load_id: int
    at: dt.datetime
    source: str = ""
    corrected: Corrected | None = None


def write_file(
    engine: duckdb.DuckDBPyConnection,
    name: str,
    file: Arrived,
    write: Write,
    progress: Progress = lambda name: None,
) -> Counts:
    """Write what one staged file changes, in the caller's transaction; returns the counts.

    Raises:
        WrongFile: so many rows would vanish or end that the file must be wrong.
    """
    spec, table = file.spec, table_of(file.spec)
    if not spec.makes_people:  # theirs were fetched to be told apart
        fetch_current(engine, name, file, write.agency_id)
    known = _one(engine, f"SELECT count(*) FROM current_{name}")
    if spec.person and file.changes:
        _add_held_people(engine, name, spec)
    _hash(engine, name, spec, keep=known > 0)
    ended, kept = _end_former(engine, name, file, table, known, write)
    changed = _one(engine, f"SELECT count(*) FROM changed_{name}")
    if spec.makes_people:
        people.write_people(engine, name, write, few=file.changes)
    progress(f"Writing {name}")
    arrived = _add(engine, name, spec, table, write)
    read, clean, leaving = (
        _one(engine, f"SELECT count(*) FROM {t}_{name}") for t in ("staged", "clean", "leaving")
    )
    unknown = leaving - ended if file.changes else 0
    untold = _one(engine, _sealed_aside(name, spec))  # such a row changes nothing, as the same do
    aside, same = read - clean - leaving - untold, clean - arrived + untold
    return Counts(read, arrived - changed, changed, same, aside, ended, kept, unknown)


def _sealed_aside(name: str, spec: FileSpec) -> str:
    """SQL: how many rows about sealed persons were set aside, which nobody is told."""
    return (
        f"SELECT count(*) FROM ({sealed_rows(name, spec)}) AS row(n)"
        f" ANTI JOIN clean_{name} AS passed USING (n)"
        f" WHERE n NOT IN (SELECT rowid FROM staged_{name} SEMI JOIN leaving_{name}"
        " USING (source_key))"
    )


def _one(engine: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(engine.execute(query).fetchall()[0][0])


def _add_held_people(engine: duckdb.DuckDBPyConnection, name: str, spec: FileSpec) -> None:
    """The people whom rows refer to and who are held, but do not arrive themselves."""
    for place, (column, _) in enumerate(spec.references):
        if spec.person and column == spec.person.column:
            held = held_table(name, place)
            engine.execute(
                f"INSERT INTO people SELECT source_key, person_id, false FROM {held} AS held"
                " ANTI JOIN people ON people.key = held.source_key"
            )


def _hash(engine: duckdb.DuckDBPyConnection, name: str, spec: FileSpec, *, keep: bool) -> None:
    """Clean rows with the hash of their content and the number of their person.

    Of these, `arriving` are not word for word the current version. Kept as a table only where
    they are read more than once.
    """
    person, join = "", ""
    if spec.person or spec.makes_people:
        key = "person_key" if spec.person else "source_key"
        person, join = "person.person_id, ", f"JOIN people AS person ON row.{key} = person.key"
    engine.execute(
        f"CREATE {'TABLE' if keep else 'VIEW'} hashed_{name} AS SELECT row.source_key,"
        f" {hash_of(spec)} AS row_hash, {person}"
        f"{', '.join('row.' + q(field) for field in spec.fields)}"
        f" FROM clean_{name} AS row {join}"
    )
    engine.execute(
        f"CREATE VIEW arriving_{name} AS SELECT * FROM hashed_{name} AS now"
        f" ANTI JOIN current_{name} AS was USING (source_key, row_hash)"
    )


def _compare(engine: duckdb.DuckDBPyConnection, name: str, known: int, *, changes: bool) -> None:
    """Note which current versions were replaced, and which rows are no longer there."""
    engine.execute(
        f"CREATE TABLE changed_{name} AS SELECT id FROM current_{name} AS was"
        f" JOIN hashed_{name} AS now USING (source_key) WHERE was.row_hash <> now.row_hash"
        if known
        else f"CREATE TABLE changed_{name} (id BIGINT)"
    )
    gone = f"SEMI JOIN leaving_{name}" if changes else f"ANTI JOIN staged_{name}"
    engine.execute(
        f"CREATE TABLE vanished_{name} AS SELECT id FROM current_{name} {gone} USING (source_key)"
    )


def _end_former(
    engine: duckdb.DuckDBPyConnection,
    name: str,
    file: Arrived,
    table: str,
    known: int,
    write: Write,
) -> tuple[int, int]:
    """Supersede versions that were replaced, whose key is no longer there, or which are told so.

    Returns:
        How many keys are no longer there: of those ended, and of those kept all the same.
    """
    _compare(engine, name, known, changes=file.changes)
    vanished = _one(engine, f"SELECT count(*) FROM vanished_{name}")
    keep = False
    if file.changes:
        _refuse_ending(file, vanished, table, write)
    else:
        _refuse_vanishing(file, vanished, known)
        keep = vanished > 0 and _any_unreadable_key(engine, name, file.spec)
    ending = f"SELECT id FROM changed_{name}"
    if not keep:
        ending += f" UNION ALL SELECT id FROM vanished_{name}"
    if known and transfer.push(engine, ending, "ending", "SELECT 0::bigint AS id"):
        those = transfer.those_of("ending", f"{table}.id", few=file.changes)
        with connection.cursor() as cursor, transfer.in_bulk():
            cursor.execute(
                f"UPDATE {table} SET superseded_at = %s FROM pg_temp.ending AS e"
                f" WHERE {table}.id = e.id{those}",
                [write.at],
            )
    return (0, vanished) if keep else (vanished, 0)


def _any_unreadable_key(engine: duckdb.DuckDBPyConnection, name: str, spec: FileSpec) -> bool:
    """Whether a row was set aside for its own key, so that nobody knows which row it is."""
    query = "SELECT count(*) FROM faults WHERE name = ? AND field = ? AND reason NOT IN (?, ?)"
    found = engine.execute(query, [name, spec.key, reasons.TWICE, reasons.REUSED]).fetchall()
    return bool(found[0][0])


def _refuse_vanishing(file: Arrived, vanished: int, known: int) -> None:
    most = file.spec.most_vanished_percent
    if known >= FEW and vanished * 100 > known * most:
        what = (
            f"{vanished} of the {known} rows known until now are no longer in it,"
            f" more than {most} in 100."
        )
        raise WrongFile(file.path.name, None, what, do=IF_TRUE)


def _refuse_ending(file: Arrived, ended: int, table: str, write: Write) -> None:
    """Changes may end no larger a share of what is held than may vanish from a full picture.

    What is held is counted only when the rows that end are many enough to matter. What an
    officer put right is no delivery, and each of its rows was looked at.
    """
    most = file.spec.most_vanished_percent
    if write.corrected or ended * 100 <= FEW * most:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table} WHERE agency_id = %s AND superseded_at IS NULL",
            [write.agency_id],
        )
        ((held,),) = cursor.fetchall()
    if held >= FEW and ended * 100 > held * most:
        what = f"it ends {ended} of the {held} rows known until now, more than {most} in 100."
        raise WrongFile(file.path.name, None, what, do=IF_TRUE)


def _add(
    engine: duckdb.DuckDBPyConnection, name: str, spec: FileSpec, table: str, write: Write
) -> int:
    """Insert a version of every row that arrives."""
    person = ["person_id"] if spec.person or spec.makes_people else []
    columns = ", ".join(["source_key", "row_hash", *person, *spec.fields])
    arriving = f"SELECT * FROM arriving_{name}"
    rows = transfer.push(engine, arriving, "arriving", f"SELECT {columns} FROM {table}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (agency_id, load_id, recorded_at, {columns})"
            f" SELECT %s, %s, %s, {columns} FROM pg_temp.arriving",
            [write.agency_id, write.load_id, write.at],
        )
    return rows
