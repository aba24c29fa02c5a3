"""Spells that a trawl merges itself, where the snapshot has not merged them as a fact now says."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from wholeplace.core.rules.facts import Spells
from wholeplace.core.rules.schemes import Scheme, needs
from wholeplace.population.engines.duckdb import identifier
from wholeplace.population.facts.fits import grouping_of
from wholeplace.population.snapshot.islands import merge_sql
from wholeplace.population.snapshot.open import Snapshot


def merge_spells(
    engine: duckdb.DuckDBPyConnection, snapshot: Snapshot, schemes: Iterable[Scheme]
) -> dict[str, str]:
    """Make a table of each grouping that these schemes read and the snapshot lacks.

    Also of those that only a person's own day is worked out from. The schemes mean the same by
    a fact's name.

    Returns:
        grouping → table, as `FactQueries` takes them.
    """
    read = {need.key.name: scheme.place.facts for scheme in schemes for need in needs(scheme)}
    islands: dict[str, str] = {}
    for name, facts in read.items():
        if not isinstance(facts[name].derive, Spells):
            continue
        made = grouping_of(facts[name])
        if made not in snapshot.manifest.groupings:
            islands[made.name] = identifier(f"islands of {made.name}")
            merged = merge_sql(made, snapshot.source(made.table))
            engine.execute(f"CREATE TEMP TABLE {islands[made.name]} AS {merged}")
    return islands
