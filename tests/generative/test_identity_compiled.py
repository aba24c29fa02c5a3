"""One pair weighed by the compiled scorer against what Splink gives, level by level."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.core.identity.numbers import upn_check_letter
from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.population.identity.compiled import compile_scorer
from wholeplace.population.identity.guards import CROWDED, Found, empty
from wholeplace.population.identity.index import make_index, make_keys, values_of
from wholeplace.population.identity.match import Matcher
from wholeplace.population.identity.model import Comparison, Level, Model
from wholeplace.population.identity.people import PEOPLE
from wholeplace.population.identity.predict import count_frequencies, predict
from wholeplace.population.identity.records import COLUMNS
from wholeplace.population.identity.standardise import standardise
from wholeplace.population.identity.train import defaults
from wholeplace.population.identity.translate import FUNCTIONS, Untranslatable, true_where

BITS = 0.01
DAYS = [dt.date(1980, 3, 4), dt.date(1980, 4, 3), dt.date(1980, 3, 5), dt.date(1980, 3, 15)]
DAYS += [dt.date(1980, 3, 28), dt.date(1980, 9, 27), dt.date(1961, 12, 30), dt.date(1899, 1, 1)]
POOLS: dict[str, Sequence[Any]] = {
    "source": ["schools", "police", "council-housing", None],
    "given_names": [
        *("Mohammed", "Mohamed Ali", "Mo", "Ali Mohammed", "Siobhan Mary", "Siobhann M."),
        *("Siobhan Maria", "Shivaun", "Jose", "José 🙂", "محمد علي", "محمد عليي", "Khan", "", None),
        *("Zebedee Anne Marie", "Zebedee Anne Mary", "Bob", "Robert", "Xu", "Dr Robertson"),
    ],
    "family_name": ["Khan", "Khann", "Khan-Smith", "Smith", "Mohammed", "Ali", "O'Brien", None],
    "previous_family_name": [None, None, "Smith", "Begum"],
    "known_as": [None, None, "Bobby", "Mohammed"],
    "date_of_birth": [*DAYS, None],
    "sex": ["F", "M", "female", None],
    "nhs_number": [None, None, "943 476 5919", "9000000009", "0000000000"],
    "upn": [
        None,
        None,
        *(upn_check_letter(rest) + rest for rest in ("801200001001", "80120000200A")),
    ],
    "ni_number": [None, "QQ 12 34 56 C", "QQ 12 34 65 C", "AB123456A"],
    "phone": [None, "0121 496 0123", "+44 121 496 0999"],
    "email": [None, "a@b.uk", "A@B.UK", "c@d.uk", "e@f.uk"],
    "line_1": ["Flat 3, 12 High St", "12 High St", "3 Long Road", "The Old Barn", "", None],
    "line_2": [None, "12b Low Road"],
    "uprn": [None, "0100", "200"],
    "postcode": ["B6 5RQ", "b65rq", "B6 5SD", "B1 1AA", None],
}
NOBODYS = Found(
    single=(("police", "1980-03-05"),),
    yearly=(("schools", "03-04"),),
    crowded=dict.fromkeys(CROWDED, ()) | {"home": ("B11AA 3",), "email": ("c@d.uk",)},
)
MATCHER = Matcher(PEOPLE, defaults(PEOPLE, 1_000), NOBODYS)
record = st.fixed_dictionaries({name: st.sampled_from(POOLS[name]) for name in POOLS})


def drawn(count: int, seed: int) -> list[dict[str, Any]]:
    """Records of the pools, and each a second time with one field another."""
    chance = random.Random(seed)
    some = [{name: chance.choice(pool) for name, pool in POOLS.items()} for _ in range(count)]
    for one in list(some):
        name = chance.choice(list(POOLS))
        some.append(one | {name: chance.choice(POOLS[name])})
    return some


def people_of(engine: duckdb.DuckDBPyConnection, made: list[dict[str, Any]]) -> None:
    """The table `people` of records, numbered from 0."""
    columns = {
        name: pa.array([one.get(name) for one in made], pa.date32() if kind == "DATE" else None)
        for name, kind in COLUMNS.items()
    }
    engine.register("stored", pa.table({"record_id": range(len(made)), **columns}))
    standardise(engine, "stored", "people")
    empty(engine, "people", NOBODYS)
    count_frequencies(engine, PEOPLE, "people")


def by_splink(engine: duckdb.DuckDBPyConnection, learnt: Any) -> list[tuple[Any, ...]]:
    """Every pair of `people`: a, b, weight and each comparison's level."""
    engine.execute(
        "CREATE OR REPLACE TABLE pairs AS SELECT '0' AS match_key, x.id AS join_key_l, "
        "y.id AS join_key_r FROM people AS x JOIN people AS y ON x.id < y.id"
    )
    predict(engine, PEOPLE, learnt, "people", "pairs", "weighed")
    return engine.execute("SELECT * EXCLUDE (probability) FROM weighed").fetchall()


def differing(made: list[dict[str, Any]]) -> tuple[list[tuple[Any, ...]], set[tuple[str, int]]]:
    """Pairs of which the two scorers say another thing, and every level that was met."""
    learnt = MATCHER.learnt
    scorer = compile_scorer(PEOPLE, learnt)
    told = [values_of(MATCHER.ready(one).told) for one in made]
    with duckdb.connect() as engine:
        people_of(engine, made)
        rows = engine.execute('SELECT "column", value, share FROM frequencies').fetchall()
        often = {(column, value): share for column, value, share in rows}
        places = [scorer.columns.index(column) for column in scorer.often]
        found, met = [], set[tuple[str, int]]()
        for a, b, weight, *levels in by_splink(engine, learnt):
            shares = [
                often.get((column, told[a][place]))
                for column, place in zip(scorer.often, places, strict=True)
            ]
            mine, said = scorer.weigh(told[a], told[b], shares)
            met |= {(PEOPLE.comparisons[n].name, level) for n, level in enumerate(levels)}
            if abs(mine - weight) > BITS or list(said) != levels:
                found.append((made[a], made[b], mine, weight, said, levels))
    return found, met


