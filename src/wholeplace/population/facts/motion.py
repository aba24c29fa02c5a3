"""How one person's facts move with the days, the rows held staying as they are.

The slow reference is `derive` on every day. Here only days on which a row begins to count or
ceases to are named: between two of them a value stays, but for running time, which grows by at
most a day each day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from wholeplace.core.rules.facts import Age, Area, Count, FactSpec, Latest, Spells, Sum
from wholeplace.core.rules.stated import Motion
from wholeplace.core.rules.tree import FactKey
from wholeplace.population.facts.rows import PersonRows, Row

ONE_DAY = timedelta(days=1)


def motion(spec: FactSpec, key: FactKey, person: PersonRows, day: date) -> Motion:
    """Until when a fact's value stays as it is on `day`, or how much it can grow each day."""
    least = most = 0
    match spec.derive:
        case Latest(table=table, by=by, until=until):
            days = [*_column(person.table(table), by), *_after(person, table, until)]
        case Spells():
            rows = [r for r in person.table(spec.derive.table) if _counts(spec.derive, r)]
            most = int(any(_running(row, day) for row in rows))
            least = most * (not any(_lingers(spec.derive, row, day) for row in rows))
            days = _of_spells(spec.derive, rows)
        case Count(table=table, by=by, until=until):
            within = timedelta(dict(key.args).get("within_days", spec.derive.within_days))
            begun = _column(person.table(table), by)
            days = [*begun, *(one + within for one in begun), *_after(person, table, until)]
        case Sum(table=table, by=by, until=until):
            days = [*_column(person.table(table), by), *_after(person, table, until)]
            days += _of_homes(person)
        case Area():
            days = [*_of_homes(person), *_of_figures(spec.derive, person)]
        case Age():
            days = _birthdays(person.date_of_birth, day)
        case _:
            days = []
    return Motion(min((one for one in days if one > day), default=None), least, most)


def _column(rows: Sequence[Row], name: str) -> list[date]:
    return [row[name] for row in rows if row[name] is not None]


def _after(person: PersonRows, table: str, until: str | None) -> list[date]:
    """The days after the last ones; none where rows do not end."""
    if until is None:
        return []
    return [_next(last) for last in _column(person.table(table), until)]


def _next(day: date) -> date:
    return day + ONE_DAY if day < date.max else day


def _running(row: Row, day: date) -> bool:
    start, end = row["start_date"], row["end_date"]
    return start is not None and start <= day and (end is None or day <= end)


def _counts(derive: Spells, row: Row) -> bool:
    return row[derive.column] in derive.kinds


def _lingers(derive: Spells, row: Row, day: date) -> bool:
    """Whether a spell that is over may still be the one that counts."""
    end: date | None = row["end_date"]
    return end is not None and 0 < (day - end).days <= 1 + derive.counts_until_days


def _of_spells(derive: Spells, rows: Sequence[Row]) -> list[date]:
    ends = _column(rows, "end_date")
    late = timedelta(derive.counts_until_days + 2)
    return [
        *_column(rows, "start_date"),
        *(_next(end) for end in ends),
        *(end + late for end in ends if end < date.max - late),
    ]


def _of_homes(person: PersonRows) -> list[date]:
    homes = person.table("residences")
    return [*_column(homes, "from_date"), *(_next(one) for one in _column(homes, "to_date"))]


def _of_figures(derive: Area, person: PersonRows) -> list[date]:
    if derive.indicator is None:
        return []
    codes = {row[f"{derive.of}_code"] for row in person.table("residences")} - {None}
    rows = [row for code in sorted(codes) for row in person.figures(code, derive.indicator)]
    return [*_column(rows, "from_date"), *(_next(one) for one in _column(rows, "to_date"))]


def _birthdays(born: date | None, day: date) -> list[date]:
    """The next days on which an age changes: of a leap day's child, 1 March in other years."""
    if born is None or born > day:
        return [] if born is None else [born]
    return [_birthday(born, year) for year in (day.year, day.year + 1)]


def _birthday(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
