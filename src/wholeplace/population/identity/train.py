"""Learning a model's figures from the data, without knowing who is who.

u, how often two people's records stand at a level, is counted among pairs taken without regard
to anything; m, how often one person's do, by expectation and maximisation among the pairs of a
few blocks, a session a block, as Splink does it (Winkler 1988; Enamorado, Fifield and Imai 2019,
whose counts of patterns make it quick). Splink's own training adds up in an order that differs
from run to run; this one counts in whole numbers and adds in a fixed order, so that the same
records give the same figures to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import duckdb
import numpy as np

from wholeplace.population.identity.model import (
    PERHAPS,
    SURELY,
    UNKNOWN,
    Comparison,
    Learnt,
    Model,
)

Floats: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
Ints: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.int64]]"


@dataclass(frozen=True, slots=True)
class Teaching:
    """How much is learnt from.

    Attributes:
        random_pairs: pairs taken at random for u, at most.
        each: of those, at most so many a record.
        blocked_pairs: pairs of the blocks for m.
        fewest: with fewer pairs in a session nothing is learnt from it.
        enough: with so many pairs of blocks that teach surely, no others teach.
        rounds: of expectation and maximisation, at most.
        settled: a round that changes no figure by more ends the session.
    """

    random_pairs: int = 1_000_000
    each: int = 60
    blocked_pairs: int = 600_000
    fewest: int = 400
    enough: int = 3_000
    rounds: int = 40
    settled: float = 1e-5


@dataclass(frozen=True, slots=True)
class Patterns:
    """How many pairs show each combination of levels.

    Attributes:
        levels: shape (patterns, comparisons); UNKNOWN where nothing can be compared.
        counts: pairs of each pattern.
        reasons: blocks that gave them, as bits.
    """

    levels: Ints
    counts: Floats
    reasons: Ints


def defaults(model: Model, records: int) -> Learnt:
    """The figures that the model is given: for data too small to learn from."""
    prior = 1 / max(records, 50)
    return Learnt(
        prior,
        {made.name: _sum_to_one(made, [level.m for level in made.levels])
         for made in model.comparisons},
        {made.name: _sum_to_one(made, [level.u for level in made.levels])
         for made in model.comparisons},
    )  # fmt: skip


def train(
    engine: duckdb.DuckDBPyConnection,
    model: Model,
    table: str,
    pairs: str,
    teaching: Teaching = Teaching(),
) -> Learnt:
    """Learn a model's figures from a table of records and its blocked pairs.

    Args:
        table: the records, with the column `id`.
        pairs: `join_key_l`, `join_key_r` and `reasons`, as `block_pairs` makes it.

    Returns:
        What was learnt; the model's own figures where there was too little to learn from.
    """
    ((records,),) = engine.execute(f"SELECT count(*) FROM {table}").fetchall()
    start = defaults(model, records)
    if records < 2:
        return start
    _number(engine, table)
    chance = read_patterns(engine, model, table, _random_pairs(engine, table, records, teaching))
    u = {
        made.name: learn_u(made, start.u[made.name], _counts(made, place, chance))
        for place, made in enumerate(model.comparisons)
    }
    u |= _by_frequency(engine, model, table, u)
    met = read_patterns(engine, model, table, _sample(engine, pairs, teaching))
    m, learnt_from = _learn_m(model, met, start, u, teaching)
    prior = _prior(engine, model, met, m, u, pairs, records)
    return Learnt(prior, m, u, learnt_from)


def read_patterns(
    engine: duckdb.DuckDBPyConnection, model: Model, table: str, pairs: str
) -> Patterns:
    """Count the patterns among pairs (`a`, `b`, `reasons`) of a table's records."""
    sides = ", ".join(
        f"{side}.{column} AS {column}_{side}" for column in model.columns for side in ("l", "r")
    )
    cases = ", ".join(f"({made.case})::TINYINT" for made in model.comparisons)
    found = engine.execute(
        f"SELECT {cases}, reasons, count(*) FROM (SELECT reasons, {sides} FROM ({pairs}) AS pairs "
        f"JOIN {table} AS l ON l.id = a JOIN {table} AS r ON r.id = b) AS pairs "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchnumpy()
    columns = [np.asarray(column, dtype=np.int64) for column in found.values()]
    levels = np.stack(columns[:-2], axis=1)
    return Patterns(levels, columns[-1].astype(np.float64), columns[-2])


def learn_u(made: Comparison, start: Sequence[float], counts: Sequence[float]) -> tuple[float, ...]:
    """How often pairs of two people stand at each level.

    One more pair is counted than was met, among as many more as it would take by the model's own
    figure: so a level that chance did not show is not taken for one that never is.

    Args:
        made: the comparison.
        start: the model's figures, the likest level first.
        counts: pairs met at each level.
    """
    free = [not level.fixed for level in made.levels]
    if not any(free) or sum(counts) == 0:
        return tuple(start)
    total = sum(counts)
    found = [
        (count + 1) / (total + 1 / given) if may else given
        for given, count, may in zip(start, counts, free, strict=True)
    ]
    return _sum_to_one(made, found)


def _counts(made: Comparison, place: int, patterns: Patterns) -> list[float]:
    """Pairs at each level of a comparison, the likest first."""
    at = patterns.levels[:, place]
    return [
        float(patterns.counts[at == made.value(level)].sum()) for level in range(len(made.levels))
    ]


def _by_frequency(
    engine: duckdb.DuckDBPyConnection, model: Model, table: str, u: dict[str, tuple[float, ...]]
) -> dict[str, tuple[float, ...]]:
    """u of the levels that are exact agreement: the sum of the squared frequencies is exact."""
    found = {}
    for made in model.comparisons:
        first = made.levels[0]
        if first.often is None or first.fixed:
            continue
        ((same, known),) = engine.execute(
            f"SELECT coalesce(sum(held::DOUBLE * (held - 1)), 0), coalesce(sum(held), 0) FROM "
            f"(SELECT count(*) AS held FROM {table} WHERE {first.often} IS NOT NULL "
            f"GROUP BY {first.often})"
        ).fetchall()
        if known > 1 and same > 0:
            rest = list(u[made.name])
            rest[0] = same / (float(known) * (float(known) - 1))
            found[made.name] = _sum_to_one(made, rest)
    return found


def _learn_m(
    model: Model,
    met: Patterns,
    start: Learnt,
    u: dict[str, tuple[float, ...]],
    teaching: Teaching,
) -> tuple[dict[str, tuple[float, ...]], int]:
    """m of every comparison: the pairs that each session took for one person's, added up."""
    weights = {made.name: np.zeros(len(made.levels)) for made in model.comparisons}
    learnt_from = 0
    sure = sum(1 << place for place, block in enumerate(model.blocks) if block.teaches == SURELY)
    least = SURELY if met.counts[met.reasons & sure != 0].sum() >= teaching.enough else PERHAPS
    for place, block in enumerate(model.blocks):
        inside = (met.reasons >> place) & 1 == 1
        if block.teaches < least or met.counts[inside].sum() < teaching.fewest:
            continue
        free = [n for n, made in enumerate(model.comparisons) if made.name not in block.settles]
        session = Patterns(met.levels[inside], met.counts[inside], met.reasons[inside])
        learnt_from += int(session.counts.sum())
        for n, found in learn_session(model, session, free, start, u, teaching).items():
            weights[model.comparisons[n].name] += found
    m = {
        made.name: _mixed(made, start.m[made.name], weights[made.name])
        for made in model.comparisons
    }
    return m, learnt_from


def learn_session(
    model: Model,
    met: Patterns,
    free: Sequence[int],
    start: Learnt,
    u: dict[str, tuple[float, ...]],
    teaching: Teaching,
) -> dict[int, Floats]:
    """Expectation and maximisation in one block's pairs, u held.

    Returns:
        Comparison's place → how many pairs of one person stand at each level, likest first.
    """
    places = {n: _places(model.comparisons[n], met.levels[:, n]) for n in free}
    m = {n: np.array(start.m[model.comparisons[n].name]) for n in free}
    share, found = 0.5, dict[int, Floats]()
    for _ in range(teaching.rounds):
        bits = np.full(len(met.counts), np.log2(share / (1 - share)))
        for n in free:
            bits += _weights(m[n], u[model.comparisons[n].name])[places[n]]
        expected = met.counts * _likely(bits)
        share = float(np.clip(expected.sum() / met.counts.sum(), 1e-6, 1 - 1e-6))
        change = 0.0
        for n in free:
            made = model.comparisons[n]
            found[n] = _summed(places[n], expected, len(made.levels))
            new = np.array(_mixed(made, start.m[made.name], found[n]))
            change = max(change, float(np.abs(new - m[n]).max()))
            m[n] = new
        if change < teaching.settled:
            break
    return found


def _likely(bits: Floats) -> Floats:
    """The probability that a weight in bits stands for."""
    return 1 / (1 + np.exp2(-np.clip(bits, -300, 300)))


def _summed(places: Ints, amounts: Floats, levels: int) -> Floats:
    """The amounts at each level; what cannot be compared is left out."""
    return np.asarray(np.bincount(places, amounts, levels + 1)[:-1], dtype=np.float64)


def _weights(m: Sequence[float] | Floats, u: Sequence[float] | Floats) -> Floats:
    """Bits of each level, and after them 0 for what cannot be compared."""
    return np.append(np.log2(np.asarray(m) / np.asarray(u)), 0.0)


def _places(made: Comparison, values: Ints) -> Ints:
    """Levels' numbers as places in the order of levels; one past the last for UNKNOWN."""
    top = len(made.levels) - 1
    return np.where(values == UNKNOWN, len(made.levels), top - values)


def _mixed(made: Comparison, start: Sequence[float], counts: Iterable[float]) -> tuple[float, ...]:
    """m from counts, as if ten more pairs had stood as the model says.

    No figure falls below a tenth of the model's: some thousand pairs of one town cannot teach
    that a slip never happens.
    """
    found = list(counts)
    total = sum(found) + 10
    return _sum_to_one(
        made,
        [
            given if level.fixed else max((count + 10 * given) / total, given / 10)
            for level, given, count in zip(made.levels, start, found, strict=True)
        ],
    )


def _sum_to_one(made: Comparison, figures: Sequence[float]) -> tuple[float, ...]:
    """Figures that add up to one, fixed ones as given, none so small that it says `never`."""
    kept = [max(float(figure), 1e-12) for figure in figures]
    loose = sum(f for f, level in zip(kept, made.levels, strict=True) if not level.fixed)
    tight = sum(f for f, level in zip(kept, made.levels, strict=True) if level.fixed)
    scale = max(1 - tight, 1e-9) / loose if loose and tight < 1 else 1.0
    return tuple(
        f if level.fixed else f * scale for f, level in zip(kept, made.levels, strict=True)
    )


def _prior(
    engine: duckdb.DuckDBPyConnection,
    model: Model,
    met: Patterns,
    m: dict[str, tuple[float, ...]],
    u: dict[str, tuple[float, ...]],
    pairs: str,
    records: int,
) -> float:
    """How likely two records are one person's: such that the blocks hold as many as that says.

    At least as if one record in a hundred had another: where the comparisons say too little to
    tell, nothing else would keep it from falling to none.
    """
    possible = records * (records - 1) / 2
    if not len(met.counts):
        return 1 / max(records, 50)
    ((blocked,),) = engine.execute(f"SELECT count(*) FROM {pairs}").fetchall()
    bits = np.zeros(len(met.counts))
    for n, made in enumerate(model.comparisons):
        bits += _weights(m[made.name], u[made.name])[_places(made, met.levels[:, n])]
    scale = blocked / met.counts.sum()
    prior = 1 / max(records, 50)
    for _ in range(50):
        likely = _likely(bits + np.log2(prior / (1 - prior)))
        found = (float((met.counts * likely).sum()) * scale + 0.5) / (possible + 1)
        if abs(found - prior) < 1e-6 * prior:
            break
        prior = min(max(found, 1 / (100 * records)), 0.5)
    return float(prior)


def _number(engine: duckdb.DuckDBPyConnection, table: str) -> None:
    """A table `places`: the records counted from 0 in the order of their ids.

    What is drawn by lot is drawn by these, for an id may leap over others: a load that was killed
    has used up numbers, and must not teach otherwise than one that was not.
    """
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE places AS "
        f"SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM {table}"
    )


