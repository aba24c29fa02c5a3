"""Reads `rates/NAME.yaml`: dated figures and tables, each with its days and its source.

A period has both its ends, so that nothing runs on into a year that nobody has looked up.
Days between two periods may be missing: a rule that needs such a day says so then.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from wholeplace.core.rules.arithmetic import shown
from wholeplace.core.rules.check import ROUNDINGS, check_literal
from wholeplace.core.rules.facts import Name, Text
from wholeplace.core.rules.files.faults import Fault, FileMistake
from wholeplace.core.rules.files.strict import Strict, read_model
from wholeplace.core.rules.files.yaml import Document, KeyPath
from wholeplace.core.rules.lexer import KEYWORDS, RuleMistake
from wholeplace.core.rules.rates import Dated, Rate, RateTable
from wholeplace.core.rules.shown import show_date
from wholeplace.core.rules.tree import DatedFigure, DatedTable, Kind, TableRow, Type, Value

FigureKind = Literal["money", "number", "percent", "duration"]
_WORDS = KEYWORDS | set(ROUNDINGS) | {"table", "time_on"}
_EXAMPLE = {"money": "£35.00", "number": "3", "percent": "25.0%", "duration": "26 weeks"}


class PeriodFile(Strict):
    """First and last day, both included, and who published what holds in between."""

    from_: dt.date = Field(alias="from")
    to: dt.date
    source: Text


class FigureFile(PeriodFile):
    """A figure for some days."""

    value: Any


class RowFile(Strict):
    """A row of a table: up to and including a value, or (the last) anything above."""

    up_to: Any = None
    above: Literal["yes"] | None = None
    gives: Any


class TablePeriodFile(PeriodFile):
    """A table for some days."""

    rows: Annotated[list[RowFile], Field(min_length=1)]


class RateFile(Strict):
    """A file with one dated figure."""

    rate: Name
    meaning: Text
    type: FigureKind
    unit: str = ""
    figures: Annotated[list[FigureFile], Field(min_length=1)]


class TableFile(Strict):
    """A file with one dated table."""

    table: Name
    meaning: Text
    by: FigureKind
    gives: FigureKind
    tables: Annotated[list[TablePeriodFile], Field(min_length=1)]


def rate_of(document: Document, name: str, taken: Collection[str] = ()) -> Rate | RateTable:
    """The dated figure or table of a loaded document, which must be called `name`.

    Args:
        taken: names that facts have already.

    Raises:
        FileMistake: with every fault of the file.
    """
    keys = document.value if isinstance(document.value, dict) else {}
    if "rate" not in keys and "table" not in keys:
        what = "this is neither a dated figure nor a table"
        do = f"begin it with `rate: {name}` or `table: {name}`"
        raise FileMistake([document.fault((), what, do)])
    reader = _Reader(document)
    key = "rate" if "rate" in keys else "table"
    found = reader.rate() if key == "rate" else reader.table()
    if found.name != name:
        what = f"the {key} is called `{found.name}` and its file `{name}.yaml`"
        reader.fault((key,), what, "give both the same name")
    if found.name in taken:
        reader.fault((key,), f"`{found.name}` is already the name of a fact", "rename one of them")
    if found.name in _WORDS:
        reader.fault((key,), f"`{found.name}` is a word of the language", "give it another name")
    if reader.faults:
        raise FileMistake(reader.faults)
    return found


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self.faults: list[Fault] = []

    def fault(self, path: KeyPath, what: str, do: str = "", *, key: bool = False) -> None:
        self.faults.append(self._document.fault(path, what, do, key=key))

    def rate(self) -> Rate:
        file = read_model(self._document, RateFile)
        self._periods("figures", file.figures)
        figures, types = [], []
        for at, figure in enumerate(file.figures):
            found = self._value(("figures", at, "value"), figure.value, file.type)
            if found is not None:
                types.append(found[1])
                figures.append(DatedFigure(figure.from_, figure.to, found[0], figure.source))
        kind = _widest(file.type, types)
        return Rate(file.rate, file.meaning, kind, _in_order(figures), file.unit)

    def table(self) -> RateTable:
        file = read_model(self._document, TableFile)
        self._periods("tables", file.tables)
        tables: list[DatedTable] = []
        by: list[Type] = []
        gives: list[Type] = []
        for at, period in enumerate(file.tables):
            rows = self._rows(("tables", at, "rows"), period.rows, file)
            by += [limit[1] for limit, _ in rows if limit]
            gives += [value[1] for _, value in rows]
            made = tuple(TableRow(limit and limit[0], value[0]) for limit, value in rows)
            tables.append(DatedTable(period.from_, period.to, made, period.source))
        kinds = _widest(file.by, by), _widest(file.gives, gives)
        return RateTable(file.table, file.meaning, *kinds, _in_order(tables))

    def _periods(self, key: str, periods: Sequence[PeriodFile]) -> None:
        order = sorted(range(len(periods)), key=lambda at: periods[at].from_)
        for at in order:
            if periods[at].to < periods[at].from_:
                self.fault((key, at, "to"), "the last day lies before the first")
        for before, after in itertools.pairwise(order):
            if periods[after].from_ <= periods[before].to:
                what = f"the period before runs to {show_date(periods[before].to)}"
                do = "a day has one figure: end the one before the other begins"
                self.fault((key, after, "from"), what, do)

    def _rows(
        self, path: KeyPath, rows: list[RowFile], file: TableFile
    ) -> list[tuple[tuple[Value, Type] | None, tuple[Value, Type]]]:
        found: list[tuple[tuple[Value, Type] | None, tuple[Value, Type]]] = []
        highest: Any = None
        for at, row in enumerate(rows):
            gives = self._value((*path, at, "gives"), row.gives, file.gives)
            limit = None
            if self._row_is_whole((*path, at), row, last=at == len(rows) - 1):
                if row.above is None:
                    limit = self._value((*path, at, "up_to"), row.up_to, file.by)
                if limit and highest is not None and limit[0] <= highest:
                    what = "the rows do not go up: this one is not above the one before"
                    self.fault((*path, at, "up_to"), what, "put them in order")
                highest = limit[0] if limit else highest
            if gives is not None:
                found.append((limit, gives))
        return found

    def _row_is_whole(self, path: KeyPath, row: RowFile, *, last: bool) -> bool:
        if (row.up_to is None) == (row.above is None):
            what = "a row says either `up_to` or, the last one, `above: yes`"
            self.fault(path, what, "write `{up_to: £100.00, gives: …}`")
        elif last and row.above is None:
            do = "add one like `{above: yes, gives: …}`"
            self.fault(path, "there is no last row for what lies above this one", do)
        elif row.above and not last:
            self.fault((*path, "above"), "nothing comes after `above: yes`", "make it the last row")
        else:
            return True
        return False

    def _value(self, path: KeyPath, written: Any, kind: str) -> tuple[Value, Type] | None:
        example = f"write it like `{_EXAMPLE[kind]}`"
        if written is None or isinstance(written, (bool, list, dict, dt.date)):
            self.fault(path, f"this is not {shown(Kind(kind))}", example)
            return None
        try:
            literal = check_literal(str(written))
        except RuleMistake as problem:
            self.fault(path, problem.fault_what, problem.fault_do or example)
            return None
        if literal.type.kind != kind:
            what = f"this is {shown(literal.type.kind)}, and {shown(Kind(kind))} is needed here"
            self.fault(path, what, example)
            return None
        assert isinstance(literal.value, (int, Fraction))
        return literal.value, literal.type


def _widest(kind: str, types: Sequence[Type]) -> Type:
    """The type of the whole: as fine as the finest figure and as large as the largest."""
    scale = max((one.scale for one in types), default=0)
    bound = max((math.ceil(one.bound) for one in types), default=0)
    return Type(Kind(kind), scale=scale, bound=bound)


def _in_order(held: Sequence[Dated]) -> tuple[Dated, ...]:
    return tuple(sorted(held, key=lambda one: one.first))
