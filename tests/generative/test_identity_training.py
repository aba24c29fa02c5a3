"""Training by counts of patterns against the same sums written out a pair at a time."""

from __future__ import annotations

from math import log2

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.population.identity.model import UNKNOWN, Block, Comparison, Level, Model
from wholeplace.population.identity.train import (
    Patterns,
    Teaching,
    defaults,
    learn_session,
    train,
)

COLOUR = Comparison(
    "colour",
    "colour_l IS NULL OR colour_r IS NULL",
    (
        Level("the same", "colour_l = colour_r", "colour", 0.9, 0.1),
        Level("alike", "colour_l[1] = colour_r[1]", None, 0.06, 0.2),
        Level("another", "", None, 0.04, 0.7),
    ),
    ("colour",),
)
SIZE = Comparison(
    "size",
    "size_l IS NULL OR size_r IS NULL",
    (Level("the same", "size_l = size_r", None, 0.95, 0.3), Level("another", "", None, 0.05, 0.7)),
    ("size",),
)
MODEL = Model((COLOUR, SIZE), (Block("all", (("{}town",),), teaches=1),))
patterns = st.lists(
    st.tuples(st.integers(UNKNOWN, 2), st.integers(UNKNOWN, 1), st.integers(1, 60)),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[:2],
)


def slowly(rows: list[tuple[int, int, int]], rounds: int) -> dict[int, list[float]]:
    """Expectation and maximisation, a pattern at a time."""
    start = defaults(MODEL, 100)
    m = {n: list(start.m[made.name]) for n, made in enumerate(MODEL.comparisons)}
    share, found = 0.5, {}
    for _ in range(rounds):
        found = {n: [0.0] * len(made.levels) for n, made in enumerate(MODEL.comparisons)}
        expected = 0.0
        for *levels, count in rows:
            bits = log2(share / (1 - share))
            for n, made in enumerate(MODEL.comparisons):
                if levels[n] != UNKNOWN:
                    place = len(made.levels) - 1 - levels[n]
                    bits += log2(m[n][place] / start.u[made.name][place])
            likely = 1 / (1 + 2**-bits)
            expected += likely * count
            for n, made in enumerate(MODEL.comparisons):
                if levels[n] != UNKNOWN:
                    found[n][len(made.levels) - 1 - levels[n]] += likely * count
        share = min(max(expected / sum(row[-1] for row in rows), 1e-6), 1 - 1e-6)
        for n, made in enumerate(MODEL.comparisons):
            given_m = start.m[made.name]
            counts, total = found[n], sum(found[n]) + 10
            raw = [max((c + 10 * g) / total, g / 10) for c, g in zip(counts, given_m, strict=True)]
            m[n] = [figure / sum(raw) for figure in raw]
    return found


@settings(max_examples=60, deadline=None)
@given(patterns, st.integers(1, 6))
def test_sessions_learn_what_the_sums_say(rows: list[tuple[int, int, int]], rounds: int) -> None:
    met = Patterns(
        np.array([row[:2] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.float64),
        np.ones(len(rows), dtype=np.int64),
    )
    start = defaults(MODEL, 100)
    teaching = Teaching(rounds=rounds, settled=0.0)
    found = learn_session(MODEL, met, (0, 1), start, dict(start.u), teaching)
    wanted = slowly(rows, rounds)
    for n in (0, 1):
        assert found[n].tolist() == pytest.approx(wanted[n], rel=1e-9, abs=1e-9)


def test_figures_that_made_the_data_are_found_again() -> None:
    """Two records a person; one in ten has another colour the second time, one in five no size."""
    chance = np.random.default_rng(5)
    people, towns = 4_000, 800
    colour, size, shape = (chance.integers(0, most, people).repeat(2) for most in (60, 20, 5_000))
    slips = np.flatnonzero(chance.random(2 * people) < 0.1)
    slips = slips[slips % 2 == 1]
    names = [f"{chr(65 + n // 3)}{n % 3}" for n in colour.tolist()]
    for at in slips.tolist():
        names[at] = f"x{at}"
    known = chance.random(2 * people) < 0.8
    rows = {
        "id": np.arange(2 * people),
        "town": np.arange(people).repeat(2) % towns,
        "colour": names,
        "size": pa.array(size, mask=~known),
        "shape": shape,
    }
    shapes = Comparison(
        "shape",
        "shape_l IS NULL",
        (Level("same", "shape_l = shape_r", None, 0.9, 1e-3), Level("other", "", None, 0.1, 0.9)),
        ("shape",),
    )
    model = Model((*MODEL.comparisons, shapes), MODEL.blocks)
    with duckdb.connect() as engine:
        engine.register("given_rows", pa.table(rows))
        engine.execute("CREATE TABLE people AS FROM given_rows")
        engine.execute(
            "CREATE TABLE pairs AS SELECT x.id AS join_key_l, y.id AS join_key_r, 1 AS reasons "
            "FROM people x JOIN people y ON x.town = y.town AND x.id < y.id"
        )
        learnt = train(engine, model, "people", "pairs")
        again = train(engine, model, "people", "pairs")
    assert learnt == again
    assert learnt.u["size"][0] == pytest.approx(1 / 20, abs=0.01)
    assert learnt.u["colour"][0] == pytest.approx(1 / 60, rel=0.2)
    assert learnt.m["colour"][0] == pytest.approx(0.9, abs=0.03)
    assert learnt.m["size"][0] > 0.98
    assert learnt.m["shape"][0] > 0.98
    assert learnt.prior == pytest.approx(1 / 8000, rel=0.1)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=300, max_size=300))
def test_ids_that_leap_teach_as_ids_that_do_not(leaps: list[int]) -> None:
    """A load that was killed uses up numbers; the records and their order are the same."""
    few = Teaching(random_pairs=1_000, each=3, blocked_pairs=500, fewest=10, enough=10)
    records = len(leaps)
    assert _taught(list(range(records)), few) == _taught(np.cumsum(leaps).tolist(), few)


def _taught(ids: list[int], teaching: Teaching) -> object:
    towns, colours = [n // 10 for n in range(len(ids))], [f"{n % 7}x" for n in range(len(ids))]
    rows = {"id": ids, "town": towns, "colour": colours, "size": [n % 3 for n in range(len(ids))]}
    with duckdb.connect() as engine:
        engine.register("given_rows", pa.table(rows))
        engine.execute("CREATE TABLE people AS FROM given_rows")
        engine.execute(
            "CREATE TABLE pairs AS SELECT x.id AS join_key_l, y.id AS join_key_r, 1 AS reasons "
            "FROM people x JOIN people y ON x.town = y.town AND x.id < y.id"
        )
        return train(engine, MODEL, "people", "pairs", teaching)
