"""What an agency's rows say by now, brought to DuckDB to be compared with what arrives.

A full picture is compared with everything that stands. A delivery of changes is compared with
no more than its own keys and those that it refers to: they are sent to PostgreSQL, and a
million others stay where they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from wholeplace.core.identity import fold
from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.rooms.records import people, transfer
from wholeplace.rooms.records.models import STATEMENTS, TYPED
from wholeplace.rooms.records.source import reasons
from wholeplace.rooms.records.source.layout import Arrived
from wholeplace.rooms.records.source.spec import FileSpec

CURRENT = {"id": pa.int64(), "source_key": pa.string(), "row_hash": pa.string()}
HELD = {"source_key": pa.string(), "person_id": pa.int64()}
NAMED = {
    "person_id": pa.int64(),
    "given_key": pa.string(),
    "family_key": pa.string(),
    "date_of_birth": pa.date32(),
}


def table_of(spec: FileSpec) -> str:
    """The table of statements that a file's rows become."""
    return STATEMENTS[spec.table]._meta.db_table


def hash_of(spec: FileSpec) -> str:
    """SQL: the MD5 of every value of a clean row, by which a version is known again."""
    columns = [*(["person_key"] if spec.person else []), *spec.fields]
    # A unit separator before each value that is there and a record separator for one that is
    # not: control characters, which no clean value holds.
    parts = ", ".join(f'coalesce(chr(31) || row."{c}"::VARCHAR, chr(30))' for c in columns)
    return f"md5(concat({parts}))"


def fetch_current(
    engine: duckdb.DuckDBPyConnection, name: str, file: Arrived, agency_id: int
) -> int:
    """The table `current_NAME` of what stands; of changes, of their keys. Returns how many."""
    table = table_of(file.spec)
    chosen, joined = "t.id, t.source_key, replace(t.row_hash::text, '-', '')", f"{table} t"
    if file.changes:
        push_keys(engine, f"SELECT DISTINCT source_key FROM staged_{name} WHERE fine", table)
        joined = f"pg_temp.asked k JOIN {table} t ON t.source_key = k.source_key"
    # What was typed in belongs to no file, so none can lack it.
    query = (
        f"SELECT {chosen} FROM {joined} WHERE t.agency_id = %s AND t.superseded_at IS NULL"
        f" AND t.load_id <> {TYPED}"
    )
    current = transfer.pull(query, [agency_id], CURRENT)
    engine.register("pulled", current)
    engine.execute(f"CREATE TABLE current_{name} AS SELECT * FROM pulled")
    engine.unregister("pulled")
    return current.num_rows


def push_keys(engine: duckdb.DuckDBPyConnection, keys: str, table: str) -> int:
    """The private table `asked` of the keys that a query gives, collated as the table's are."""
    return transfer.push(engine, keys, "asked", f"SELECT source_key FROM {table}")


