"""Small arrow tables for snapshots: name what matters, the rest is empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from wholeplace.population.snapshot import PUBLISHED, TABLES, Grouping, Snapshot, write_snapshot
from wholeplace.population.snapshot.tables import SOURCE_TABLES

COUNCIL = "council-benefits"
KNOWN_AT = datetime(2026, 7, 1, tzinfo=UTC)
ARROW = {
    "BIGINT": pa.int64(),
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "DECIMAL(18,4)": pa.decimal128(18, 4),
}


def day(text: str) -> date:
    """`2026-06-01` as a day."""
    return date.fromisoformat(text)


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows of a snapshot's table; a column that a row does not name is empty."""
    columns = TABLES[name].columns
    full = [{column: row.get(column) for column in columns} for row in rows]
    schema = pa.schema([(column, ARROW[kind]) for column, kind in columns.items()])
    return pa.Table.from_pylist(full, schema=schema)


def snapshot_of(
    out: Path, groupings: Iterable[Grouping] = (), **tables: Iterable[Mapping[str, Any]]
) -> Snapshot:
    """A snapshot of these rows, all of them the council's."""
    names = [made.name for made in SOURCE_TABLES]
    return write_snapshot(
        {name: table(name, tables.get(name, ())) for name in names},
        out,
        known_at=KNOWN_AT,
        agencies={name: (PUBLISHED if name == "indicators" else COUNCIL,) for name in names},
        groupings=tuple(groupings),
    )
