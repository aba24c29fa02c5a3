"""A place's rules as one text, and back: the same rules, and the same text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.files.place_text import (
    PlaceTextUnreadable,
    place_text,
    read_place_text,
)
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme, read_scheme
from wholeplace.core.rules.rates import Rate, RateTable
from wholeplace.core.rules.schemes import PlaceRules

PLACE = Path(__file__).parents[4] / "places" / "birmingham"


@pytest.fixture(scope="module")
def place() -> PlaceRules:
    return load_place(PLACE)


def test_everything_of_the_place_comes_back(place):
    text = place_text(place)
    back = read_place_text(text)
    assert back == place
    assert list(back.facts) == sorted(place.facts)
    assert place_text(back) == text


def test_the_place_has_each_part_that_is_compared(place):
    assert place.facts and place.bases
    assert any(source.conditions for source in place.funding.values())
    assert {spec.derive.kind for spec in place.facts.values()} >= {"spells", "latest", "area"}


def test_whatever_a_place_says_is_written():
    """A new part of a place's rules must be kept as well, or a replay would read today's."""
    only_warn = {"leads", "owners"}  # who may be named decides nothing: no answer reads them
    assert {part.name for part in dataclasses.fields(PlaceRules)} - only_warn == {
        "facts",
        "bases",
        "funding",
        "rates",
    }


def test_every_scheme_means_the_same_over_what_comes_back(place):
    back = read_place_text(place_text(place))
    schemes = [load_scheme(path, place) for path in sorted((PLACE / "schemes").glob("*.yaml"))]
    assert schemes
    for scheme in schemes:
        again = read_scheme(scheme.text, back, scheme.file)
        assert dataclasses.replace(again, place=place) == scheme


def test_comments_and_layout_are_not_rules_and_words_are(place, tmp_path):
    for part in ("facts", "governance", "governance/funding"):
        (tmp_path / part).mkdir()
        for path in (PLACE / part).glob("*.yaml"):
            (tmp_path / part / path.name).write_text(f"# a remark\n{path.read_text()}")
    (tmp_path / "rates").mkdir()
    for path in (PLACE / "rates").glob("*.yaml"):
        (tmp_path / "rates" / path.name).write_text(path.read_text())
    assert place_text(load_place(tmp_path)) == place_text(place)
    fact = tmp_path / "facts" / "qualifying_benefits.yaml"
    fact.write_text(fact.read_text().replace("permitted_gap_days: ", "permitted_gap_days: 1"))
    assert place_text(load_place(tmp_path)) != place_text(place)


values = st.one_of(
    st.booleans(),
    st.integers(),
    st.fractions(),
    st.dates(),
    st.text(),
)
figures = st.builds(
    t.DatedFigure, first=st.dates(), last=st.dates(), value=values, source=st.text()
)
types = st.builds(
    t.Type,
    kind=st.sampled_from(t.Kind),
    codes=st.frozensets(st.text(), max_size=1),
    scale=st.integers(0, 9),
    bound=st.integers(0),
)
rows = st.builds(t.TableRow, up_to=st.none() | values, value=values)
tables = st.builds(
    t.DatedTable,
    first=st.dates(),
    last=st.dates(),
    rows=st.lists(rows).map(tuple),
    source=st.text(),
)
rates = st.one_of(
    st.builds(
        Rate,
        name=st.text(),
        meaning=st.text(),
        type=types,
        figures=st.lists(figures).map(tuple),
        unit=st.text(),
    ),
    st.builds(
        RateTable,
        name=st.text(),
        meaning=st.text(),
        by=types,
        gives=types,
        tables=st.lists(tables).map(tuple),
    ),
)


@given(st.dictionaries(st.text(), rates, max_size=3))
def test_rates_come_back_value_by_value_and_kind_by_kind(made):
    place = PlaceRules({}, rates=made)
    back = read_place_text(place_text(place))
    assert back == place
    assert repr(back.rates) == repr(dict(sorted(made.items())))  # 1 is not Fraction(1), nor true


def test_a_fraction_is_kept_exactly():
    rate = Rate(
        "third",
        "A third",
        t.Type(t.Kind.NUMBER),
        (t.DatedFigure(dt.date(2026, 4, 6), dt.date(2027, 4, 5), Fraction(1, 3), "test"),),
    )
    back = read_place_text(place_text(PlaceRules({}, rates={"third": rate})))
    assert back.rates["third"] == rate


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"form": 2}, "it is of the form 2"),
        ({"facts": {"age": {"name": "age"}}}, "cannot be read"),
        ({"funding": {"x": {}}}, "cannot be read"),
        ({"rates": {"x": {"is": "nothing"}}}, "cannot be read"),
    ],
)
def test_what_this_program_cannot_read_is_said(place, change, said):
    text = json.dumps(json.loads(place_text(place)) | change)
    with pytest.raises(PlaceTextUnreadable, match=said):
        read_place_text(text)


@pytest.mark.parametrize("text", ["", "[]", "null", "{"])
def test_what_is_no_such_text_is_said(text):
    with pytest.raises(PlaceTextUnreadable):
        read_place_text(text)