def _random_pairs(
    engine: duckdb.DuckDBPyConnection, table: str, records: int, teaching: Teaching
) -> str:
    """Pairs at random: the records in the order of a hash, each with some that come later."""
    if records - 1 <= 2 * teaching.each:
        every = f"{table} AS x JOIN {table} AS y ON x.id < y.id"
        return f"SELECT x.id AS a, y.id AS b, 0 AS reasons FROM {every}"
    turns = min(teaching.each, max(1, round(teaching.random_pairs / records)))
    first = min(records, teaching.random_pairs)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE mixed AS SELECT id, "
        "row_number() OVER (ORDER BY hash(place), place) - 1 AS n FROM places"
    )
    # Two tables, lest the engine compare every record with every other before it looks at n.
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE drawn AS SELECT id AS a, (n + turn * 7919) % {records} AS n "
        f"FROM mixed CROSS JOIN range(1, {turns + 1}) AS turns (turn) WHERE n < {first}"
    )
    return "SELECT a, id AS b, 0 AS reasons FROM drawn JOIN mixed USING (n)"


def _sample(engine: duckdb.DuckDBPyConnection, pairs: str, teaching: Teaching) -> str:
    """Some of the blocked pairs, always the same ones."""
    ((blocked,),) = engine.execute(f"SELECT count(*) FROM {pairs}").fetchall()
    chosen = f"SELECT join_key_l AS a, join_key_r AS b, reasons FROM {pairs}"
    if blocked <= teaching.blocked_pairs:
        return chosen
    share = round(1_000_000 * teaching.blocked_pairs / blocked)
    return (
        f"{chosen} JOIN places AS l ON l.id = join_key_l JOIN places AS r ON r.id = join_key_r "
        f"WHERE hash(l.place, r.place) % 1000000 < {share}"
    )
