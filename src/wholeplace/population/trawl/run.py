"""Running a trawl: derive what the scheme needs, ask every criterion, list who is left.

The criteria are the checked trees of `core.rules`, printed as SQL; three values throughout.
Every criterion is asked of everybody, so that each count is over everybody; facts read at a
person's own day are derived only for those whose day is known, and are unknown for the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.facts import Spells
from wholeplace.core.rules.printer import print_sql
from wholeplace.core.rules.schemes import AS_AT, Criterion, FactNeed, Scheme, needs
from wholeplace.population.engines.duckdb import EngineSettings, connect, identifier, parquet
from wholeplace.population.engines.duckdb.quoting import text_literal
from wholeplace.population.facts.fits import grouping_of
from wholeplace.population.facts.sql import FactQueries
from wholeplace.population.snapshot.islands import merge_sql
from wholeplace.population.snapshot.open import Snapshot
from wholeplace.population.trawl.permission import check_trawl
from wholeplace.population.trawl.result import CriterionCount, TrawlResult

_FLAGS = ("deceased", "do_not_contact", "unsafe_address")
_FITS = "fits"
_IN_ORDER = "SELECT * FROM found ORDER BY person_id"


def trawl(
    snapshot: Snapshot,
    scheme: Scheme,
    as_at: date,
    *,
    settings: EngineSettings = EngineSettings(),
) -> TrawlResult:
    """Everybody whom a scheme fits or may fit as at a day, with the list in memory.

    The list holds exactly the persons whom asking one by one would find.

    Raises:
        TrawlRefused, FactRefused: see `check_trawl`.
    """
    with _answered(snapshot, scheme, as_at, settings) as (engine, result):
        found: pa.Table = engine.sql(_IN_ORDER).to_arrow_table()
        return replace(result, found=found)


def trawl_to_file(
    snapshot: Snapshot,
    scheme: Scheme,
    as_at: date,
    out: Path,
    *,
    settings: EngineSettings = EngineSettings(),
) -> TrawlResult:
    """The same, with the list streamed to a Parquet file that appears whole or not at all."""
    part = out.with_name(f".{out.name}.part")
    with _answered(snapshot, scheme, as_at, settings, (out.parent,)) as (engine, result):
        target = text_literal(str(part.resolve()))
        engine.execute(f"COPY ({_IN_ORDER}) TO {target} (FORMAT parquet)")
    part.chmod(0o600)
    part.rename(out)
    return result


@contextmanager
def _answered(
    snapshot: Snapshot,
    scheme: Scheme,
    as_at: date,
    settings: EngineSettings,
    reads: tuple[Path, ...] = (),
) -> Iterator[tuple[duckdb.DuckDBPyConnection, TrawlResult]]:
    """An engine that holds the tables `answers` and `found`, and the counts."""
    check_trawl(snapshot, scheme, as_at)
    with connect(snapshot.path, settings, reads=reads) as engine:
        queries = _prepare(engine, snapshot, scheme, as_at)
        wanted = needs(scheme)
        engine.execute(f"CREATE TEMP TABLE answers AS {_answers(queries, scheme, wanted, as_at)}")
        _list(engine, snapshot, scheme)
        yield engine, _count(engine, snapshot, scheme, wanted, as_at)


def _prepare(
    engine: duckdb.DuckDBPyConnection, snapshot: Snapshot, scheme: Scheme, as_at: date
) -> FactQueries:
    """Merge spells that the snapshot has not merged so, and find each person's own days."""
    facts = scheme.place.facts
    islands: dict[str, str] = {}
    for name in dict.fromkeys(need.key.name for need in needs(scheme)):
        if not isinstance(facts[name].derive, Spells):
            continue
        made = grouping_of(facts[name])
        if made not in snapshot.manifest.groupings:
            islands[name] = identifier(f"islands of {name}")
            merged = merge_sql(made, parquet(snapshot.file(made.table)))
            engine.execute(f"CREATE TEMP TABLE {islands[name]} AS {merged}")
    queries = FactQueries(snapshot, facts, as_at, islands)
    for on in sorted({c.on for c in scheme.used_criteria()} - {AS_AT}):
        assumed = scheme.assume.get(on)
        days = queries.days(on, assumed if isinstance(assumed, date) else None)
        engine.execute(f"CREATE TEMP TABLE {queries.days_table(on)} AS {days}")
    return queries