def test_every_level_of_every_comparison_is_weighed_as_splink_weighs_it():
    wrong, met = differing(drawn(150, 5))
    assert not wrong
    every = {(made.name, value) for made in PEOPLE.comparisons for value in range(len(made.levels))}
    assert every - met == set()
    assert {made.name for made in PEOPLE.comparisons} == {name for name, level in met if level < 0}


@settings(max_examples=2, deadline=None)
@given(st.lists(record, min_size=12, max_size=24))
def test_whatever_two_records_hold_both_say_the_same(made: list[dict[str, Any]]):
    assert not differing(made)[0]


def test_keys_and_texts_of_one_record_are_those_of_the_index():
    made = drawn(100, 6)
    with duckdb.connect() as engine:
        people_of(engine, made)
        make_index(engine, "people", PEOPLE)
        make_keys(engine, "people", PEOPLE, "keyed")
        told = dict(engine.execute("SELECT id, told FROM index_rows").fetchall())
        keys: dict[int, set[int]] = {number: set() for number in told}
        for number, key in engine.execute("SELECT id, key FROM keyed").fetchall():
            keys[number].add(key)
    for number, one in enumerate(made):
        found = MATCHER.ready(one)
        assert found.told == told[number]
        assert sorted(found.keys) == sorted(keys[number])


texts = st.one_of(st.none(), st.text(max_size=8), st.text("abcé محم🙂", max_size=8))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=30, max_size=60))
def test_each_function_measures_text_as_duckdb_does(pairs: list[tuple[str | None, str | None]]):
    pairs = [(a and a.replace("\0", ""), b and b.replace("\0", "")) for a, b in pairs]
    with duckdb.connect() as engine:
        engine.register(
            "pairs",
            pa.table({n: pa.array([pair[i] for pair in pairs], pa.string())
                      for i, n in enumerate("ab")}),
        )  # fmt: skip
        rows = engine.execute(
            "SELECT a, b, jaro_winkler_similarity(a, b), damerau_levenshtein(a, b), "
            "CASE WHEN strlen(a) = strlen(b) AND a <> '' THEN hamming(a, b) END, "
            "a || b, a[:3], length(a), "
            "least(a, b), greatest(a, b) FROM pairs"
        ).fetchall()
    call = FUNCTIONS
    for a, b, jaro, edits, differ, both, three, length, low, high in rows:
        assert call["jaro_winkler_similarity"](a, b) == pytest.approx(jaro, abs=1e-9)
        assert call["damerau_levenshtein"](a, b) == edits
        if differ is not None:
            assert call["hamming"](a, b) == differ
        assert (call["joined"](a, b), call["cut"](a, 0, 3)) == (both, three)
        assert (call["length"](a), call["least"](a, b)) == (length, low)
        assert call["greatest"](a, b) == high


CONDITIONS = [
    "a = b",
    "NOT (a = b)",
    "a <> b OR a IS NULL",
    "NOT (a = b AND b = c)",
    "coalesce(a = b, true) AND NOT coalesce(b = c, false)",
    "NOT coalesce(a = b, true)",
    "CASE WHEN a = b THEN b = c WHEN a <> c THEN false ELSE c IS NOT NULL END",
    "NOT CASE WHEN a = b THEN b = c END",
    "NOT (contains(a, b) OR starts_with(b, c))",
    "NOT (length(a) >= 2) OR least(length(a), length(b)) < 1",
    "a || b = c OR a[:1] = b[:1] OR a[2] = b[2]",
    "NOT (a = 'x' OR false)",
]


def test_conditions_know_true_false_and_unknown():
    rows = list(itertools.product([None, "", "x", "xy", "y"], repeat=3))
    with duckdb.connect() as engine:
        columns = {n: pa.array([row[i] for row in rows], pa.string()) for i, n in enumerate("abc")}
        engine.register("rows", pa.table(columns))
        for sql in CONDITIONS:
            told = engine.execute(f"SELECT a, b, c, coalesce({sql}, false) FROM rows").fetchall()
            python = compile(true_where(sql), "<condition>", "eval")
            for a, b, c, expected in told:
                assert bool(eval(python, FUNCTIONS | {"a": a, "b": b, "c": c})) is expected, sql


@pytest.mark.parametrize("sql", ["soundex(a) = b", "a LIKE b", "a < b", "coalesce(a, b) = c"])
def test_what_is_not_known_is_refused_and_never_guessed(sql: str):
    with pytest.raises(Untranslatable, match="cannot be compiled"):
        true_where(sql)


def test_rarity_at_a_level_where_values_may_differ_is_refused():
    level = Level("alike", "a_l = a_r OR b_l = b_r", "a", 0.9, 0.1)
    made = Comparison("a", "a_l IS NULL", (level, Level("else", "", None, 0.1, 0.9)), ("a", "b"))
    model = Model((made,), ())
    with pytest.raises(WholeplaceError, match="Rarity"):
        compile_scorer(model, defaults(model, 100))
