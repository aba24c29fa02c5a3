"""A delivery of changes: only what it marks is written, compared with what is held."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.integration.records.extracts import load, row, small_extract, write, write_changes

from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records.models import STATEMENTS, BenefitSpell, Job, Member, Resident
from wholeplace.rooms.records.source.wrong import WrongFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def tables():
    return small_extract()


@pytest.fixture
def held(tables, tmp_path):
    """The full picture, loaded before."""
    load(write(tables, tmp_path / "full"))
    return tables


def marked(change, one, **values):
    return one | values | {"change": change}


def counts(outcome, name):
    found = outcome.counts[name]
    return (found.added, found.changed, found.same, found.ended, found.unknown, found.set_aside)


def current(act, model):
    with act("system-loader"):
        return set(model.objects.filter(superseded_at=None).values_list("source_key", flat=True))


def test_only_what_is_marked_is_written(act, held, tmp_path):
    spells, jobs = held["benefit_spells"], held["jobs"]
    changes = {
        "benefit_spells": [
            marked("C", spells[0], weekly_amount="90.00"),
            marked("C", spells[1]),
            marked("D", row("benefit_spells", spell_key="S3")),
            marked("A", spells[2], spell_key="S4"),
        ],
        "jobs": [marked("A", jobs[0], job_key="J2", employer="Tram Works")],
    }
    outcome = load(write_changes(changes, tmp_path / "changes"))
    assert counts(outcome, "benefit_spells") == (1, 1, 1, 1, 0, 0)
    assert counts(outcome, "jobs") == (1, 0, 0, 0, 0, 0)
    assert {n for n, c in outcome.counts.items() if c.read} == {"benefit_spells", "jobs"}
    assert current(act, BenefitSpell) == {"S1", "S2", "S4"}
    assert current(act, Job) == {"J1", "J2"}
    assert len(current(act, Resident)) == 3  # who is not in it has not vanished
    with act("system-loader"):
        old, new = BenefitSpell.objects.filter(source_key="S1").order_by("recorded_at")
        assert (old.weekly_pence, new.weekly_pence) == (8550, 9000)
        assert old.superseded_at == new.recorded_at
        assert (old.person_id, new.person_id) == (new.person_id, old.person_id)


def test_the_same_changes_again_change_nothing(act, held, tmp_path):
    changes = {
        "benefit_spells": [
            marked("C", held["benefit_spells"][0], weekly_amount="90.00"),
            marked("D", row("benefit_spells", spell_key="S3")),
        ],
        "residents": [marked("A", held["residents"][0], person_key="R4", given_names="Eve")],
    }
    folder = write_changes(changes, tmp_path / "changes")
    first, again = load(folder), load(folder, correction=False)
    assert (first.written, again.written) == (3, 0)
    assert again.same_as == first.load_id
    assert counts(again, "benefit_spells") == (0, 0, 1, 0, 1, 0)
    with act("amina.begum"):
        assert Person.objects.count() == 4


def test_a_key_that_ends_and_is_not_held_is_counted(held, tmp_path):
    changes = {"jobs": [marked("D", row("jobs", job_key="J9"))]}
    assert counts(load(write_changes(changes, tmp_path / "c")), "jobs") == (0, 0, 0, 0, 1, 0)


def test_added_though_known_and_changed_though_unknown_are_what_they_are(act, held, tmp_path):
    job = held["jobs"][0]
    changes = {"jobs": [marked("A", job, employer="New"), marked("C", job, job_key="J2")]}
    outcome = load(write_changes(changes, tmp_path / "c"))
    assert counts(outcome, "jobs") == (1, 1, 0, 0, 0, 0)
    with act("system-loader"):
        assert Job.objects.get(source_key="J1", superseded_at=None).employer == "New"


def test_rows_refer_to_what_arrives_or_is_held_and_to_nothing_else(act, held, tmp_path):
    job, spell = held["jobs"][0], held["benefit_spells"][0]
    changes = {
        "residents": [
            marked("A", held["residents"][0], person_key="R4", given_names="Eve"),
            marked("D", row("residents", person_key="R3")),
        ],
        "jobs": [
            marked("A", job, job_key="J2", person_key="R2"),
            marked("A", job, job_key="J3", person_key="R3"),
            marked("A", job, job_key="J4", person_key="R4"),
            marked("A", job, job_key="J5", person_key="R5"),
        ],
        "benefit_spells": [marked("A", spell, spell_key="S9", person_key="R1")],
    }
    outcome = load(write_changes(changes, tmp_path / "c"))
    told = {one.source_key: one.reason for one in outcome.aside}
    assert told == {
        "J3": "The row with this key in residents.csv has ended.",
        "J5": "There is no row with this key in residents.csv, and none is held.",
    }
    assert current(act, Job) == {"J1", "J2", "J4"}
    with act("system-loader"):
        names = dict(Job.objects.values_list("source_key", "person__name"))
    assert (names["J2"], names["J4"]) == ("Zoë Nguyễn", "Eve O'Brien-Khan")


def test_of_a_row_that_ends_only_the_key_is_read(act, held, tmp_path):
    changes = {"jobs": [marked("D", row("jobs", job_key="J1", start_date="rubbish"))]}
    assert counts(load(write_changes(changes, tmp_path / "c")), "jobs") == (0, 0, 0, 1, 0, 0)
    assert current(act, Job) == set()


def test_a_mark_that_is_none_and_a_key_marked_twice_are_set_aside(act, held, tmp_path):
    job = held["jobs"][0]
    changes = {
        "jobs": [marked("X", job, job_key="J2"), marked("", job, job_key="J3")],
        "benefit_spells": [
            marked("D", row("benefit_spells", spell_key="S1")),
            marked("A", held["benefit_spells"][0], weekly_amount="1.00"),
        ],
    }
    outcome = load(write_changes(changes, tmp_path / "c"))
    assert [(one.field, one.value) for one in outcome.aside] == [
        ("spell_key", "S1"),
        ("spell_key", "S1"),
        ("change", "X"),
        ("change", ""),
    ]
    assert "S1" in current(act, BenefitSpell)


def test_who_ended_and_is_added_again_is_the_same_person(act, held, tmp_path):
    with act("amina.begum"):
        before = Person.objects.get(name="John Smith").pk
    gone = {"residents": [marked("D", row("residents", person_key="R3"))]}
    load(write_changes(gone, tmp_path / "gone"))
    assert current(act, Resident) == {"R1", "R2"}
    back = {"residents": [marked("A", held["residents"][2], family_name="Smyth")]}
    load(write_changes(back, tmp_path / "back"))
    with act("amina.begum"):
        assert Person.objects.get(name="John Smyth").pk == before
        assert Person.objects.count() == 3


def test_a_home_that_is_held_takes_new_members(act, held, tmp_path):
    member = held["household_members"][0]
    changes = {"household_members": [marked("A", member, member_key="M9", person_key="R3")]}
    assert load(write_changes(changes, tmp_path / "c")).aside == []
    assert "M9" in current(act, Member)


def test_changes_come_to_what_the_full_picture_comes_to(act, held, tmp_path):
    """Given one day as changes and as a full picture, both leave the same rows standing."""
    held["benefit_spells"][0]["weekly_amount"] = "99.00"
    del held["jobs"][0]
    new = row("benefit_spells", spell_key="S7", person_key="R2", benefit="pip")
    held["benefit_spells"].append(new)
    changes = {
        "benefit_spells": [marked("C", held["benefit_spells"][0]), marked("A", new)],
        "jobs": [marked("D", row("jobs", job_key="J1"))],
    }
    load(write_changes(changes, tmp_path / "c"))
    said = standing(act)
    outcome = load(write(held, tmp_path / "full"))
    assert outcome.written == 0
    assert standing(act) == said


def standing(act):
    with act("system-loader"):
        return {
            name: sorted(
                model.objects.filter(superseded_at=None).values_list("source_key", "row_hash")
            )
            for name, model in STATEMENTS.items()
        }


def many_jobs(held, tmp_path, count):
    held["jobs"] = [held["jobs"][0] | {"job_key": f"K{n}"} for n in range(count)]
    load(write(held, tmp_path / "many"))


def ending(count):
    return {"jobs": [marked("D", row("jobs", job_key=f"K{n}")) for n in range(count)]}


def test_changes_that_end_too_much_of_what_is_held_are_refused(act, held, tmp_path):
    many_jobs(held, tmp_path, 120)
    words = "jobs.csv: it ends 31 of the 120 rows known until now, more than 25 in 100"
    with pytest.raises(WrongFile, match=words):
        load(write_changes(ending(31), tmp_path / "too much"))
    assert len(current(act, Job)) == 120
    outcome = load(write_changes(ending(30), tmp_path / "as much as may be"))
    assert counts(outcome, "jobs") == (0, 0, 0, 30, 0, 0)


def test_of_few_that_are_held_all_may_end(act, held, tmp_path):
    many_jobs(held, tmp_path, 99)
    load(write_changes(ending(99), tmp_path / "all"))
    assert current(act, Job) == set()


def test_of_many_held_only_the_keys_that_arrive_are_asked_for(held, tmp_path):
    """Given a thousand jobs, when one changes, no statement brings more than a few rows."""
    job = held["jobs"][0]
    held["jobs"] += [job | {"job_key": f"K{n}"} for n in range(1_000)]
    load(write(held, tmp_path / "many"))
    brought = []

    def count(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        brought.append(context["cursor"].rowcount)
        return found

    changes = {"jobs": [marked("C", job, job_key="K7", employer="Another")]}
    with connection.execute_wrapper(count):
        outcome = load(write_changes(changes, tmp_path / "c"))
    assert counts(outcome, "jobs") == (0, 1, 0, 0, 0, 0)
    assert max(brought) < 20
