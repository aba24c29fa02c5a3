"""A linking engine that is told what pairs weigh, and minds what people have decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from wholeplace.population.identity.cluster import cluster
from wholeplace.population.identity.settings import LinkSettings, pairs_of
from wholeplace.rooms.identity.decisions import in_force

Pair = tuple[int, int]
SETTINGS = LinkSettings()


class Weighed:
    """Pairs by weight, and pairs held apart; whatever else is the population engine's own."""

    def __init__(self, weights: Mapping[Pair, float], apart: Iterable[Pair] = ()) -> None:
        self.weights = {tuple(sorted(pair)): weight for pair, weight in weights.items()}
        self.apart = sorted(tuple(sorted(pair)) for pair in apart)

    def __call__(self, records: Path, out: Path, progress: object) -> dict[str, object]:
        out.mkdir()
        people = np.sort(np.array(pq.read_table(records)["record_id"], dtype=np.int64))
        here = {int(one) for one in people}
        edges = [(a, b, w) for (a, b), w in self.weights.items() if {a, b} <= here]
        apart = [(a, b) for a, b in self.apart if {a, b} <= here]
        must, never = in_force()
        joining = [edge for edge in edges if edge[2] >= SETTINGS.join_bits]
        found = cluster(
            people,
            *(np.array([edge[n] for edge in joining], dtype=np.int64) for n in (0, 1)),
            np.array([edge[2] for edge in joining], dtype=np.float64),
            never=pairs_of(never),
            must=pairs_of(must),
            apart=pairs_of(apart),
        )
        of = dict(zip(people.tolist(), found.tolist(), strict=True))
        _write(out / "clusters.parquet", {"record_id": people, "cluster": found})
        _write(out / "apart.parquet", _pairs(apart))
        _write(
            out / "edges.parquet",
            _pairs(edges) | {"weight": _weights(edges), "gamma_name": _ones(edges)},
        )
        asked = [(a, b, w) for a, b, w in edges if of[a] != of[b] and w >= SETTINGS.review_bits]
        why = ["between" if w < SETTINGS.join_bits else "refused" for *_, w in asked]
        levels = pa.array([[1]] * len(asked), pa.list_(pa.int8()))
        _write(
            out / "unsure.parquet",
            _pairs(asked)
            | {"weight": _weights(asked), "levels": levels, "why": pa.array(why, pa.string())},
        )
        return {"prior_bits": -10.0, "bits": {"name": [-1.0, 12.5]}}


def _write(file: Path, columns: dict[str, object]) -> None:
    pq.write_table(pa.table(columns), file)


def _pairs(rows: list) -> dict[str, object]:
    return {name: pa.array([row[n] for row in rows], pa.int64()) for n, name in enumerate("ab")}


def _weights(rows: list) -> pa.Array:
    return pa.array([row[2] for row in rows], pa.float64())


def _ones(rows: list) -> pa.Array:
    return pa.array([1] * len(rows), pa.int8())


def rows_of(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def who_is_who(act) -> dict[int, int]:
    """Person → identity, as the linker reads it."""
    with act("system-linker", purpose="linking"):
        return dict(
            rows_of(
                "SELECT person_id, identity_id FROM identity_member WHERE superseded_at IS NULL"
            )
        )
