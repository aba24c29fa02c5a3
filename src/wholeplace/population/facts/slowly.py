"""Every fact for one person: slow, obvious, and the reference for `sql.py`.

Unknown is None and nothing else. A row without the day that orders it could be of any day, so
it makes the fact unknown. Rows that begin after the day do not count, and merged spells do not
look ahead of it. Where the day itself is not known, nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from wholeplace.core.rules.check import FACT_SCALE, fact_type
from wholeplace.core.rules.computed import EARLIEST, LATEST, whole_years
from wholeplace.core.rules.facts import Age, Area, Count, FactSpec, Latest, Spells, Sum
from wholeplace.core.rules.tree import FactKey, Value
from wholeplace.population.facts.living import homes_on
from wholeplace.population.facts.rows import PersonRows, Row
from wholeplace.population.snapshot.islands import merge_slowly


class Gap(StrEnum):
    """Why a value is not known, in words that can stand after "because"."""

    NO_RECORD = "nothing is recorded"
    EMPTY = "the record does not say"
    UNDATED = "a record does not say from when"
    NO_DAY = "the day it is read at is not known"
    OUTSIDE = "no figure is held for that place and day"
    ABSURD = "the recorded value cannot be right"
    ONLY_ASKED = "it is only ever asked"
    WORKED_OUT = "it is worked out from other facts"


@dataclass(frozen=True)
class Derived:
    """A fact's value on a day, and the rows that decided it.

    Attributes:
        value: bool, int (pence, days), Fraction (number, percent), date or code; None: unknown.
        rows: what decided it; empty when nothing is held.
        gap: why it is unknown; None when it is known.
    """

    value: Value | None
    rows: tuple[Row, ...] = ()
    gap: Gap | None = None


def derive(spec: FactSpec, key: FactKey, person: PersonRows, day: date | None) -> Derived:
    """A fact of one person as at a day.

    Args:
        spec: the fact.
        key: the fact as the rule names it, with its arguments.
        person: what is held.
        day: None when the day is not known; then no fact is.
    """
    if spec.derive.kind == "stated":
        return Derived(None, (), Gap.ONLY_ASKED)
    if spec.derive.kind in ("rule", "related"):
        return Derived(None, (), Gap.WORKED_OUT)
    if day is None:
        return Derived(None, (), Gap.NO_DAY)
    match spec.derive:
        case Latest():
            return _typed(spec, _latest(spec.derive, person, day), spec.days_in_unit)
        case Spells():
            return _typed(spec, _time_on(spec.derive, person, day))
        case Count():
            within = dict(key.args).get("within_days", spec.derive.within_days)
            return _typed(spec, _count(spec.derive, within, person, day))
        case Sum():
            return _typed(spec, _sum(spec.derive, person, day))
        case Area():
            return _typed(spec, _area(spec.derive, person, day))
        case Age():
            return _typed(spec, _age(person, day))
    raise AssertionError(f"no derivation {spec.derive.kind}")


def _unknown(gap: Gap, *rows: Row) -> Derived:
    return Derived(None, rows, gap)


def _by_day(rows: Sequence[Row], by: str, day: date) -> list[Row]:
    """Rows that count on the day, the one that counts most last."""
    return sorted((row for row in rows if row[by] <= day), key=lambda row: row[by].toordinal())


def _asked(derive: Latest | Sum | Count, person: PersonRows, day: date) -> list[Row]:
    """The rows asked about; with `until`, those that have not ended before the day."""
    rows = person.table(derive.table)
    if derive.until:
        rows = tuple(r for r in rows if r[derive.until] is None or day <= r[derive.until])
    return [r for r in rows if all(r[name] == text for name, text in derive.where.items())]


def _undated(rows: Sequence[Row], by: str) -> list[Row]:
    return [row for row in rows if row[by] is None]


def _latest(derive: Latest, person: PersonRows, day: date) -> Derived:
    rows = _asked(derive, person, day)
    if undated := _undated(rows, derive.by):
        return _unknown(Gap.UNDATED, *undated)
    counting = _by_day(rows, derive.by, day)
    if not counting:
        return _unknown(Gap.NO_RECORD)
    newest = counting[-1]
    if newest[derive.column] is None:
        return _unknown(Gap.EMPTY, newest)
    return Derived(newest[derive.column], (newest,))


def _time_on(derive: Spells, person: PersonRows, day: date) -> Derived:
    rows = [r for r in person.table(derive.table) if r[derive.column] in derive.kinds]
    if undated := _undated(rows, "start_date"):
        return _unknown(Gap.UNDATED, *undated)
    spells = [(row["start_date"], row["end_date"]) for row in rows]
    longest = 0
    deciding: tuple[Row, ...] = ()
    for island in merge_slowly(spells, derive.permitted_gap_days):
        assert island.start_date is not None and island.stretch_start is not None
        last = min(island.end_date or day, day)
        still_counts = island.end_date is None or (
            (day - island.end_date).days <= 1 + derive.counts_until_days
        )
        if island.stretch_start > day or not still_counts:
            continue
        over = island.end_date is not None and island.end_date < day
        days = (last - island.start_date).days + (1 if over else 0)
        if not deciding or days > longest:
            longest = days
            deciding = tuple(row for row in rows if island.start_date <= row["start_date"] <= last)
    return Derived(longest, deciding)


def _count(derive: Count, within: int, person: PersonRows, day: date) -> Derived:
    rows = _asked(derive, person, day)
    if undated := _undated(rows, derive.by):
        return _unknown(Gap.UNDATED, *undated)
    counted = [row for row in rows if 0 <= (day - row[derive.by]).days < within]
    return Derived(len(counted), tuple(counted))


def _running(derive: Sum, person: PersonRows, day: date) -> Derived:
    """Over every row that runs on the day; nought when none does."""
    rows = _asked(derive, person, day)
    if undated := _undated(rows, derive.by):
        return _unknown(Gap.UNDATED, *undated)
    running = _by_day(rows, derive.by, day)
    if empty := [row for row in running if row[derive.column] is None]:
        return _unknown(Gap.EMPTY, *empty)
    return Derived(sum(row[derive.column] for row in running), tuple(running))


def _sum(derive: Sum, person: PersonRows, day: date) -> Derived:
    """Over the households lived in on the day, the latest account of each kind.

    An account without a household is the person's own and counts wherever they live.
    """
    if derive.until:
        return _running(derive, person, day)
    homes = homes_on(person, day)
    households = {row["household_id"] for row in homes} | {None}
    rows = [row for row in _asked(derive, person, day) if row["household_id"] in households]
    undated = _undated(rows, derive.by)
    newest = {
        (row["household_id"], row["kind"]): row
        for row in _by_day([r for r in rows if r not in undated], derive.by, day)
    }
    if not undated and not newest:
        return _unknown(Gap.NO_RECORD)
    if unsure := [*undated, *_undated(homes, "from_date")]:
        return _unknown(Gap.UNDATED, *unsure)
    if empty := [row for row in newest.values() if row[derive.column] is None]:
        return _unknown(Gap.EMPTY, *empty)
    return Derived(sum(row[derive.column] for row in newest.values()), tuple(newest.values()))


def _area(derive: Area, person: PersonRows, day: date) -> Derived:
    homes = homes_on(person, day)
    if undated := _undated(homes, "from_date"):
        return _unknown(Gap.UNDATED, *undated)
    if not homes:
        return _unknown(Gap.NO_RECORD)
    code = homes[-1][f"{derive.of}_code"]
    if code is None:
        return _unknown(Gap.EMPTY, homes[-1])
    if derive.indicator is None:
        named = derive.named.get(code)
        return Derived(named, (homes[-1],)) if named else _unknown(Gap.OUTSIDE, homes[-1])
    figures = [
        row
        for row in person.figures(code, derive.indicator)
        if (row["from_date"] is None or row["from_date"] <= day)
        and (row["to_date"] is None or day <= row["to_date"])
    ]
    if not figures or figures[-1]["value"] is None:
        return _unknown(Gap.OUTSIDE, homes[-1])
    return Derived(figures[-1]["value"], (homes[-1], figures[-1]))


def _age(person: PersonRows, day: date) -> Derived:
    born = person.date_of_birth
    if born is None:
        return _unknown(Gap.EMPTY, person.person)
    if born > day:
        return _unknown(Gap.ABSURD, person.person)
    return Derived(whole_years(born, day), (person.person,))


def _typed(spec: FactSpec, found: Derived, factor: int = 1) -> Derived:
    """The value as the language holds it; one beyond its bounds is unknown."""
    value = found.value
    if value is None or isinstance(value, (bool, str)):
        return found
    if isinstance(value, date):
        return found if EARLIEST <= value <= LATEST else _unknown(Gap.ABSURD, *found.rows)
    exact = to_scale(value) if spec.type in ("number", "percent") else Fraction(value) * factor
    if abs(exact) > fact_type(spec).bound:
        return _unknown(Gap.ABSURD, *found.rows)
    whole = spec.type in ("money", "duration")
    return Derived(int(exact) if whole else exact, found.rows)


def to_scale(value: int | float | Decimal | Fraction) -> Fraction:
    """A figure to four decimals, halves away from nought, as the snapshot holds it."""
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    places = Decimal(1).scaleb(-FACT_SCALE)
    return Fraction(Decimal(str(value)).quantize(places, rounding=ROUND_HALF_UP))
