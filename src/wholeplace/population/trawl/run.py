"""Running a trawl: ask every criterion, list whom the scheme fits or may fit, count the rest.

The criteria are the checked trees of `core.rules`, printed as SQL; three values throughout.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.engines.duckdb import EngineSettings, identifier
from wholeplace.population.engines.duckdb.quoting import text_literal
from wholeplace.population.snapshot.open import Snapshot, reader
from wholeplace.population.trawl.asking import Asked, Asker
from wholeplace.population.trawl.patterns import decode_sql
from wholeplace.population.trawl.permission import check_trawl
from wholeplace.population.trawl.result import FLAGS, FLAGS_SQL, TrawlResult
from wholeplace.population.trawl.subjects import UNITS, with_members

_IN_ORDER = "SELECT * FROM found ORDER BY person_id"


def trawl(
    snapshot: Snapshot,
    scheme: Scheme,
    as_at: date,
    *,
    known_at: datetime | None = None,
    count_everybody: bool = False,
    settings: EngineSettings = EngineSettings(),
) -> TrawlResult:
    """Everybody whom a scheme fits or may fit as at a day, with the list in memory.

    The list holds exactly the persons whom asking one by one would find.

    Args:
        known_at: only what had been recorded by then counts; None: by the snapshot's moment.
        count_everybody: ask every criterion of everybody, also of those whom another one has
            ruled out, so that each criterion's counts are over everybody.

    Raises:
        TrawlRefused, FactRefused: see `check_trawl`.
        NotYetKnown: the snapshot was made before `known_at`.
    """
    snapshot = snapshot.as_known(known_at)
    with _answered(snapshot, scheme, as_at, count_everybody, settings) as (engine, result):
        found: pa.Table = engine.sql(_IN_ORDER).to_arrow_table()
        return replace(result, found=found)


def trawl_to_file(
    snapshot: Snapshot,
    scheme: Scheme,
    as_at: date,
    out: Path,
    *,
    known_at: datetime | None = None,
    count_everybody: bool = False,
    settings: EngineSettings = EngineSettings(),
) -> TrawlResult:
    """The same, with the list streamed to a Parquet file that appears whole or not at all."""
    snapshot = snapshot.as_known(known_at)
    part = out.with_name(f".{out.name}.part")
    everywhere = (snapshot, scheme, as_at, count_everybody, settings, (out.parent,))
    with _answered(*everywhere) as (engine, result):
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
    everybody: bool,
    settings: EngineSettings,
    reads: tuple[Path, ...] = (),
) -> Iterator[tuple[duckdb.DuckDBPyConnection, TrawlResult]]:
    """An engine that holds the table `found`, and the counts."""
    check_trawl(snapshot, scheme, as_at)
    with reader(snapshot, settings, reads=reads) as engine:
        asked = Asker(engine, snapshot, scheme, as_at).ask(everybody=everybody)
        answers = {True: 0, None: 0}
        those: dict[bool | None, list[str]] = {True: [], None: []}
        for pattern, persons in asked.patterns.items():
            fits = asked.truth(scheme, pattern)
            if fits is not False:
                answers[fits] += persons
                those[fits].append(str(pattern))
        _list(engine, snapshot, scheme, as_at, asked, those)
        yield engine, _result(engine, snapshot, scheme, as_at, asked, answers)


def _list(
    engine: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    scheme: Scheme,
    as_at: date,
    asked: Asked,
    those: dict[bool | None, list[str]],
) -> None:
    """Make the table `found`: who, which answer, what to heed, and each criterion."""
    places = {criterion.key: place for place, criterion in enumerate(asked.criteria)}
    criteria = ", ".join(
        f"{identifier(each.key)} := {decode_sql('pattern', places[each.key])}"
        for each in scheme.used_criteria()
    )
    yes, found = _among(those[True]), _among([*those[True], *those[None]])
    of_units = scheme.about in UNITS
    engine.execute(
        f"CREATE TEMP TABLE {'those_found' if of_units else 'found'} AS SELECT person_id, ref, "
        f"CASE WHEN {yes} THEN 'yes' ELSE 'possible' END AS answer, {FLAGS_SQL}, "
        f"struct_pack({criteria}) AS criteria FROM {snapshot.source('persons')} AS persons "
        f"JOIN (SELECT * FROM {asked.table} WHERE {found}) AS those USING (person_id)"
    )
    if of_units:
        units = with_members(snapshot, scheme, as_at, "those_found")
        engine.execute(f"CREATE TEMP TABLE found AS {units}")


def _among(patterns: list[str]) -> str:
    return f"pattern IN ({', '.join(patterns)})" if patterns else "false"


def _result(
    engine: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    scheme: Scheme,
    as_at: date,
    asked: Asked,
    answers: dict[bool | None, int],
) -> TrawlResult:
    return TrawlResult.of(
        snapshot,
        scheme,
        as_at,
        people=_people(engine, snapshot),
        yes=answers[True],
        possible=answers[None],
        funnel=asked.counts,
        flagged=_flagged(engine),
    )


def _people(engine: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> int:
    """Everybody whom the snapshot knows at its moment."""
    if snapshot.earlier is None:
        return snapshot.manifest.rows["persons"]
    rows = engine.execute(f"SELECT count(*) FROM {snapshot.source('persons')}").fetchall()
    return int(rows[0][0])


def _flagged(engine: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts = ", ".join(f"count(*) FILTER ({flag})" for flag in FLAGS)
    (row,) = engine.execute(f"SELECT {counts} FROM found").fetchall()
    return dict(zip(FLAGS, row, strict=True))
