"""A person for each new key of the file of people, and copies of names for lists and search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from django.db import connection

from wholeplace.core.identity import fold, spoken
from wholeplace.rooms.records import transfer
from wholeplace.rooms.records.search_keys import write_search_keys

if TYPE_CHECKING:
    from wholeplace.rooms.records.versions import Write

RENEW = """
UPDATE people_person AS p SET name = n.name, family_key = n.family_key,
       given_key = n.given_key, date_of_birth = n.date_of_birth
  FROM pg_temp.known_people AS n
 WHERE p.id = n.id AND (p.name, p.family_key, p.given_key, p.date_of_birth)
       IS DISTINCT FROM (n.name, n.family_key, n.given_key, n.date_of_birth)
"""
_KNOWN = {"key": pa.string(), "person_id": pa.int64()}


def number_people(
    engine: duckdb.DuckDBPyConnection, name: str, table: str, agency_id: int, few: bool
) -> None:
    """The table `people`: the key of each clean row, its person's number, and whether it is new.

    A key that was ever known keeps its person, also when it had vanished in between.

    Args:
        few: ask for the keys of the file alone, and not for everybody.
    """
    whose = "SELECT DISTINCT t.source_key, t.person_id FROM"
    if few:
        # The keys were sent to be compared. What stands and what stood have an index each.
        joined = f"pg_temp.asked k JOIN {table} t ON t.source_key = k.source_key"
        query = " UNION ".join(
            f"{whose} {joined} WHERE t.agency_id = %s AND t.superseded_at IS {state}"
            for state in ("NULL", "NOT NULL")
        )
        known = transfer.pull(query, [agency_id, agency_id], _KNOWN)
    else:
        known = transfer.pull(f"{whose} {table} t WHERE t.agency_id = %s", [agency_id], _KNOWN)
    engine.register("known_people", known)
    engine.execute(
        f"CREATE TABLE people AS SELECT source_key AS key, person_id, person_id IS NULL AS new"
        f" FROM clean_{name} LEFT JOIN known_people ON source_key = key"
    )
    engine.unregister("known_people")
    new = engine.execute("SELECT count(*) FROM people WHERE new").fetchall()[0][0]
    if new:
        _draw_numbers(engine, new)


def _draw_numbers(engine: duckdb.DuckDBPyConnection, count: int) -> None:
    """A number for each new key, in the order of the keys.

    As the rows come, a big file's would fall otherwise each time, by which thread was first; and
    linking, which draws by the order of numbers, would learn from other pairs.
    """
    query = (
        "SELECT nextval(pg_get_serial_sequence('people_person', 'id')) FROM generate_series(1, %s)"
    )
    engine.register("drawn", transfer.pull(query, [count], {"number": pa.int64()}))
    engine.execute(
        "CREATE OR REPLACE TABLE people AS"
        " WITH numbers AS (SELECT number, row_number() OVER (ORDER BY number) AS place FROM drawn),"
        " waiting AS (SELECT key, row_number() OVER (ORDER BY key) AS place"
        " FROM people WHERE new)"
        " SELECT key, person_id, new FROM people WHERE NOT new"
        " UNION ALL SELECT key, number, true FROM waiting JOIN numbers USING (place)"
    )
    engine.unregister("drawn")


def write_people(engine: duckdb.DuckDBPyConnection, name: str, write: Write, *, few: bool) -> None:
    """Insert a row for each new person; renew the copies of those whose names changed."""
    naming = _naming(engine, name)
    _fold_names(engine)
    rows = (
        "SELECT now.person_id, concat_ws(' ', now.given_names, now.family_name), family.key,"
        " given.key, now.date_of_birth FROM naming AS now"
        " JOIN folded AS family ON family.name = now.family_name"
        " JOIN folded AS given ON given.name = now.given_names"
    )
    like = "SELECT id, name, family_key, given_key, date_of_birth FROM people_person"
    with connection.cursor() as cursor:
        if transfer.push(engine, f"{rows} WHERE now.new", "new_people", like):
            cursor.execute(
                "INSERT INTO people_person (id, ref, name, family_key, given_key, date_of_birth,"
                " viewers, restricted, recorded_at)"
                " SELECT id, wp_person_ref(id), name, family_key, given_key, date_of_birth,"
                " ARRAY[%s::bigint], false, %s FROM pg_temp.new_people",
                [write.agency_id, write.at],
            )
        if transfer.push(engine, f"{rows} WHERE NOT now.new", "known_people", like):
            with transfer.in_bulk():
                cursor.execute(RENEW + transfer.those_of("known_people", "p.id", few=few))
    write_search_keys(engine, naming, write, few=few)


def _naming(engine: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    """The table `naming`: names and birth date of whoever arrives, and whether they are new.

    Returns:
        Its columns.
    """
    held = {row[0] for row in engine.execute(f"DESCRIBE arriving_{name}").fetchall()}
    columns = [column for column in (*spoken.NAMES, "date_of_birth") if column in held]
    engine.execute(
        f"CREATE TABLE naming AS SELECT now.person_id, people.new, {', '.join(columns)}"
        f" FROM arriving_{name} AS now JOIN people ON people.key = now.source_key"
    )
    return set(columns)


def _fold_names(engine: duckdb.DuckDBPyConnection) -> None:
    """Each distinct name once: there are far fewer names than people."""
    rows = engine.execute(
        "SELECT DISTINCT unnest([family_name, given_names]) FROM naming"
    ).fetchall()
    names = [row[0] for row in rows]
    folded = [fold(n) for n in names]
    table = pa.table({"name": pa.array(names, pa.string()), "key": pa.array(folded, pa.string())})
    engine.register("arriving_names", table)
    engine.execute("CREATE TABLE folded AS SELECT name, key FROM arriving_names")
    engine.unregister("arriving_names")
