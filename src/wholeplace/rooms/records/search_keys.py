"""What people may be looked for under, made for a whole file at once by `core.identity.spoken`.

Each distinct name is taken apart once; DuckDB puts the pairs together. A test holds what is
written here to `spoken.pairs_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from django.db import connection

from wholeplace.core.identity import spoken
from wholeplace.core.identity.sounds import sound_number
from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.rooms.people.search_keys import COLUMNS
from wholeplace.rooms.records import transfer

if TYPE_CHECKING:
    from wholeplace.rooms.records.versions import Write

Take = Callable[[str | None], tuple[str, ...]]
_GIVEN = ("given_names", "known_as")
_FAMILY = ("family_name", "previous_family_name")
_WORDS = pa.list_(pa.string())
_NUMBERS = pa.list_(pa.int64())

# One side of a pair: a person's names of one kind, each with what a pair of it is.
_SIDE = (
    "SELECT person_id, unnest(words) AS word, unnest(numbers) AS number,"
    " unnest([{hows} for n in range(len(words))]) AS how FROM naming JOIN {said}"
    " ON name = {column}"
)


def write_search_keys(
    engine: duckdb.DuckDBPyConnection, held: set[str], write: Write, *, few: bool
) -> None:
    """Write the keys of everybody in `naming`, in place of those of whoever was known.

    Args:
        engine: with the table `naming` of `people.write_people`.
        held: the columns that it has.
        few: those who were known are few of very many.
    """
    take_apart(engine, held)
    like = "SELECT number, person_id, given, family, date_of_birth, how FROM people_searchkey"
    transfer.push(engine, pairs(held), "search_keys", like)
    with connection.cursor() as cursor, transfer.in_bulk():
        cursor.execute(
            "DELETE FROM people_searchkey AS k USING pg_temp.known_people AS n"
            f" WHERE k.person_id = n.id{transfer.those_of('known_people', 'k.person_id', few=few)}"
        )
        cursor.execute(
            f"INSERT INTO people_searchkey ({COLUMNS}) SELECT number, person_id, %s, given, family,"
            " date_of_birth, how FROM pg_temp.search_keys",
            [write.agency_id],
        )


def take_apart(engine: duckdb.DuckDBPyConnection, held: set[str]) -> None:
    """The tables `said_given` and `said_family`: each distinct name, and what it is made of."""
    _take_apart(engine, "said_given", [c for c in _GIVEN if c in held], spoken.given_words)
    _take_apart(engine, "said_family", [c for c in _FAMILY if c in held], spoken.family_parts)


def _take_apart(
    engine: duckdb.DuckDBPyConnection, table: str, columns: list[str], take: Take
) -> None:
    """A table of each distinct name in these columns, its words and the numbers of their sounds."""
    rows = engine.execute(
        f"SELECT DISTINCT unnest([{', '.join(columns)}]) AS name FROM naming"
    ).fetchall()
    names = [row[0] for row in rows if row[0] is not None]
    words = [take(one) for one in names]
    numbers = [[sound_number(word) for word in some] for some in words]
    made = pa.table(
        {
            "name": pa.array(names, pa.string()),
            "words": pa.array(words, _WORDS),
            "numbers": pa.array(numbers, _NUMBERS),
        }
    )
    engine.register("taken_apart", made)
    engine.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM taken_apart")
    engine.unregister("taken_apart")


def pairs(held: set[str]) -> str:
    """SQL: number, person, given, family, birth date and what each pair is, a number once."""
    part, main = spoken.PART, spoken.MAIN
    first = f"CASE WHEN n = 0 THEN {main} ELSE {part} END"
    religious = ", ".join(lit(word) for word in sorted(spoken.RELIGIOUS))

    def side(said: str, column: str, hows: str) -> str:
        return _SIDE.format(said=said, column=column, hows=hows)

    given = side("said_given", "given_names", first)
    firsts = f"SELECT * FROM ({given}) WHERE how = {main} OR word NOT IN ({religious})"
    lasts = [
        side("said_family", "family_name", first),
        f"SELECT * FROM ({given}) WHERE how = {part} AND word IN ({religious})",
    ]
    if "previous_family_name" in held:
        lasts.append(side("said_family", "previous_family_name", str(spoken.PREVIOUS)))
    joined = [_joined("firsts", "lasts")]
    called = "SELECT NULL::BIGINT AS person_id, '' AS word, 0 AS number, 0 AS how LIMIT 0"
    if "known_as" in held:
        called = side("said_given", "known_as", str(spoken.KNOWN_AS))
        joined += [_joined("called", "lasts"), _joined("firsts", "called")]
    return (
        f"WITH firsts AS ({firsts}), lasts AS ({' UNION ALL '.join(lasts)}), called AS ({called}),"
        f" pairs AS ({' UNION ALL '.join(joined)}),"
        " best AS (SELECT number, person_id, min([how::VARCHAR, given, family]) AS best"
        " FROM pairs GROUP BY number, person_id)"
        " SELECT number, person_id, best[2], best[3], now.date_of_birth, best[1]::SMALLINT"
        " FROM best JOIN naming AS now USING (person_id) ORDER BY number"
    )


def _joined(left: str, right: str) -> str:
    return (
        "SELECT person_id, least(l.number, r.number) << 31 | greatest(l.number, r.number)"
        " AS number, l.word AS given, r.word AS family, greatest(l.how, r.how) AS how"
        f" FROM {left} AS l JOIN {right} AS r USING (person_id)"
        f" WHERE l.word <> r.word OR l.how + r.how = {spoken.MAIN}"
    )
