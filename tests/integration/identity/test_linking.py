"""From records to who is who: differences only, numbers that stay, and nothing when it fails."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
from django.conf import settings
from django.db import connection
from tests.folders import folders_of_the_dead
from tests.integration.identity.known import LOADERS, World

from wholeplace.cli import main
from wholeplace.core.identity.stable import settle
from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.flows import link_people as flow
from wholeplace.flows.identity_of_people import score_people, show_identity
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.identity.models import Identity, Link, LinkRun, Member

NAMES = ("Amina Begum", "Zoe Nguyen", "John Smith", "Kezia Brown", "Tom Okafor", "Grace Lindqvist")


def somebody(n: int) -> dict[str, object]:
    """What two agencies say alike of the nth person."""
    given, family = NAMES[n % 6].split()
    return {
        "given_names": given,
        "family_name": family,
        "date_of_birth": dt.date(1960 + n, 1 + n % 12, 2 + n % 20),
        "postcode": f"B{n + 1} 1AA",
        "phone": f"0121 496 {n:04}",
    }


TABLES = (Member, Identity, Link)


class Told:
    """An engine that is told which persons are one; the others are each alone."""

    def __init__(self, *together: set[int]) -> None:
        self.together = together
        self.read: list[dict] = []

    def __call__(self, records: Path, out: Path, progress) -> dict:
        out.mkdir()
        with duckdb.connect() as engine:
            rows = engine.execute(f"SELECT * FROM read_parquet('{records}')")
            names = [column[0] for column in rows.description]
            self.read = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
            people = [row["record_id"] for row in self.read]
            of = {one: min(group) for group in self.together for one in group}
            clusters = ", ".join(f"({one}, {of.get(one, one)})" for one in people)
            pairs = [
                (a, b, 20.0 - (a + b) % 7)
                for group in self.together
                for a in group
                for b in group
                if a < b
            ]
            edges = ", ".join(f"({a}, {b}, {w}, 0.9, 2, -1)" for a, b, w in pairs)
            for name, columns, values in (
                ("clusters", "record_id, cluster", clusters),
                ("edges", "a, b, weight, probability, gamma_name, gamma_nhs", edges),
            ):
                empty = ", ".join(["NULL"] * len(columns.split(",")))
                engine.execute(
                    f"COPY (SELECT * FROM (VALUES ({empty}){', ' if values else ''}{values})"
                    f" t({columns}) WHERE {columns.split(',')[0]} IS NOT NULL)"
                    f" TO '{out / name}.parquet' (FORMAT parquet)"
                )
        return {"peak_bytes": 1, "seconds": {"block": 0.1}}


def held(act) -> list[list[tuple]]:
    """Every row of who is who, as the linker reads it."""
    with act("system-linker", purpose="linking"):
        return [sorted(model.objects.values_list()) for model in TABLES]


def five(world: World) -> list[int]:
    for agency in LOADERS:
        world.know(f"ada-{agency}", agency)
    return [known.person_id for known in world.people.values()]


def test_a_second_linking_of_the_same_records_changes_nothing(act):
    world = World()
    a, b, c, *_ = five(world)
    engine = Told({a, b, c})
    first = flow.link_people(engine=engine)
    assert first.counts == {
        **{"first": 5, "joined": 0, "moved": 0, "merged": 0, "split": 0},
        **{"identities": 3, "links_put": 2, "links_taken": 0},
    }
    before = held(act)
    second = flow.link_people(engine=engine)
    assert second.changed == 0
    assert held(act) == before
    with act("system-linker", purpose="linking"):
        assert LinkRun.objects.count() == 2
        assert Event.objects.filter(action="identity.link").count() == 2
    with act("amina.begum"):
        assert world.seen("identity") == {"ada-council-benefits", "ada-council-housing"}


def test_only_what_differs_is_written_and_the_history_says_why(act):
    """Given linked people, when one joins, one is split off and two merge, each is told."""
    world = World()
    a, b, c, d, e = five(world)
    flow.link_people(engine=Told({a, b, c}, {d, e}))
    with act("system-linker", purpose="linking"):
        kept = Member.objects.get(person_id=a)
    f = world.know("ben-police", "police").person_id
    outcome = flow.link_people(engine=Told({a, b, f}, {c, d, e}))
    assert {why: outcome.counts[why] for why in ("joined", "moved", "first")} == {
        "joined": 1,
        "moved": 1,
        "first": 0,
    }
    flow.link_people(engine=Told({a, b}, {c, d, e, f}))
    flow.link_people(engine=Told({a, b, c, d, e, f}))
    with act("system-linker", purpose="linking"):
        assert Member.objects.filter(pk=kept.pk, superseded_at__isnull=False).exists()
        assert Member.objects.filter(person_id=f, superseded_at=None).count() == 1
        ref = Identity.objects.get(members__person_id=d, members__superseded_at=None).ref
    shown = show_identity(ref)
    words = [line.words.partition(" ")[2] for line in shown.lines if line.until is None]
    assert len(words) == 6
    assert sum("went into" in line for line in words) == 2  # a and b came last
    assert {line.person_ref for line in shown.lines} == {k.ref for k in world.people.values()}
    assert len(shown.pairs) == 5
    assert dict(shown.pairs[0].levels) == {"name": 2, "nhs": -1}
    assert show_identity(world.people["ben-police"].ref.lower()) == shown


def test_somebody_whom_the_files_hold_no_more_stays_who_they_were(act):
    world = World()
    a, b, *_ = five(world)
    flow.link_people(engine=Told({a, b}))
    with act("system-loader"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_resident SET superseded_at = now() WHERE person_id = %s", [a]
        )
    outcome = flow.link_people(engine=Told())
    assert (outcome.records, outcome.changed) == (4, 0)
    with act("amina.begum"):
        assert world.seen("identity") == {"ada-council-benefits", "ada-council-housing"}


def test_what_is_written_is_what_settling_everything_would_say(act):
    """Random clusters, run after run: the fast way writes what the slow one says."""
    world, draw = World(), random.Random(7)
    people = [world.know(f"{n}-p", draw.choice(list(LOADERS))).person_id for n in range(9)]
    expected: dict[int, int] = {}
    for _ in range(8):
        part = {one: draw.randint(1, 5) for one in people}
        groups: dict[int, set[int]] = defaultdict(set)
        for one, group in part.items():
            groups[group].add(one)
        flow.link_people(engine=Told(*groups.values()))
        settled = settle(expected, groups)
        new = sorted((min(groups[g]), g) for g in groups if g not in settled.goes_on)
        with act("system-linker", purpose="linking"):
            rows = Member.objects.filter(superseded_at=None)
            written = dict(rows.values_list("person_id", "identity_id"))
            links = set(Link.objects.values_list("a_id", "b_id"))
        highest = max([0, *(i for _, i in world_identities(act))]) - len(new)
        numbers = settled.goes_on | {g: highest + n for n, (_, g) in enumerate(new, 1)}
        expected = {one: numbers[group] for one, group in part.items()}
        assert written == expected
        assert len(links) == len(people) - len(groups)
        assert all(part[a] == part[b] for a, b in links)


def world_identities(act) -> list[tuple[str, int]]:
    with act("system-linker", purpose="linking"):
        return list(Identity.objects.values_list("ref", "pk"))


def test_what_is_compared_is_what_tells_people_apart_with_their_latest_home(act):
    world = World()
    benefits = world.know("ada", "council-benefits", ni_number="QQ123456C")
    schools = world.know("bea", "schools", upn="A1", postcode="B2 2BB", line_2="Flat 2")
    with act("system-loader"), connection.cursor() as cursor:
        for key, start, end in (("old", "2019-01-01", "2020-01-01"), ("new", "2020-01-02", None)):
            cursor.execute(
                "INSERT INTO records_address (agency_id, load_id, source_key, row_hash,"
                " recorded_at, line_1, postcode)"
                " VALUES (wp_agency(), 1, %s, gen_random_uuid(), now(), %s, %s)",
                [key, f"{key} street", "B3 3CC"],
            )
            cursor.execute(
                "INSERT INTO records_household (agency_id, load_id, source_key, row_hash,"
                " recorded_at, uprn, from_date, to_date)"
                " VALUES (wp_agency(), 1, %s, gen_random_uuid(), now(), %s, %s, %s)",
                [key, key, start, end],
            )
            cursor.execute(
                "INSERT INTO records_member (agency_id, load_id, source_key, row_hash,"
                " recorded_at, person_id, household_key, role, from_date, to_date) VALUES"
                " (wp_agency(), 1, %s, gen_random_uuid(), now(), %s, %s, 'claimant', %s, %s)",
                [key, benefits.person_id, key, start, end],
            )
    engine = Told()
    flow.link_people(engine=engine)
    one, other = sorted(engine.read, key=lambda row: row["source"])
    assert (one["record_id"], one["source"]) == (benefits.person_id, "council-benefits")
    assert (one["line_1"], one["postcode"], one["uprn"]) == ("new street", "B3 3CC", "new")
    assert one["ni_number"] == "QQ123456C"
    assert (other["record_id"], other["upn"]) == (schools.person_id, "A1")
    assert (other["line_1"], other["line_2"], other["postcode"]) == (None, "Flat 2", "B2 2BB")
    known = {"record_id", "source", "source_key", "given_names", "family_name", "known_as", "sex"}
    known |= {"previous_family_name", "date_of_birth", "nhs_number", "upn", "ni_number", "phone"}
    assert set(one) == known | {"email", "line_1", "line_2", "uprn", "postcode"}


def test_a_linking_that_fails_has_not_happened_and_leaves_no_file(act):
    world = World()
    a, b, *_ = five(world)
    flow.link_people(engine=Told({a, b}))
    before = held(act)
    left = Path(settings.HOME) / "linking" / "999999999-x"
    left.mkdir(parents=True)

    def fails(records: Path, out: Path, progress) -> dict:
        Told()(records, out, progress)
        raise MemoryError

    def spoiled(records: Path, out: Path, progress) -> dict:
        out.mkdir()
        (out / "clusters.parquet").write_bytes(b"half")
        return {}

    for engine, error in ((fails, MemoryError), (spoiled, duckdb.Error)):
        with pytest.raises(error):
            flow.link_people(engine=engine)
        assert held(act) == before
        assert folders_of_the_dead("linking") == []
    assert LinkRun.objects.count() == 0  # nobody acts


def test_nothing_to_link_and_nothing_linked_are_said(act, tmp_path):
    act("system-linker")
    with pytest.raises(flow.NothingToLink, match="no records"):
        flow.link_people(engine=Told())
    with pytest.raises(UserMistake, match="Nothing has been linked"):
        score_people(tmp_path / "truth.csv")
    with pytest.raises(NotFound):
        show_identity("W0000000")


def test_a_linking_is_scored_by_the_truth(act, tmp_path):
    world = World()
    a, b, c, *_ = five(world)
    flow.link_people(engine=Told({a, b, c}))
    lines = ["source,record_key,true_person"]
    for label, known in world.people.items():
        true = "2" if known.person_id == c else "1"
        lines.append(f"{label.removeprefix('ada-')},R{known.person_id},{true}")
    truth = tmp_path / "truth.csv"
    truth.write_text("\n".join([*lines, "police,unknown,9"]), encoding="utf-8")
    scored, figures = score_people(truth)
    assert scored.as_data() == {
        "records": 5,
        "not_linked": 1,
        "pairs": {
            **{"told": 3, "true": 6, "right": 1},
            **{"precision": 0.333333, "recall": 0.166667, "f1": 0.222222},
        },
        "clusters": {
            **{"told": 3, "true": 2, "right": 0},
            **{"precision": 0.0, "recall": 0.0, "f1": 0.0},
        },
        "largest_cluster": 3,
        "mixed_clusters": 1,
    }
    assert figures["seconds"]["block"] == 0.1
    assert figures["peak_bytes"] == 1


def test_bad_input_ends_with_2_and_says_why(act, tmp_path, capsys):
    act("system-linker")
    spoiled = tmp_path / "truth.csv"
    spoiled.write_text("a,b\n1,2\n", encoding="utf-8")
    for arguments, words in (
        (["score", "--truth", str(tmp_path / "none.csv")], "There is no file"),
        (["score", "--truth", str(spoiled)], "Nothing has been linked yet"),
        (["show", "W0000000"], "There is no identity or person"),
        (["link"], "There are no records to compare"),
    ):
        assert main.run(["identity", *arguments], log_folder=tmp_path) == 2
        assert words in capsys.readouterr().err
    five(World())
    flow.link_people(engine=Told())
    assert main.run(["identity", "score", "--truth", str(spoiled)], log_folder=tmp_path) == 2
    assert "has no column source" in capsys.readouterr().err


def test_the_population_engine_links_and_the_commands_tell_of_it(act, tmp_path, capsys):
    """Given three people known to two agencies each, then `link`, `score` and `show` say so."""
    world = World()
    lines = ["source,record_key,true_person"]
    for n in range(3):
        for agency in ("council-benefits", "council-housing"):
            known = world.know(f"{n}-{agency}", agency, **somebody(n))
            lines.append(f"{agency},R{known.person_id},{n}")
    truth = tmp_path / "truth.csv"
    truth.write_text("\n".join(lines), encoding="utf-8")
    assert main.run(["identity", "link", "--json"], log_folder=tmp_path) == 0
    linked = json.loads(capsys.readouterr().out)
    assert (linked["records"], linked["counts"]["identities"]) == (6, 3)
    assert (
        main.run(["identity", "score", "--truth", str(truth), "--json"], log_folder=tmp_path) == 0
    )
    scored = json.loads(capsys.readouterr().out)
    assert (scored["pairs"]["f1"], scored["clusters"]["f1"], scored["mixed_clusters"]) == (1, 1, 0)
    assert scored["peak_bytes"] > 1_000_000
    assert {"reading", "linking", "writing", "block", "cluster"} <= set(scored["seconds"])
    ref = world.people["0-council-housing"].ref
    assert main.run(["identity", "show", ref], log_folder=tmp_path) == 0
    told = capsys.readouterr().out
    assert all(known in told for known in (ref, "council-benefits", "council-housing", " bits ("))
    assert main.run(["identity", "link"], log_folder=tmp_path) == 0
    assert "Nothing has changed." in capsys.readouterr().out
    with act("system-linker", purpose="linking"):
        seen = Event.objects.get(action="identity.view")
        assert seen.people == sorted(
            one.person_id for label, one in world.people.items() if label.startswith("0-")
        )
