"""Hypothesis builds valid rules by applying the type rules backwards.

To make a condition it chooses a form that gives a condition, then makes the parts that the
form needs, and so on down. Beside them: people with unknowns, edges and extremes.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from wholeplace.core.rules.check import Vocabulary
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.rates import Rate, RateTable
from wholeplace.core.rules.tree import DatedFigure, DatedTable, Kind, TableRow, Type

CODES = {"tenure": ["council", "private_rent", "owned"], "last_tenure": ["council", "owned"]}


def _spec(name: str, kind: str, derive: dict[str, Any], **more: Any) -> FactSpec:
    return FactSpec.model_validate(
        {
            "name": name,
            "meaning": f"{name} in words",
            "type": kind,
            "question": f"What is {name}?",
            "class": "P2",
            "agency": "council-benefits",
            "derive": derive,
            **more,
        }
    )


STATED = {"stated": {}}
SPELL = {"spells": {"table": "benefit_spells", "column": "benefit", "kinds": ["uc"]}}
COUNT = {"count": {"table": "jobs", "by": "start_date", "within_days": 91}}
_SPECS = [
    _spec("employed", "boolean", STATED),
    _spec("has_partner", "boolean", STATED),
    _spec("score", "number", STATED),
    _spec("jobs_started", "number", COUNT),
    _spec("age", "number", {"age": {}}),
    _spec("weekly_rent", "money", STATED),
    _spec("savings", "money", STATED),
    _spec("rate", "percent", STATED),
    _spec("job_start_date", "date", STATED),
    _spec("date_of_birth", "date", STATED),
    _spec("qualifying_benefits", "duration", SPELL, unit="days"),
    _spec("job_expected_length", "duration", STATED, unit="weeks"),
    *(
        _spec(name, "code", STATED, codes={code: code for code in codes})
        for name, codes in CODES.items()
    ),
]
FACTS = {spec.name: spec for spec in _SPECS}

# Dated figures for every day that there is, each in two periods.
_FIRST, _CHANGE, _LAST = dt.date(1800, 1, 1), dt.date(2026, 4, 6), dt.date(2200, 12, 31)
_PERIODS = ((_FIRST, _CHANGE - dt.timedelta(days=1)), (_CHANGE, _LAST))


def _rate(name: str, kind: Type, before: Any, after: Any) -> Rate:
    pairs = zip(_PERIODS, (before, after), strict=True)
    figures = (DatedFigure(first, last, value, "made up") for (first, last), value in pairs)
    return Rate(name, f"{name} in words", kind, tuple(figures))


def _table(name: str, by: Type, gives: Type, *years: list[tuple[Any, Any]]) -> RateTable:
    tables = (
        DatedTable(first, last, tuple(TableRow(up_to, value) for up_to, value in rows), "made up")
        for (first, last), rows in zip(_PERIODS, years, strict=True)
    )
    return RateTable(name, f"{name} in words", by, gives, tuple(tables))


_MONEY, _DAYS = Type(Kind.MONEY, bound=100_000), Type(Kind.DURATION, bound=400)
_PERCENT, _NUMBER = Type(Kind.PERCENT, scale=2, bound=100), Type(Kind.NUMBER, scale=1, bound=99)
_RATES = [
    _rate("allowance", _MONEY, Fraction(40_014), Fraction(42_490)),
    _rate("taper", _PERCENT, Fraction(55), Fraction("55.25")),
    _rate("most_hours", _NUMBER, Fraction("16.5"), Fraction(16)),
    _rate("waiting_time", _DAYS, 35, 28),
    _table(
        "band_help",
        _MONEY,
        _PERCENT,
        [(Fraction(0), Fraction(100)), (Fraction(3_500), Fraction("62.5")), (None, Fraction(0))],
        [(Fraction(-1), Fraction(100)), (None, Fraction("12.25"))],
    ),
    _table(
        "hours_pay",
        _NUMBER,
        _MONEY,
        [(Fraction("0.3"), Fraction(0)), (Fraction(16), Fraction(-50)), (None, Fraction(99_999))],
        [(None, Fraction(7))],
    ),
    _table(
        "spell_points",
        _DAYS,
        _NUMBER,
        [(181, Fraction("0.5")), (None, Fraction(1))],
        [(0, Fraction(3)), (None, Fraction(-2))],
    ),
    _table("rate_days", _PERCENT, _DAYS, [(Fraction("12.5"), 0), (None, 91)], [(None, -7)]),
]
RATES = {rate.name: rate for rate in _RATES}
VOCABULARY = Vocabulary(FACTS, rates=RATES)
TABLES: dict[str, tuple[str, str]] = {}  # what it gives → the table and what it goes by
FIGURES: dict[str, str] = {}
for _held in _RATES:
    if isinstance(_held, RateTable):
        TABLES[str(_held.gives.kind)] = (_held.name, str(_held.by.kind))
    else:
        FIGURES[str(_held.type.kind)] = _held.name

_BY_KIND: dict[str, list[str]] = {}
for _one in _SPECS:
    _BY_KIND.setdefault(_one.type, []).append(_one.written)

EDGE_DAYS = [
    dt.date(2024, 2, 29),
    dt.date(2023, 2, 28),
    dt.date(2026, 1, 31),
    dt.date(2026, 3, 31),
    dt.date(2025, 12, 31),
    dt.date(2026, 6, 1),
    dt.date(1900, 1, 1),
    dt.date(2100, 12, 31),
]
days = st.one_of(st.sampled_from(EDGE_DAYS), st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))

_LITERALS = {
    "number": st.one_of(
        st.integers(0, 10**6).map(str),
        st.decimals(0, 1000, places=4).map(lambda d: f"{d:.4f}"),
    ),
    "money": st.integers(0, 10**7).map(lambda p: f"£{p // 100:,}.{p % 100:02d}"),
    "percent": st.decimals(0, 200, places=2).map(lambda d: f"{d:.2f}%"),
    "date": days.map(dt.date.isoformat),
    "duration": st.one_of(
        st.integers(0, 60).map(lambda n: f"{n} weeks"),
        st.integers(0, 400).map(lambda n: f"{n} days"),
    ),
    "months": st.one_of(
        st.integers(0, 30).map(lambda n: f"{n} months"),
        st.integers(0, 30).map(lambda n: f"{n} years"),
    ),
}
ORDERED = ["number", "money", "percent", "date", "duration"]
COMPARISONS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


@st.composite
def values(draw: Any, kind: str, depth: int) -> str:
    """The text of a value of `kind`, in parentheses where it is made of parts."""
    leaves = [_LITERALS[kind]]
    if kind in _BY_KIND:
        leaves += [st.sampled_from(_BY_KIND[kind])] * 2
    if kind == "date":
        leaves.append(st.just("as_at"))
    if kind in FIGURES:
        leaves.append(st.just(FIGURES[kind]))
    if kind == "number":
        leaves.append(st.just("jobs_started(within: 5 weeks)"))
    if depth <= 0 or draw(st.integers(0, 2)) == 0:
        return str(draw(st.one_of(leaves)))
    return str(draw(_made(kind, depth - 1)))


@st.composite
def _made(draw: Any, kind: str, depth: int) -> str:
    def part(other: str) -> str:
        return str(draw(values(other, depth)))

    forms = {
        "date": [
            lambda: f"({part('date')} {draw(st.sampled_from('+-'))} {part('duration')})",
            lambda: f"({part('date')} {draw(st.sampled_from('+-'))} {part('months')})",
        ],
        "months": [
            lambda: f"({part('months')} {draw(st.sampled_from('+-'))} {part('months')})",
        ],
    }
    plain = [
        lambda: f"({part(kind)} {draw(st.sampled_from('+-'))} {part(kind)})",
        lambda: f"-{part(kind)}" if not part(kind).startswith("-") else part(kind),
    ]
    choices = forms.get(kind, plain)
    if kind == "duration":
        choices = [*choices, lambda: f"({part('date')} - {part('date')})"]
        choices.append(lambda: f"({part('duration')} * {draw(st.integers(0, 9))})")
    if kind in ("number", "money"):
        choices = [*choices, lambda: f"({part('percent')} * {part(kind)})"]
        choices.append(lambda: f"({part('number')} * {part(kind)})")
    if kind in _STEPS:
        choices.append(
            lambda: f"{draw(_ROUNDINGS)}({part(kind)}, {draw(st.sampled_from(_STEPS[kind]))})"
        )
        table, by = TABLES[kind]
        choices.append(lambda: f"table({table}, {part(by)})")
    choices = [
        *choices,
        lambda: draw(_choice(part(kind), part(kind), depth)),
        lambda: f"{draw(st.sampled_from(['min', 'max']))}({part(kind)}, {part(kind)})",
    ]
    return _spaced(draw(st.sampled_from(choices))())


@st.composite
def _choice(draw: Any, one: str, other: str, depth: int) -> str:
    chain = f"if {draw(conditions(depth))} then {one} " if draw(st.booleans()) else ""
    chain = f"{chain}else " if chain else ""
    return f"({chain}if {draw(conditions(depth))} then {one} else {other})"


_ROUNDINGS = st.sampled_from(["round_up", "round_down", "round_nearest"])
_STEPS = {
    "number": ["1", "0.5", "0.0003", "7", "most_hours"],
    "money": ["£0.01", "£1.00", "£0.05", "£3.33", "£100,000.00", "allowance"],
    "percent": ["1%", "0.5%", "25%", "taper"],
    "duration": ["1 day", "1 week", "5 days", "waiting_time"],
}


def _spaced(text: str) -> str:
    """Two minus signs side by side would read as a comment."""
    while "--" in text:
        text = text.replace("--", "- -")
    return text


@st.composite
def conditions(draw: Any, depth: int = 3) -> str:
    """The text of a condition."""
    forms: list[Any] = [_comparison(depth), _comparison(depth), _coded(), _between(depth)]
    forms.append(st.sampled_from([*_BY_KIND["boolean"], "yes", "no"]))
    if depth > 0:
        forms += [_joined(depth - 1)] * 3
        forms.append(conditions(depth - 1).map(lambda inner: f"not ({inner})"))
        forms.append(
            st.tuples(conditions(depth - 1), conditions(depth - 1)).flatmap(
                lambda pair: _choice(*(f"({one})" for one in pair), depth - 1)
            )
        )
        forms.append(
            st.tuples(conditions(depth - 1), conditions(depth - 1)).map(
                lambda pair: f"({pair[0]}) = ({pair[1]})"
            )
        )
    return str(draw(st.one_of(forms)))


@st.composite
def _joined(draw: Any, depth: int) -> str:
    word = draw(st.sampled_from(["and", "or"]))
    parts = draw(st.lists(conditions(depth), min_size=2, max_size=3))
    return f" {word} ".join(f"({part})" for part in parts)


@st.composite
def _comparison(draw: Any, depth: int) -> str:
    kind = draw(st.sampled_from(ORDERED))
    left, right = draw(values(kind, depth)), draw(values(kind, depth))
    return f"{left} {draw(COMPARISONS)} {right}"


@st.composite
def _between(draw: Any, depth: int) -> str:
    kind = draw(st.sampled_from(ORDERED))
    value, low, high = (draw(values(kind, depth)) for _ in range(3))
    return f"{value} between {low} and {high}"


@st.composite
def _coded(draw: Any) -> str:
    fact = draw(st.sampled_from(sorted(CODES)))
    codes = draw(st.lists(st.sampled_from(CODES[fact]), min_size=1, max_size=3))
    if draw(st.booleans()):
        return f"{fact} {draw(st.sampled_from(['=', '!=']))} {codes[0]}"
    return f"{fact} {draw(st.sampled_from(['in', 'not in']))} [{', '.join(codes)}]"


def _maybe(strategy: Any) -> Any:
    return st.one_of(st.none(), strategy, strategy)


_FINE = st.one_of(
    st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.3"), Decimal("-12.5")]),
    st.decimals(-(10**6), 10**6, places=4),
)
_HELD = {
    "boolean": st.booleans(),
    "number": st.one_of(_FINE, st.sampled_from([Decimal(10**12), Decimal(-(10**12))])),
    "percent": _FINE,
    "money": st.one_of(
        st.sampled_from([0, 3500, -1, 10**12, -(10**12)]), st.integers(-(10**8), 10**8)
    ),
    "date": days,
    "duration": st.one_of(st.sampled_from([0, 181, 182, 183, 100_000]), st.integers(0, 40_000)),
}
WHOLE = ("jobs_started", "age", "jobs_started__within_days_35")


def people() -> Any:
    """A list of people: column → value or None; one of them knows nothing at all."""
    columns = {
        spec.name: _maybe(st.sampled_from(CODES[spec.name]) if spec.codes else _HELD[spec.type])
        for spec in _SPECS
    }
    columns |= {name: _maybe(st.integers(0, 40)) for name in WHOLE}
    nobody = dict.fromkeys(columns)
    return st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=8).map(
        lambda found: [*found, nobody]
    )
