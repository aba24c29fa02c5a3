"""Files of any source, written from a few rows and checked without a database."""

from __future__ import annotations

import csv
import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import Any

from wholeplace.core.rules.files.inherit import read_one
from wholeplace.population.engines.duckdb import connect
from wholeplace.rooms.records.source import layout, stage
from wholeplace.rooms.records.source.layout import Delivery
from wholeplace.rooms.records.source.spec import SourceSpec, source_of

PLACE = Path(__file__).parents[3] / "places" / "birmingham"
DAY = dt.date(2026, 6, 15)
AS_AT = dt.date(2026, 6, 1)

Rows = list[dict[str, str]]


def source(name: str) -> SourceSpec:
    """The place's source of this name."""
    return read_one(PLACE, "sources", name, source_of)


def tell(folder: Path, **told: Any) -> None:
    """A manifest of the reference day, with whatever else is told."""
    found = {"as_at": AS_AT.isoformat()} | told
    (folder / "manifest.json").write_text(json.dumps(found), encoding="utf-8")


def write(
    folder: Path, spec: SourceSpec, tables: dict[str, Rows], *, changes: bool = False
) -> None:
    """The tables as CSV files, those that are not given empty, and a manifest."""
    for name, file in spec.files.items():
        columns = [*file.columns, *([file.change.column] if changes and file.change else [])]
        path = (folder / file.file).with_suffix(".csv")
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(tables.get(name, []))
    tell(folder, delivers="changes" if changes else "full")


def faults(delivery: Delivery, folder: Path) -> dict[tuple[str, int], dict[str, str]]:
    """(file, place of the row from 0) → column → reason."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as home, connect(Path(home), reads=(folder,)) as engine:
        stage.stage(engine, delivery.files, DAY)
        query = "SELECT name, n, field, reason FROM faults ORDER BY ALL"
        for name, n, field, reason in engine.execute(query).fetchall():
            found.setdefault((name, n), {})[field] = reason
    return found


def staged(delivery: Delivery, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """File → its rows as they are stored, whether each is fine, and what it said if not."""
    found: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as home, connect(Path(home), reads=(folder,)) as engine:
        stage.stage(engine, delivery.files, DAY)
        for name in delivery.files:
            query = f"SELECT * FROM staged_{name} ORDER BY rowid"
            rows = engine.execute(query)
            names = [column[0] for column in rows.description or ()]
            found[name] = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return found


def receive(folder: Path, spec: SourceSpec) -> Delivery:
    """The folder's files on the day of loading."""
    return layout.receive(folder, spec, DAY)
