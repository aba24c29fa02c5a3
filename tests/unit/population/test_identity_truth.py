"""Scoring clusters by a truth file: against counting every pair, and what is refused."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.identity.truth import score

LINKED = st.dictionaries(
    st.integers(1, 12), st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1
)


def found_of(clusters: dict[int, int]) -> pa.Table:
    return pa.table(
        {
            "source": pa.array(["police"] * len(clusters), pa.string()),
            "source_key": pa.array([f"R{one}" for one in clusters], pa.string()),
            "cluster": pa.array(list(clusters.values()), pa.int64()),
        }
    )


def write_truth(people: dict[int, int], file: Path) -> Path:
    rows = {
        "source": ["police"] * len(people),
        "record_key": [f"R{one}" for one in people],
        "true_person": list(people.values()),
    }
    pq.write_table(pa.table(rows), file)
    return file


def sets_of(of: dict[int, int]) -> set[frozenset[int]]:
    found = defaultdict(set)
    for one, group in of.items():
        found[group].add(one)
    return {frozenset(group) for group in found.values()}


@given(LINKED)
@settings(max_examples=25, deadline=None)
def test_the_measures_are_those_of_counting_every_pair(linked):
    clusters = {one: cluster for one, (cluster, _) in linked.items()}
    people = {one: person for one, (_, person) in linked.items()}
    with TemporaryDirectory() as folder:
        scored = score(found_of(clusters), write_truth(people, Path(folder) / "truth.parquet"))
    told = {pair for pair in combinations(linked, 2) if len({clusters[one] for one in pair}) == 1}
    true = {pair for pair in combinations(linked, 2) if len({people[one] for one in pair}) == 1}
    pairs = scored.pairs
    assert (pairs.told, pairs.true, pairs.right) == (len(told), len(true), len(told & true))
    cuts, humans = sets_of(clusters), sets_of(people)
    whole = scored.clusters
    assert (whole.told, whole.true, whole.right) == (len(cuts), len(humans), len(cuts & humans))
    assert scored.largest_cluster == max(map(len, cuts))
    assert scored.mixed_clusters == sum(len({people[one] for one in cut}) > 1 for cut in cuts)
    assert (scored.records, scored.not_linked) == (len(linked), 0)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("truth.csv", "source,true_person\npolice,1\n", "no column record_key"),
        ("truth.csv", "source,record_key,true_person\npolice,other,1\n", "none of the records"),
        ("truth.csv", "", "truth.csv"),
        ("truth.parquet", "half", "cannot be read"),
        ("truth.txt", "x", "neither .csv nor .parquet"),
    ],
)
def test_a_file_that_is_no_truth_is_refused_in_words(tmp_path, name, text, words):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserMistake, match=words):
        score(found_of({1: 1}), file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserMistake, match="There is no file"):
        score(found_of({1: 1}), tmp_path / "truth.csv")
