"""The day after of a small city, carried into its linking."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from bench.daily import otherwise, split_days

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.city.next_day import Next, make_next
from wholeplace.population.identity import Linked, LinkSettings, link, score
from wholeplace.population.identity.daily import Changes, link_changes


def test_the_day_after_of_a_city_is_carried_in(city: Path, linked: Linked, tmp_path: Path) -> None:
    """As linking everybody by the same figures; and nearly as by figures learnt that day."""
    make_next(Next(city, 0.03), tmp_path / "next")
    split_days(city, tmp_path / "next", tmp_path)
    second = tmp_path / "second.parquet"
    gone = [n for (n,) in duckdb.execute(f"FROM '{tmp_path / 'gone.parquet'}'").fetchall()]
    changes = Changes(tmp_path / "changes.parquet", gone)
    now = link_changes(changes, linked.folder, tmp_path / "now")
    assert now.changed is not None
    assert now.touched is not None
    assert 0.005 < now.changed / now.records < 0.1
    assert now.touched < 0.3 * now.records
    same = link(second, tmp_path / "same", given=linked.folder)
    assert otherwise(now.folder, same.folder) == 0
    assert (now.records, now.edges, now.clusters) == (same.records, same.edges, same.clusters)
    anew = link(second, tmp_path / "anew")
    assert otherwise(now.folder, anew.folder) <= 0.01 * now.records
    truth = tmp_path / "next" / "truth.csv"
    found, learnt = (score(one.folder, second, truth).clustered.pairs for one in (now, anew))
    assert found.f1 >= learnt.f1 - 0.002


def test_changes_go_into_no_linking_by_other_settings(linked: Linked, tmp_path: Path) -> None:
    changes = Changes(tmp_path / "changes.parquet")
    with pytest.raises(UserMistake, match="into which changes fit"):
        link_changes(changes, linked.folder, tmp_path / "out", LinkSettings(join_bits=3.0))
    with pytest.raises(UserMistake, match="into which changes fit"):
        link_changes(changes, tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
