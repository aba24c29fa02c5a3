"""A Parquet file read as the CSV file that it stands for.

Its columns may have types of their own. Each is read as the text that the source file expects,
so that one set of checks serves both kinds of file: a day in the field's own format, a flag in
its words, money with two decimals, a whole number without any. Of numbers, what is none (NaN) is
empty, and one without an end is refused with its row. What has no such text (a list, bytes, a
moment with a time zone) refuses the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wholeplace.population.engines.duckdb import identifier as q
from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.rooms.records.source import spec as s
from wholeplace.rooms.records.source.wrong import WrongFile

if TYPE_CHECKING:
    import pyarrow as pa

ENDING = ".parquet"
MARK = b"PAR1"
DAMAGED = "this Parquet file is damaged or was cut short."


def is_parquet(path: Path) -> bool:
    """Whether its name says so."""
    return path.suffix.lower() == ENDING


def look(path: Path) -> tuple[dict[str, str], tuple[str, ...], int]:
    """Column → kind (`text`, `flag`, `whole`, `number`, `day`, `moment`); all names; rows.

    Raises:
        WrongFile: it is damaged, twice has a column, or holds what no text stands for.
    """
    import pyarrow as pa  # slow to import
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError):
        raise WrongFile(path.name, None, DAMAGED) from None
    return {field.name: _kind(path, field) for field in schema}, tuple(schema.names), rows


def _kind(path: Path, field: pa.Field) -> str:
    import pyarrow.types as t

    kind = field.type.value_type if t.is_dictionary(field.type) else field.type
    for name, tests in {
        "text": (t.is_string, t.is_large_string, t.is_string_view, t.is_null),
        "flag": (t.is_boolean,),
        "whole": (t.is_integer,),
        "number": (t.is_floating, t.is_decimal),
        "day": (t.is_date,),
    }.items():
        if any(test(kind) for test in tests):
            return name
    if t.is_timestamp(kind) and kind.tz is None:
        return "moment"
    what = f"the column `{field.name}` holds {_plainly(kind)}, not plain values."
    do = "Write it as text, a number, a day, or true and false."
    raise WrongFile(path.name, None, what, do=do)


def _plainly(kind: pa.DataType) -> str:
    import pyarrow.types as t

    if t.is_nested(kind):
        return "lists or records"
    if t.is_timestamp(kind):
        return "moments with a time zone"
    if t.is_time(kind):
        return "times of day"
    return "bytes" if t.is_binary(kind) or t.is_large_binary(kind) else f"{kind}"


def table(path: Path, spec: s.FileSpec, kinds: dict[str, str]) -> str:
    """SQL of the file as a table of texts, in the order of its rows."""
    fields = {field.column: field for field in spec.fields.values()}
    columns = (
        f"{_text(q(name), kind, fields.get(name))} AS {q(name)}" for name, kind in kinds.items()
    )
    return f"(SELECT {', '.join(columns)} FROM read_parquet({lit(str(path.resolve()))}))"


def _text(column: str, kind: str, field: s.AnyField | None) -> str:
    if kind == "flag":
        yes, no = (field.yes, field.no) if isinstance(field, s.FlagField) else ("true", "false")
        return f"CASE WHEN {column} THEN {lit(yes)} WHEN NOT {column} THEN {lit(no)} END"
    if kind == "day":
        return _day(column, field)
    if kind == "moment":
        midnight = f"{column} = date_trunc('day', {column})"
        day = _day(f"CAST({column} AS DATE)", field)
        return f"CASE WHEN {midnight} THEN {day} ELSE CAST({column} AS VARCHAR) END"
    if kind == "number":
        return _number(column, field)
    return f"CAST({column} AS VARCHAR)"


def _day(column: str, field: s.AnyField | None) -> str:
    if isinstance(field, s.DateField) and field.format == "day_month_year":
        # A day that this cannot write, before our era, is told as it is and refused as no day.
        return f"coalesce(strftime({column}, '%d/%m/%Y'), CAST({column} AS VARCHAR))"
    return f"CAST({column} AS VARCHAR)"


def _number(column: str, field: s.AnyField | None) -> str:
    """Whole numbers without decimals, money with two; not a number means that it is empty."""
    value = f"CAST({column} AS DOUBLE)"
    plain = f"CAST({column} AS VARCHAR)"
    small = f"abs({value}) < 1e15"
    if isinstance(field, s.MoneyField):
        text = f"WHEN {small} AND {value} = round({value}, 2) THEN printf('%.2f', {value})"
    else:
        text = (
            f"WHEN {small} AND {value} = trunc({value})"
            f" THEN CAST(TRY_CAST({value} AS BIGINT) AS VARCHAR)"
        )
    return f"CASE WHEN isnan({value}) THEN NULL {text} ELSE {plain} END"


def find_fault(path: Path, columns: Sequence[str]) -> WrongFile | None:
    """Why a file whose columns could be told cannot be read; None where it can, after all."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        for batch in parquet.ParquetFile(path).iter_batches(columns=list(columns)):
            batch.validate(full=True)
    except (pa.ArrowException, OSError, ValueError):
        return WrongFile(path.name, None, DAMAGED)
    return None
