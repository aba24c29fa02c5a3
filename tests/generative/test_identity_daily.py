"""A day's changes carried in against everybody linked again by the same figures."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wholeplace.population.engines.duckdb import EngineSettings
from wholeplace.population.identity import Block, LinkSettings, Model, link
from wholeplace.population.identity.block import Limits
from wholeplace.population.identity.daily import Changes, link_changes
from wholeplace.population.identity.guards import Guards
from wholeplace.population.identity.kept import people_of
from wholeplace.population.identity.people import BORN, FIRST, NHS, SURNAME
from wholeplace.population.identity.records import COLUMNS

Record = dict[str, Any]

# Few comparisons and blocks, and limits so low that keys grow too crowded from day to day.
MODEL = Model(
    (FIRST, SURNAME, BORN, NHS),
    (
        Block("NHS number", (("{}nhs",),)),
        Block("surname, or the former one", (("{}surname",), ("{}previous",))),
        Block("first name and birth date", (("{}canon", "{}born_key"),)),
    ),
)
SETTINGS = LinkSettings(
    model=MODEL,
    guards=Guards(number=3),
    limits=Limits(7, 50),
    join_bits=0.0,
    apart_bits=-12.0,
    engine=EngineSettings(threads=1, memory_limit="500MB"),
)
NUMBERS = ("9434765919", "4010232137", "9434765870", "4505577104", "4857773456")


def somebody(chance: random.Random) -> Record:
    """One of a few names, so that many records are alike and some conflict."""
    return {
        "source": chance.choice("ab"),
        "given_names": chance.choice(["Ann", "Annie", "Joan", "Kofi", "Reuben", "Zebedee"]),
        "family_name": chance.choice(["Oduya", "Smith", "Smyth", "Lindqvist", "Begum", "Okafor"]),
        "previous_family_name": chance.choice([None] * 6 + ["Smith", "Begum"]),
        "date_of_birth": date(1980, 3, 1) + timedelta(days=chance.randrange(8)),
        "sex": chance.choice("MF"),
        "nhs_number": chance.choice([None] * 6 + list(NUMBERS)),
    }


class Everybody:
    """All records as they stand, and what happens to them."""

    def __init__(self, seed: int, count: int) -> None:
        self.chance = random.Random(seed)
        self.records = {n: somebody(self.chance) for n in range(1, count + 1)}
        self.next = count + 1
        self.never: set[tuple[int, int]] = set()
        self.must: set[tuple[int, int]] = set()

    def day(self) -> tuple[set[int], set[int]]:
        """Some are put right, some go, some come (now and then a crowd), some are decided on."""
        chance, ids = self.chance, sorted(self.records)
        changed = set(chance.sample(ids, 3))
        gone = set(chance.sample(ids, 2)) - changed
        for n in changed:
            column = chance.choice(["given_names", "family_name", "date_of_birth", "nhs_number"])
            self.records[n] |= {column: somebody(chance)[column]}
        for n in gone:
            del self.records[n]
        crowd = {"family_name": "Okafor"} if chance.random() < 0.3 else {}
        for _ in range(6 if crowd else 2):
            self.records[self.next] = somebody(chance) | crowd
            changed.add(self.next)
            self.next += 1
        self.decide()
        return changed, gone

    def decide(self) -> None:
        """One pair more, and perhaps one fewer; never one against another."""
        for pairs in (self.never, self.must):
            if pairs and self.chance.random() < 0.5:
                pairs.remove(sorted(pairs)[0])
        one, other = self.chance.sample(sorted(self.records), 2)
        if self.chance.random() < 0.5:
            self.never.add((one, other))
        elif not self.never:
            self.must.add((one, other))

    def settings(self) -> LinkSettings:
        decided = {"never": tuple(sorted(self.never)), "must": tuple(sorted(self.must))}
        return replace(SETTINGS, **decided)

    def write(self, file: Path, only: set[int] | None = None) -> Path:
        ids = sorted(set(self.records) if only is None else only)
        columns = {
            column: pa.array(
                [self.records[n].get(column) for n in ids],
                pa.date32() if kind == "DATE" else pa.string(),
            )
            for column, kind in COLUMNS.items()
        }
        pq.write_table(pa.table({"record_id": pa.array(ids, pa.int64()), **columns}), file)
        return file


def held(folder: Path, name: str) -> list[tuple]:
    return duckdb.execute(f"FROM '{folder / name}.parquet' ORDER BY ALL").fetchall()


def people(folder: Path) -> list[tuple]:
    return duckdb.execute(f"FROM {people_of(folder)} AS people ORDER BY id").fetchall()


@pytest.mark.parametrize("seed", [2])
def test_days_carried_in_give_what_linking_everybody_by_the_same_figures_gives(
    tmp_path: Path, seed: int
) -> None:
    """Day after day, from what the day before left: the same rows in every file."""
    world = Everybody(seed, 45)
    link(world.write(tmp_path / "first.parquet"), tmp_path / "0", SETTINGS)
    crowded = 0
    for day in range(1, 6):
        before = tmp_path / str(day - 1)
        changed, gone = world.day()
        some = world.write(tmp_path / "some.parquet", changed)
        everybody = world.write(tmp_path / "everybody.parquet")
        now = link_changes(Changes(some, gone), before, tmp_path / str(day), world.settings())
        full = link(everybody, tmp_path / "full", world.settings(), given=before)
        for name in ("clusters", "edges", "apart", "unsure", "left_out", "frequencies"):
            assert held(now.folder, name) == held(full.folder, name), (day, name)
        assert people(now.folder) == people(full.folder)
        assert (now.records, now.edges, now.clusters) == (full.records, full.edges, full.clusters)
        assert now.changed == len(changed) + len(gone)
        assert now.comparisons <= full.comparisons
        crowded += sum(block.keys_left_out for block in now.blocks)
    assert crowded
