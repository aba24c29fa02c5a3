"""Values of facts as people write them: `30 weeks`, `£112.00`, `yes`, `2026-06-01`.

Used for worked cases, for `--facts FILE` and for answers typed into a form. A value of
the wrong type or beyond all sense is refused with words; `unknown`, `no record`,
`outside the data` and `not applicable` say four different things and none is a value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.kernel.money import exact_decimal
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.arithmetic import shown
from wholeplace.core.rules.check import FACT_SCALE, check_literal
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.files.faults import listed, meant
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.shown import show_value
from wholeplace.core.rules.tree import Kind

Args = tuple[tuple[str, int], ...]


class FactState(StrEnum):
    """Why a fact has a value, or which of four reasons it has none."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    NO_RECORD = "no_record"
    OUTSIDE_DATA = "outside_data"
    NOT_APPLICABLE = "not_applicable"


class DayOutside(UserMistake):
    """A day about which nothing can be asked: it is no day of anybody's life."""

    def __init__(self, day: dt.date) -> None:
        super().__init__(
            f"{day.isoformat()} is not a day that can be asked about.",
            why="Facts are of days from 1900 to 2100.",
            do="Check the year.",
        )


def asked_day(day: dt.date) -> dt.date:
    """The day, if it can be asked about; raises DayOutside."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DayOutside(day)
    return day


@dataclass(frozen=True)
class FactValue:
    """A fact at a day: its value (None unless known), where it came from and from when.

    `source` is a text for people ("council benefits extract, row 12"); `happened` is the
    day since which it was true, `recorded` the day it was written down.
    """

    value: t.Value | None
    state: FactState = FactState.KNOWN
    source: str = ""
    happened: dt.date | None = None
    recorded: dt.date | None = None


@dataclass(frozen=True)
class Motion:
    """How a fact moves from a day on when nothing new is learnt.

    Until the day before `until` (None: for good) it stays known or stays unknown, and its value
    rises each day by at least `least` and at most `most` (whole days); with neither it stays
    as it is. A provider may offer `motion(name, args, day) -> Motion | None`; None, or no such
    method, says nothing of the next day.
    """

    until: dt.date | None = None
    least: int = 0
    most: int = 0


class FactsProvider(Protocol):
    """Whatever can say what is known of one person at a day."""

    def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
        """The fact as at `day`; args as in `FactKey.args`."""
        ...


class FactMistake(UserMistake):
    """A stated fact that cannot be used: `name` is the fact as it was written.

    `of_name` tells that the name is at fault and not the value.
    """

    def __init__(self, name: str, what: str, do: str = "", *, of_name: bool = False) -> None:
        self.name, self.of_name = name, of_name
        super().__init__(f"{name}: {what}.", do=f"{do[:1].upper()}{do[1:]}." if do else "")
        self.fault_what, self.fault_do = what, do


_WORDS = {
    "unknown": FactState.UNKNOWN,
    "no record": FactState.NO_RECORD,
    "outside the data": FactState.OUTSIDE_DATA,
    "not applicable": FactState.NOT_APPLICABLE,
}
_TRUTH = {True: True, False: False, "yes": True, "no": False}
_SPELL = re.compile(r"time_on\(\s*([a-z][a-z0-9_]*)\s*\)", re.ASCII)
_SINCE = re.compile(r"since ([0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2100
# Beyond these a stated value is a slip of the pen, not a fact.
_LIMITS: dict[Kind, tuple[int, str]] = {
    Kind.MONEY: (100_000_000, "£1,000,000.00"),
    Kind.DURATION: (43_830, "120 years"),
    Kind.PERCENT: (1_000, "1,000%"),
    Kind.NUMBER: (1_000_000_000, "a billion"),
}
_EXAMPLE = {
    Kind.MONEY: "£112.00",
    Kind.DURATION: "30 weeks",
    Kind.PERCENT: "25.0%",
    Kind.NUMBER: "3",
    Kind.DATE: "2026-06-01",
    Kind.BOOLEAN: "yes` or `no",
}


def fact_named(written: str, facts: Mapping[str, FactSpec]) -> FactSpec:
    """The fact that `written` names (`weekly_rent`, `time_on(qualifying_benefits)`)."""
    match = _SPELL.fullmatch(written)
    spec = facts.get(match.group(1) if match else written)
    if spec is None:
        names = [fact.written for fact in facts.values()]
        do = meant(written, names) or "`wholeplace scheme facts` names them all"
        raise FactMistake(written, "there is no such fact", do, of_name=True)
    if (spec.derive.kind == "spells") != bool(match):
        what, do = "this is not how the fact is written", f"write `{spec.written}`"
        raise FactMistake(written, what, do, of_name=True)
    return spec


@dataclass(frozen=True)
class Since:
    """A spell that has run since a day: its length depends on the day asked for."""

    start: dt.date


def read_value(spec: FactSpec, written: Any) -> t.Value | Since | FactState:
    """The value that somebody wrote for a fact. Raises FactMistake."""
    if written is None:
        return FactState.UNKNOWN
    if isinstance(written, str) and written.strip() in _WORDS:
        return _WORDS[written.strip()]
    if isinstance(written, (dict, list)):
        raise FactMistake(spec.written, "one value is needed, not a list or a block")
    kind = Kind(spec.type)
    if kind == Kind.BOOLEAN:
        return _truth(spec, written)
    if kind == Kind.CODE:
        return _code(spec, written)
    if kind == Kind.DURATION and (match := _SINCE.fullmatch(str(written).strip())):
        return _since(spec, match.group(1))
    return _literal(spec, kind, written)


def _since(spec: FactSpec, written: str) -> Since:
    try:
        day = dt.date.fromisoformat(written)
    except ValueError:
        what = f"`{written}` is not a day of the calendar"
        raise FactMistake(spec.written, what, "check the date") from None
    return Since(_in_calendar(spec, day))


def _truth(spec: FactSpec, written: Any) -> bool:
    found = _TRUTH.get(written) if isinstance(written, (bool, str)) else None
    if found is None:
        raise FactMistake(spec.written, f"`{written}` is neither yes nor no", "write `yes` or `no`")
    return found


def _code(spec: FactSpec, written: Any) -> str:
    if isinstance(written, str) and written in spec.codes:
        return written
    codes = sorted(spec.codes)
    do = meant(str(written), codes) or f"use {listed(codes)}"
    raise FactMistake(spec.written, f"`{written}` is not one of its codes", do)


def _literal(spec: FactSpec, kind: Kind, written: Any) -> t.Value:
    example = f"write it like `{_EXAMPLE[kind]}`"
    text = written.isoformat() if isinstance(written, dt.date) else str(written)
    try:
        literal = check_literal(text)
    except RuleMistake as problem:
        what = f"`{text[:40]}` cannot be read ({problem.fault_what})"
        raise FactMistake(spec.written, what, example) from None
    if literal.type.kind != kind:
        what = f"`{text[:40]}` is {shown(literal.type.kind)}, and this fact is {shown(kind)}"
        raise FactMistake(spec.written, what, example)
    return _sensible(spec, kind, literal.value)


def _sensible(spec: FactSpec, kind: Kind, value: t.Value) -> t.Value:
    if isinstance(value, dt.date):
        return _in_calendar(spec, value)
    low, high = limits_of(spec)
    words = str(high) if spec.derive.kind in ("age", "count") else _LIMITS[kind][1]
    assert isinstance(value, (int, Fraction))
    if not low <= value <= high:
        least = show_value(spec, low).split(" ")[0]
        what = f"this is more than {words}" if value > high else f"this is less than {least}"
        raise FactMistake(spec.written, what, "check the figure")
    if kind in (Kind.DURATION, Kind.MONTHS):
        return int(value)
    return as_fact(spec, value)


def limits_of(spec: FactSpec) -> tuple[int, int]:
    """The least and the most that may be stated for a fact, in its unit."""
    if spec.derive.kind == "age":
        return 0, 130
    if spec.derive.kind == "count":
        return 0, 10_000
    high, _ = _LIMITS[Kind(spec.type)]
    return (-high if spec.lowest is None else spec.lowest), high


def _in_calendar(spec: FactSpec, day: dt.date) -> dt.date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        what = f"the year is not between {FIRST_YEAR} and {LAST_YEAR}"
        raise FactMistake(spec.written, what, "check the date")
    return day


def as_fact(spec: FactSpec, value: Any) -> t.Value:
    """A held value in the shape that the evaluators use; raises FactMistake.

    Numbers and percentages become exact, rounded half up to four decimals; money must be
    whole pence and a duration whole days.
    """
    kind = Kind(spec.type)
    fits = {
        Kind.BOOLEAN: isinstance(value, bool),
        Kind.DATE: isinstance(value, dt.date),
        Kind.CODE: isinstance(value, str),
        Kind.DURATION: isinstance(value, int) and not isinstance(value, bool),
    }
    if fits.get(kind, isinstance(value, (int, float, Decimal, Fraction))):
        if kind == Kind.MONEY and Fraction(value) != int(value):
            raise FactMistake(spec.written, "money is held in whole pence")
        if kind not in (Kind.NUMBER, Kind.PERCENT):
            return int(value) if kind == Kind.MONEY else value
        if not isinstance(value, Fraction):
            return Fraction(exact_decimal(value, FACT_SCALE))
        if (value * 10**FACT_SCALE).denominator == 1:
            return value
    raise FactMistake(spec.written, f"`{value}` is not {shown(kind)} (at most four decimals)")


class StatedFacts:
    """A FactsProvider over values that somebody stated; everything else is unknown.

    Args:
        values: as written, by the fact's name as rules write it.
        facts: the fact files of the place.
        source: what the explanation says they come from.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        facts: Mapping[str, FactSpec],
        source: str = "as stated",
    ) -> None:
        self._source = source
        self._held: dict[str, t.Value | Since | FactState] = {}
        for written, value in values.items():
            spec = fact_named(str(written), facts)
            self._held[spec.name] = read_value(spec, value)

    def __contains__(self, name: str) -> bool:
        return name in self._held

    def stated(self, name: str) -> bool:
        """Whether a value was stated for the fact."""
        return not isinstance(self._held.get(name, FactState.UNKNOWN), FactState)

    def still(self, name: str) -> bool:
        """Whether the fact was stated as a plain value, which no day can move."""
        return self.stated(name) and not isinstance(self._held[name], Since)

    def motion(self, name: str, args: Args, day: dt.date) -> Motion:
        """A stated value stays; a spell `since` a day grows by a day each day."""
        held = self._held.get(name)
        if not isinstance(held, Since):
            return Motion()
        return Motion(until=held.start) if day < held.start else Motion(None, 1, 1)

    def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
        """The stated value, whatever the day; a spell `since` a day is measured to `day`."""
        held = self._held.get(name, FactState.UNKNOWN)
        if isinstance(held, FactState):
            return FactValue(None, held, self._source if name in self._held else "")
        if isinstance(held, Since):
            length = max(0, (day - held.start).days)
            return FactValue(length, source=self._source)
        return FactValue(held, source=self._source)


class Layered:
    """What was stated where something was stated, and otherwise what is held.

    Whom the person lives with and until when, and whether they stand for them, only what is held
    can tell, where it can.
    """

    def __init__(self, stated: StatedFacts, held: FactsProvider) -> None:
        self._stated, self._held = stated, held

    def stated(self, name: str) -> bool:
        """Whether a value was stated for the fact."""
        return self._stated.stated(name)

    def still(self, name: str) -> bool:
        """Whether the fact was stated as a plain value, which no day can move."""
        return self._stated.still(name)

    def motion(self, name: str, args: Args, day: dt.date) -> Motion | None:
        """How the stated or held value moves; None where what is held cannot tell."""
        if name in self._stated:
            return self._stated.motion(name, args, day)
        ask = getattr(self._held, "motion", None)
        found: Motion | None = ask(name, args, day) if ask else None
        return found

    def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
        """The stated value if the fact was stated at all, else the held one."""
        source = self._stated if name in self._stated else self._held
        return source.fact(name, args, day)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._held, name)
