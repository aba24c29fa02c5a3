"""Hypothesis builds valid rules by applying the type rules backwards.

To make a condition it chooses a form that gives a condition, then makes the parts that the
form needs, and so on down. Beside them: people with unknowns, edges and extremes.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from wholeplace.core.rules.check import Vocabulary
from wholeplace.core.rules.facts import FactSpec

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
VOCABULARY = Vocabulary(FACTS)

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
    choices = [
        *choices,
        lambda: f"{draw(st.sampled_from(['min', 'max']))}({part(kind)}, {part(kind)})",
    ]
    return _spaced(draw(st.sampled_from(choices))())


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