@dataclass(frozen=True)
class Standing:
    """What one agency's source holds by now; see `stage.Known`.

    `same_people` are keys of which an officer says that they name nobody else.
    """

    agency_id: int
    source: str
    same_people: frozenset[str] = frozenset()

    def note_people(self, engine: duckdb.DuckDBPyConnection, name: str, file: Arrived) -> None:
        """Number the people of the file; note as faults the keys that named somebody else.

        A key is taken to have been given to another person when the name and the birth date
        both differ. Either alone changes by marriage and by correction; so may a surname with
        a date, and a name of which the parts were exchanged is the same. Where no birth date
        is given any more, the first name and the family name must both be others.
        """
        fetch_current(engine, name, file, self.agency_id)
        people.number_people(engine, name, table_of(file.spec), self.agency_id, file.changes)
        engine.execute(
            "CREATE TEMP TABLE named_again AS SELECT * FROM (SELECT row.n, row.source_key,"
            " p.person_id, row.given_names, row.family_name, row.date_of_birth,"
            f" {hash_of(file.spec)} AS row_hash FROM clean_{name} AS row JOIN people AS p"
            " ON p.key = row.source_key AND NOT p.new"
            f") AS now ANTI JOIN current_{name} AS was USING (source_key, row_hash)"
        )
        if not _is_empty(engine, "named_again"):
            self._note_reused(engine, name, file.spec, few=file.changes)

    def _note_reused(
        self, engine: duckdb.DuckDBPyConnection, name: str, spec: FileSpec, *, few: bool
    ) -> None:
        found = [
            (n, key)
            for n, key, given, family, dated, *former in _born_otherwise(engine, few=few)
            if key not in self.same_people
            and _another_name([fold(given), fold(family)], former, dated=dated)
        ]
        if found:
            noted = {"n": [n for n, _ in found], "value": [key for _, key in found]}
            engine.register("noted", pa.table(noted))
            engine.execute(
                f"INSERT INTO faults SELECT {lit(name)}, n, ?, value, ? FROM noted",
                [spec.key, reasons.REUSED],
            )
            engine.unregister("noted")

    def hold(self, engine: duckdb.DuckDBPyConnection, name: str, file: Arrived, keys: str) -> None:
        """A table of the keys that stand, and of the person of each where it is a person's.

        A key that was set aside because it names somebody else by now, and about which nobody
        has decided yet, is nobody's: what refers to it would be told of the wrong person.
        """
        table = table_of(file.spec)
        person = "t.person_id" if file.spec.makes_people else "NULL::bigint"
        if push_keys(engine, keys, table):
            query = (
                f"SELECT t.source_key, {person} FROM pg_temp.asked k"
                f" JOIN {table} t ON t.source_key = k.source_key"
                " WHERE t.agency_id = %s AND t.superseded_at IS NULL AND NOT EXISTS ("
                "SELECT 1 FROM records_reject r WHERE r.agency_id = %s AND r.source = %s"
                " AND r.file = ANY(%s) AND r.state = 'open' AND r.reason = %s"
                " AND r.source_key = t.source_key)"
            )
            files = [f"{file.path.stem}{ending}" for ending in (".csv", ".parquet")]
            asked = [self.agency_id, self.agency_id, self.source, files, reasons.REUSED]
            held = transfer.pull(query, asked, HELD)
        else:
            held = pa.schema(list(HELD.items())).empty_table()
        engine.register("held", held)
        engine.execute(f"CREATE TABLE {name} AS SELECT * FROM held")
        engine.unregister("held")


def _another_name(now: list[str], former: list[str], *, dated: bool) -> bool:
    """Whether a folded name, given and family, is another person's than the former one.

    `dated`: the birth dates are both known, and differ; else the family name must differ too.
    """
    if now[0] == former[0] or now[::-1] == former:
        return False
    return dated or now[1] != former[1]


def _born_otherwise(engine: duckdb.DuckDBPyConnection, *, few: bool) -> list[tuple[Any, ...]]:
    """Of `named_again`, those with another birth date than their person, or with none.

    Returns:
        n, key, given and family name of the row, whether it has a birth date, and the folded
        given and family name of the person.
    """
    ids = "SELECT DISTINCT person_id FROM named_again"
    transfer.push(engine, ids, "named_again", "SELECT id FROM people_person")
    with transfer.in_bulk():
        said = transfer.pull(
            "SELECT p.id, p.given_key, p.family_key, p.date_of_birth FROM people_person p"
            " JOIN pg_temp.named_again n ON n.id = p.id WHERE true"
            + transfer.those_of("named_again", "p.id", few=few),
            [],
            NAMED,
        )
    engine.register("said", said)
    found = engine.execute(
        "SELECT n, source_key, now.given_names, now.family_name,"
        " now.date_of_birth IS NOT NULL, said.given_key, said.family_key"
        " FROM named_again AS now JOIN said USING (person_id)"
        " WHERE now.date_of_birth <> said.date_of_birth OR now.date_of_birth IS NULL"
    ).fetchall()
    engine.unregister("said")
    return found


def _is_empty(engine: duckdb.DuckDBPyConnection, table: str) -> bool:
    return not engine.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall()
