"""Merging spells: once for a snapshot, for each fact that measures unbroken time.

A *stretch* is days covered without a break by spells of the chosen kinds (overlapping, nested,
adjacent or equal ones are one stretch). Stretches that lie no more than the permitted gap apart
are linked: time then runs on from the first. Each stretch keeps the day from which time had run
when it began, so a fact read as at a day inside a gap cannot be reached by a spell that begins
after that day.

* An end is the last day included; an empty end is still running.
* A spell that ends before it starts is left out and counted in the manifest.
* A spell whose start is not known gives a row without dates: the person's time is unknown at
  every day, never nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from wholeplace.population.engines.duckdb.quoting import identifier, text_list, text_literal

FOREVER = date.max


@dataclass(frozen=True)
class Grouping:
    """Which spells count as one, and across what gap.

    Attributes:
        name: the fact's name.
        table: the table of spells.
        column: the column that holds a spell's kind.
        kinds: the kinds that count.
        permitted_gap_days: days without a spell that do not break the time.
    """

    name: str
    kinds: tuple[str, ...]
    permitted_gap_days: int = 0
    table: str = "benefit_spells"
    column: str = "benefit"


@dataclass(frozen=True)
class Island:
    """One stretch and the time that had run when it began; without dates, an unknown start.

    Attributes:
        start_date: the day from which unbroken time runs, across permitted gaps before it.
        end_date: the stretch's last day; None is still running.
        stretch_start: the stretch's first day.
    """

    start_date: date | None
    end_date: date | None
    stretch_start: date | None


_MERGE = """
WITH chosen AS (
    SELECT {by}, start_date AS first_day, coalesce(end_date, {forever}) AS last_day
    FROM {spells} WHERE {kind} IN {kinds}
), known AS (
    SELECT *, max(last_day) OVER (
        PARTITION BY {by} ORDER BY first_day, last_day
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_to
    FROM chosen WHERE first_day IS NOT NULL AND last_day >= first_day
), numbered AS (
    SELECT {by}, first_day, last_day,
        count(*) FILTER (covered_to IS NULL OR first_day - covered_to > 1) OVER w AS stretch,
        count(*) FILTER (covered_to IS NULL OR first_day - covered_to > 1 + {gap}) OVER w AS island
    FROM known WINDOW w AS (
        PARTITION BY {by} ORDER BY first_day, last_day ROWS UNBOUNDED PRECEDING)
), stretches AS (
    SELECT {by}, island, min(first_day) AS stretch_start,
        nullif(max(last_day), {forever}) AS end_date
    FROM numbered GROUP BY {by}, island, stretch
)
SELECT {by}, {name} AS "grouping",
    min(stretch_start) OVER (PARTITION BY {by}, island) AS start_date,
    end_date, stretch_start
FROM stretches
UNION ALL
SELECT DISTINCT {by}, {name}, NULL::DATE, NULL::DATE, NULL::DATE
FROM chosen WHERE first_day IS NULL
"""


def merge_sql(grouping: Grouping, spells: str, by: Sequence[str] = ("person_id",)) -> str:
    """A query for the islands of one grouping: `by`, grouping and the dates of `Island`.

    Args:
        grouping: what counts.
        spells: the table of spells, as it stands after FROM.
        by: the columns whose spells are merged with each other: a person's, or a person's as
            known at a moment.
    """
    return _MERGE.format(
        by=", ".join(identifier(name) for name in by),
        forever=f"DATE '{FOREVER.isoformat()}'",
        spells=spells,
        kind=identifier(grouping.column),
        kinds=text_list(grouping.kinds),
        gap=int(grouping.permitted_gap_days),
        name=text_literal(grouping.name),
    )


def merge_slowly(
    spells: Iterable[tuple[date | None, date | None]], permitted_gap_days: int
) -> list[Island]:
    """The islands of one person's chosen spells, written to be read and not to be quick.

    Args:
        spells: (first day, last day or None) of each spell of the chosen kinds.
        permitted_gap_days: days without a spell that do not break the time.

    Returns:
        Islands by first day; first the one without dates when some start is not known.
    """
    listed = list(spells)
    stretches = _stretches(
        sorted((first, last or FOREVER) for first, last in listed if first is not None)
    )
    islands = [Island(None, None, None)] if any(first is None for first, _ in listed) else []
    running_from = date.min
    previous_end: date | None = None
    for first, last in stretches:
        if previous_end is None or (first - previous_end).days > 1 + permitted_gap_days:
            running_from = first
        previous_end = last
        islands.append(Island(running_from, None if last == FOREVER else last, first))
    return islands


def _stretches(spells: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
    """Days covered without a break, from spells in order of their first day."""
    stretches: list[tuple[date, date]] = []
    for first, last in spells:
        if last < first:
            continue
        if stretches and (first - stretches[-1][1]).days <= 1:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], last))
        else:
            stretches.append((first, last))
    return stretches
