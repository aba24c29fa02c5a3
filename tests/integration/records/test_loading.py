"""Loading an extract: twice without effect, corrections beside what they correct."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from tests.integration.records.extracts import load, row, small_extract, write

from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records.models import STATEMENTS, Address, BenefitSpell, Load, Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def tables():
    return small_extract()


def counts(outcome, name):
    found = outcome.counts[name]
    return (found.added, found.changed, found.same, found.set_aside, found.ended)


def everything():
    """Every stored version of every table, without the numbers that a sequence gave."""
    found = {}
    for name, model in STATEMENTS.items():
        rows = model.objects.order_by("source_key", "recorded_at").values()
        found[name] = [
            {k: v for k, v in r.items() if k not in ("id", "load_id", "person_id")} for r in rows
        ]
    return found


def test_a_first_load_stores_every_row_as_typed_values(act, tables, tmp_path):
    outcome = load(write(tables, tmp_path))
    assert {n: c.added for n, c in outcome.counts.items()} == {n: len(r) for n, r in tables.items()}
    assert outcome.aside == []
    with act("system-loader"):
        spell = BenefitSpell.objects.get(source_key="S1")
        assert (spell.weekly_pence, spell.housing_costs, spell.end_date) == (8550, True, None)
        assert spell.start_date == dt.date(2025, 1, 1)
        assert Resident.objects.get(source_key="R1").ni_number == "QQ123450C"
        assert Address.objects.get(source_key="100001").postcode == "B1 1AA"
        assert Load.objects.get().state == "finished"


def test_a_person_is_made_for_each_resident_and_can_be_seen_by_the_agency(act, tables, tmp_path):
    load(write(tables, tmp_path))
    with act("amina.begum"):
        found = {p.name: p for p in Person.objects.all()}
        assert set(found) == {"Amina O'Brien-Khan", "Zoë Nguyễn", "John Smith"}
        zoe = found["Zoë Nguyễn"]
        assert (zoe.family_key, zoe.given_key) == ("nguyen", "zoe")
        with connection.cursor() as cursor:
            cursor.execute("SELECT wp_person_ref(%s)", [zoe.pk])
            assert cursor.fetchone() == (zoe.ref,)
        assert BenefitSpell.objects.get(source_key="S2").person_id == zoe.pk
    with act("kezia.brown"):
        assert Person.objects.count() == 0


def test_the_same_folder_again_changes_nothing(act, tables, tmp_path):
    first = load(write(tables, tmp_path))
    with act("system-loader"):
        before = everything()
    second = load(tmp_path)
    assert second.written == 0
    assert second.same_as == first.load_id
    with act("system-loader"):
        assert everything() == before
        assert Person.objects.count() == 3


def test_people_are_numbered_in_the_order_of_their_keys(act, tables, tmp_path):
    """Whatever the order of the file: linking draws by the order of numbers."""
    tables["residents"] = [tables["residents"][n] for n in (1, 2, 0)]
    load(write(tables, tmp_path))
    with act("system-loader"):
        found = Resident.objects.order_by("person_id").values_list("source_key", flat=True)
        assert list(found) == ["R1", "R2", "R3"]


def test_the_same_rows_in_another_order_change_nothing(tables, tmp_path):
    load(write(tables, tmp_path / "a"))
    again = load(write({n: rows[::-1] for n, rows in tables.items()}, tmp_path / "b"))
    assert again.written == 0
    assert again.same_as is None


def test_a_correction_is_a_version_beside_the_one_it_corrects(act, tables, tmp_path):
    load(write(tables, tmp_path))
    tables["benefit_spells"][0]["weekly_amount"] = "90.00"
    outcome = load(write(tables, tmp_path))
    assert counts(outcome, "benefit_spells") == (0, 1, 2, 0, 0)
    with act("system-loader"):
        old, new = BenefitSpell.objects.filter(source_key="S1").order_by("recorded_at")
        assert (old.weekly_pence, new.weekly_pence) == (8550, 9000)
        assert old.superseded_at == new.recorded_at
        assert new.superseded_at is None
        assert old.recorded_at < new.recorded_at


def test_a_corrected_name_keeps_the_person_and_renews_the_copies(act, tables, tmp_path):
    load(write(tables, tmp_path))
    with act("amina.begum"):
        before = Person.objects.get(name="John Smith")
    tables["residents"][2] |= {"family_name": "Smythe", "date_of_birth": "1985-03-01"}
    load(write(tables, tmp_path))
    with act("amina.begum"):
        after = Person.objects.get(pk=before.pk)
        assert (after.name, after.family_key, after.ref) == ("John Smythe", "smythe", before.ref)
        assert after.date_of_birth == dt.date(1985, 3, 1)
        assert Person.objects.count() == 3


def test_a_vanished_row_is_ended_and_never_deleted(act, tables, tmp_path):
    load(write(tables, tmp_path))
    gone = tables["jobs"].pop()
    outcome = load(write(tables, tmp_path))
    assert counts(outcome, "jobs") == (0, 0, 0, 0, 1)
    with act("system-loader"):
        job = STATEMENTS["job"].objects.get(source_key="J1")
        assert job.superseded_at is not None
        assert job.employer == "Canal Bakery"
    tables["jobs"].append(gone)
    assert counts(load(write(tables, tmp_path)), "jobs") == (1, 0, 0, 0, 0)


def test_a_person_who_comes_back_is_the_same_person(act, tables, tmp_path):
    load(write(tables, tmp_path))
    with act("amina.begum"):
        before = Person.objects.get(name="John Smith").pk
    without = {n: [r for r in rows if r.get("person_key") != "R3"] for n, rows in tables.items()}
    load(write(without, tmp_path))
    tables["residents"][2]["family_name"] = "Smyth"
    load(write(tables, tmp_path))
    with act("amina.begum"):
        assert Person.objects.get(name="John Smyth").pk == before
        assert Person.objects.count() == 3


def test_a_row_set_aside_ends_nothing(act, tables, tmp_path):
    load(write(tables, tmp_path))
    tables["benefit_spells"][0]["start_date"] = "2025-02-30"
    outcome = load(write(tables, tmp_path))
    assert counts(outcome, "benefit_spells") == (0, 0, 2, 1, 0)
    with act("system-loader"):
        assert BenefitSpell.objects.get(source_key="S1").superseded_at is None


def test_one_event_tells_of_the_load_with_its_counts_and_no_content(act, tables, tmp_path):
    outcome = load(write(tables, tmp_path))
    with act("owen.pryce"):
        event = Event.objects.get(action="extract.load")
        assert event.record == f"load {outcome.load_id}"
        assert (event.purpose, event.route) == ("loading", "extracts load")
        assert event.detail["counts"]["residents"]["added"] == 3
        assert "Smith" not in str(event.detail)


def test_a_load_that_would_end_most_of_what_is_known_is_refused(act, tables, tmp_path):
    from wholeplace.rooms.records.source.wrong import WrongFile

    tables["jobs"] = [row("jobs", job_key=f"J{n}", person_key="R1") for n in range(120)]
    load(write(tables, tmp_path))
    tables["jobs"] = tables["jobs"][:80]
    with pytest.raises(WrongFile, match="40 of the 120 rows"):
        load(write(tables, tmp_path))
    with act("system-loader"):
        jobs = STATEMENTS["job"].objects
        assert jobs.filter(superseded_at=None).count() == 120


def test_where_a_key_cannot_be_read_nothing_is_ended_and_the_counts_say_so(act, tables, tmp_path):
    """The row may be any that is missing: here it is R3's own, whose key was lost."""
    load(write(tables, tmp_path))
    tables["residents"][2]["person_key"] = ""
    outcome = load(write(tables, tmp_path))
    assert counts(outcome, "residents") == (0, 0, 2, 1, 0)
    assert outcome.counts["residents"].kept == 1
    assert [n for n, c in outcome.counts.items() if c.kept or c.ended] == ["residents"]
    with act("system-loader"):
        assert Resident.objects.get(source_key="R3").superseded_at is None
    del tables["residents"][2]
    outcome = load(write(tables, tmp_path))
    assert (outcome.counts["residents"].ended, outcome.counts["residents"].kept) == (1, 0)


def test_a_load_that_changes_nearly_everybody_goes_through_the_rows_once(tables, tmp_path):
    """Row security makes the planner expect one row; row by row would be quadratic."""
    first = tables["residents"][0] | {"ni_number": ""}
    tables["residents"] += [first | {"person_key": f"X{n}"} for n in range(2_000)]
    load(write(tables, tmp_path))
    for resident in tables["residents"]:
        resident["family_name"] = "Renamed"
    plans = []

    def explain(execute, sql, params, many, context):
        if sql.strip().startswith("UPDATE") and "pg_temp" in sql:
            execute(f"EXPLAIN {sql}", params, many, context)
            plans.append("\n".join(row[0] for row in context["cursor"].fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        outcome = load(write(tables, tmp_path))
    assert outcome.counts["residents"].changed == 2_003
    assert len(plans) == 2  # the versions, and the people
    assert not any("Nested Loop" in plan for plan in plans), plans
