"""Scores by counting groups against scores by looking at every pair."""

from __future__ import annotations

import duckdb
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wholeplace.core.identity.scoring import score_clusters, score_pairs
from wholeplace.population.identity.scores import score_tables

records = st.integers(0, 11)
named = st.integers(0, 4)


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(records, named),
    st.dictionaries(records, named),
    st.sets(st.tuples(records, records).filter(lambda pair: pair[0] < pair[1]), max_size=20),
)
@example({}, {}, set())
def test_counting_groups_gives_what_looking_at_every_pair_gives(
    clusters: dict[int, int], people: dict[int, int], told: set[tuple[int, int]]
) -> None:
    person = {record: who for record, who in people.items() if record in clusters}
    with duckdb.connect() as engine:
        engine.register("clusters_given", _table(clusters, "cluster"))
        engine.register("people_given", _table(people, "person"))
        engine.register("told", _edges(told))
        engine.execute(
            "CREATE TABLE clustered AS SELECT record AS record_id, 'a' AS source, "
            "record::VARCHAR AS source_key, cluster FROM clusters_given"
        )
        engine.execute(
            "CREATE TABLE truth AS SELECT 'a' AS source, record::VARCHAR AS record_key, "
            "'T' || person AS true_person FROM people_given"
        )
        found = score_tables(engine, "clustered", "told")
    assert found.clustered == score_clusters(clusters, people)
    assert found.pairs == score_pairs(told, person)
    assert (found.records, found.known) == (len(clusters), len(person))


def _table(held: dict[int, int], name: str) -> pa.Table:
    return pa.table(
        {
            "record": pa.array(list(held), pa.int64()),
            name: pa.array(list(held.values()), pa.int64()),
        }
    )


def _edges(told: set[tuple[int, int]]) -> pa.Table:
    pairs = sorted(told)
    return pa.table({n: pa.array([p[i] for p in pairs], pa.int64()) for i, n in enumerate("ab")})