def _answers(queries: FactQueries, scheme: Scheme, wanted: Sequence[FactNeed], as_at: date) -> str:
    """person_id, each criterion and whether the scheme fits: true, false, NULL for unknown."""

    def column(use: t.FactUse, on: str) -> str:
        return identifier(FactNeed(use.key, on).column)

    def asked(criterion: Criterion) -> str:
        rule = print_sql(criterion.rule.tree, as_at=as_at, fact_column=column, on=criterion.on)
        return f"{rule} AS {_column(criterion.key)}"

    criteria = ", ".join(asked(criterion) for criterion in scheme.used_criteria())
    fits = scheme.eligible.sql(_column)
    return (
        f"SELECT *, {fits} AS {_FITS} FROM ("
        f"SELECT person_id, {criteria} FROM ({queries.facts(wanted)}) AS facts) AS asked"
    )


def _column(key: str) -> str:
    """A criterion's column among the answers, apart from every other name there."""
    return identifier(f"criterion {key}")


def _count(
    engine: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    scheme: Scheme,
    wanted: Sequence[FactNeed],
    as_at: date,
) -> TrawlResult:
    """Every count, from how many persons share each pattern of answers."""
    keys = [criterion.key for criterion in scheme.used_criteria()]
    columns = ", ".join([*map(_column, keys), _FITS])
    patterns = engine.execute(
        f"SELECT {columns}, count(*) FROM answers GROUP BY {columns}"
    ).fetchall()
    totals = {True: 0, None: 0, False: 0}
    for *_, fits, persons in patterns:
        totals[fits] += persons
    basis = scheme.place.bases[scheme.lawful_basis]
    return TrawlResult(
        scheme=scheme.key,
        version=scheme.version,
        as_at=as_at,
        known_at=snapshot.manifest.known_at,
        lawful_basis={"key": scheme.lawful_basis, "name": basis.name, "law": basis.law},
        agencies=scheme.may_read,
        facts=tuple(need.column for need in wanted),
        people=sum(totals.values()),
        yes=totals[True],
        possible=totals[None],
        no=totals[False],
        funnel=_funnel(scheme, patterns),
        flagged=_flagged(engine),
    )


def _funnel(
    scheme: Scheme, patterns: Sequence[Sequence[bool | int | None]]
) -> tuple[CriterionCount, ...]:
    in_turn = scheme.eligible.kind == "criterion" or (
        scheme.eligible.kind == "all"
        and all(part.kind == "criterion" for part in scheme.eligible.parts)
    )
    counts = []
    for place, criterion in enumerate(scheme.used_criteria()):
        fell = {True: 0, None: 0, False: 0}
        left = 0
        for *answers, _, persons in patterns:
            fell[answers[place]] += int(persons or 0)  # type: ignore[index]
            if False not in answers[: place + 1]:
                left += int(persons or 0)
        counts.append(
            CriterionCount(
                key=criterion.key,
                text=criterion.text,
                on=criterion.on,
                yes=fell[True],
                no=fell[False],
                unknown=fell[None],
                left=left if in_turn else None,
            )
        )
    return tuple(counts)


def _list(engine: duckdb.DuckDBPyConnection, snapshot: Snapshot, scheme: Scheme) -> None:
    """Make the table `found`: who, which answer, what to heed, and each criterion."""
    answer = f"CASE WHEN {_FITS} THEN 'yes' ELSE 'possible' END AS answer"
    keys = [criterion.key for criterion in scheme.used_criteria()]
    criteria = ", ".join(f"{identifier(key)} := {_column(key)}" for key in keys)
    flags = "died_on IS NOT NULL AS deceased, do_not_contact, unsafe_address"
    engine.execute(
        f"CREATE TEMP TABLE found AS SELECT person_id, ref, {answer}, {flags}, "
        f"struct_pack({criteria}) AS criteria FROM {parquet(snapshot.file('persons'))} "
        f"JOIN (SELECT * FROM answers WHERE {_FITS} IS DISTINCT FROM false) AS those "
        "USING (person_id)"
    )


def _flagged(engine: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts = ", ".join(f"count(*) FILTER ({flag})" for flag in _FLAGS)
    (row,) = engine.execute(f"SELECT {counts} FROM found").fetchall()
    return dict(zip(_FLAGS, row, strict=True))
