"""Whoever ends takes along what their agency said of them.

A person ends by a mark in a delivery of changes, or by being left out of a full picture. Their
other rows of the same agency, tenancies and spells and who works with them, end at that moment
too, whether the delivery ends each or not: nothing goes on about somebody of whom the agency
says no more. A person who comes back stands again with what is then delivered of them, and with
nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import duckdb
from django.db import connection

from wholeplace.rooms.records import transfer
from wholeplace.rooms.records.source.layout import Arrived
from wholeplace.rooms.records.standing import table_of
from wholeplace.rooms.records.versions import Counts, Write

MANY = 10_000  # persons from which going over all rows once is quicker


def end_with_people(
    engine: duckdb.DuckDBPyConnection,
    arrived: Mapping[str, Arrived],
    counts: Mapping[str, Counts],
    write: Write,
) -> dict[str, Counts]:
    """End the rows of those whom this load ended, in the caller's transaction.

    Args:
        arrived: file → as it arrived; every one has been written.
        counts: file → what was written of it.

    Returns:
        The same counts, and in each `with_person`.
    """
    (people,) = (name for name, file in arrived.items() if file.spec.makes_people)
    if not counts[people].ended:
        return dict(counts)
    _note_gone(engine, people, table_of(arrived[people].spec))
    few = counts[people].ended < MANY
    return {
        name: replace(counts[name], with_person=_end(table_of(file.spec), write, few=few))
        if file.spec.person
        else counts[name]
        for name, file in arrived.items()
    }


def _note_gone(engine: duckdb.DuckDBPyConnection, people: str, table: str) -> None:
    """The private table `gone` of the persons whose rows this load ended."""
    transfer.push(
        engine, f"SELECT id FROM vanished_{people}", "gone_rows", f"SELECT id FROM {table}"
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.gone")
        cursor.execute(
            "CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT r.person_id AS id"
            f" FROM {table} r WHERE r.id = ANY(ARRAY(SELECT id FROM pg_temp.gone_rows))"
        )
        cursor.execute("ANALYZE pg_temp.gone")


def _end(table: str, write: Write, *, few: bool) -> int:
    """Supersede what stands of those persons in one table; returns how many rows."""
    those = transfer.those_of("gone", "t.person_id", few=few)
    with connection.cursor() as cursor, transfer.in_bulk():
        cursor.execute(
            f"UPDATE {table} AS t SET superseded_at = %s FROM pg_temp.gone AS g"
            f" WHERE t.person_id = g.id AND t.agency_id = %s AND t.superseded_at IS NULL{those}",
            [write.at, write.agency_id],
        )
        return int(cursor.rowcount)
