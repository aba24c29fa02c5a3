"""The index of everybody: what a linking writes into it, and who may read it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import connection
from tests.integration.identity.indexed import intake_world
from tests.integration.identity.known import LOADERS, World

from wholeplace.core.kernel.errors import Refused
from wholeplace.flows import link_people as flow
from wholeplace.flows.match_record import current_matcher, weigh
from wholeplace.population.identity import LinkSettings, link
from wholeplace.rooms.identity import matching
from wholeplace.rooms.identity.models import Figures, Indexed, Key, Share
from wholeplace.rooms.records.models import Resident

TABLES = (Indexed, Key, Share, Figures)
GIVEN = ("Amina", "Zoe", "John", "Kezia", "Tom", "Grace")
FAMILY = ("Begum", "Nguyen", "Smith", "Brown", "Okafor", "Lindqvist")


def somebody(n: int) -> dict[str, Any]:
    """What two agencies say alike of the nth person."""
    return {
        "given_names": GIVEN[n % 6],
        "family_name": FAMILY[n * 5 % 6],
        "date_of_birth": dt.date(1960 + n, 1 + n % 12, 2 + n % 20),
        "postcode": f"B{n + 1} 1AA",
        "line_1": f"{n} Long Road",
    }


def held(act: Any) -> list[list[tuple[Any, ...]]]:
    with act("system-linker", purpose="linking"):
        return [sorted(model.objects.values_list(), key=str) for model in TABLES]


def test_a_linking_writes_the_index_and_only_what_differs(act, monkeypatch):
    """Given linked people, a record is weighed as the linking weighed it; then one is corrected."""
    world = World()
    for n in range(6):
        for agency in ("council-benefits", "council-housing"):
            world.know(f"{n}-{agency}", agency, **somebody(n))
    edges: dict[frozenset[int], float] = {}

    def engine(records: Path, out: Path, progress: Any) -> dict[str, Any]:
        link(records, out, LinkSettings(review_bits=-50.0))
        rows = duckdb.sql(f"SELECT a, b, weight FROM '{out / 'edges.parquet'}'").fetchall()
        edges.update({frozenset((a, b)): weight for a, b, weight in rows})
        return {}

    first = flow.link_people(engine=engine)
    assert first.figures["index_put"] == 12
    kept = held(act)
    assert [len(rows) > 0 for rows in kept] == [True] * 4
    again = flow.link_people(engine=engine)
    assert {name: again.figures[name] for name in ("index_put", "index_taken", "shares_put")} == {
        "index_put": 0, "index_taken": 0, "shares_put": 0,
    }  # fmt: skip
    assert held(act) == kept
    with act("system-linker", purpose="linking"):
        matcher = current_matcher()
        row = somebody(3) | {"source": "council-housing"}
        weighed = weigh(matcher, matcher.ready(row)).alike
        one = world.people["3-council-housing"].person_id
        by_splink = {
            next(iter(pair - {one})): weight for pair, weight in edges.items() if one in pair
        }
        for alike in weighed:
            if alike.id != one:  # a record matches itself, and linking asks that of none
                assert alike.weight == pytest.approx(by_splink[alike.id], abs=0.01)
        assert weighed[0].id in (one, world.people["3-council-benefits"].person_id)
        assert len(weighed) > 1
    _say_anew(act, one, family_name="Changed")
    assert flow.link_people(engine=engine).figures["index_put"] == 1
    with act("system-linker", purpose="linking"):
        changed = Indexed.objects.get(pk=one)
        assert "changed" in changed.told
        assert set(Key.objects.filter(person_id=one).values_list("key", flat=True)) == set(
            changed.keys
        )


def _say_anew(act: Any, person: int, **said: Any) -> None:
    with act(LOADERS["council-housing"], purpose="loading"):
        was = Resident.objects.get(person_id=person, superseded_at=None)
        now = was.recorded_at + dt.timedelta(days=1)
        Resident.objects.filter(pk=was.pk).update(superseded_at=now)
        was.pk, was.recorded_at = None, now
        for name, value in said.items():
            setattr(was, name, value)
        was.save(force_insert=True)


def test_nobody_but_the_linkers_account_reads_or_writes_the_index(act):
    intake_world(act)
    for reader in ("amina.begum", "nadia.hussain", "owen.pryce", "system-loader", "system-worker"):
        with act(reader, purpose="casework"):
            for table in TABLES:
                assert not table.objects.exists(), (reader, table)
            assert matching.whose([1, 2, 3]) == {}
            with pytest.raises(Refused):
                matching.put_person(1, told="", keys=[1])
    with act("system-linker", purpose="linking"):
        assert [table.objects.exists() for table in TABLES] == [True] * 4


def test_a_key_is_found_by_its_index_under_row_security(act):
    intake_world(act)
    with act("system-linker", purpose="linking"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + matching._CANDIDATES, [[1, 2, 3]])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "identity_key_pkey" in plan and "identity_indexed_pkey" in plan
    assert "Seq Scan" not in plan
