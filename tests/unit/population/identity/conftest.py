"""A small invented city of five agencies, made and linked once a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wholeplace.population.city.make import Request, make_city
from wholeplace.population.identity import Linked, link, records_of_city
from wholeplace.population.identity.records import COLUMNS

PEOPLE = 1_500
PLACE = Path(__file__).parents[4] / "places" / "birmingham"
Write = Callable[..., Path]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city's folder, with records.parquet in it."""
    out = tmp_path_factory.mktemp("linking") / "city"
    make_city(Request(PEOPLE, 4, date(2026, 6, 1), PLACE), out)
    records_of_city(out, out / "records.parquet")
    return out


@pytest.fixture(scope="session")
def linked(city: Path) -> Linked:
    """The city's records linked, in the folder `linked` of the city."""
    return link(city / "records.parquet", city / "linked")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes records of the given columns, numbered from 1, and gives the file."""

    def written(rows: Sequence[Mapping[str, Any]], name: str = "records.parquet") -> Path:
        columns = {
            column: pa.array(
                [row.get(column) for row in rows],
                pa.date32() if kind == "DATE" else pa.string(),
            )
            for column, kind in COLUMNS.items()
        }
        ids = [row.get("record_id", number) for number, row in enumerate(rows, 1)]
        pq.write_table(pa.table({"record_id": pa.array(ids, pa.int64()), **columns}),
                       tmp_path / name)  # fmt: skip
        return tmp_path / name

    return written
