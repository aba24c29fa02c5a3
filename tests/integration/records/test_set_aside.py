"""What was set aside is kept as it stood until it is settled; and how good a delivery was."""

from __future__ import annotations

import json

import pytest
from tests.integration.records.extracts import load, row, small_extract, write, write_changes

from wholeplace.rooms.records.models import Load, Reject

pytestmark = pytest.mark.django_db


@pytest.fixture
def tables():
    return small_extract()


def stored(act, **narrowed):
    with act("system-loader"):
        return list(Reject.objects.filter(**narrowed).order_by("pk"))


def test_a_row_set_aside_is_kept_as_it_stood(act, tables, tmp_path):
    job = tables["jobs"][0]
    job |= {"start_date": "31.12.2025", "employer": " Canal “Best” Bakery ,\nDigbeth 🥐 "}
    load(write(tables, tmp_path))
    (kept,) = stored(act)
    assert (kept.source, kept.source_key, kept.state) == ("council-benefits", "J1", "open")
    said = kept.row if isinstance(kept.row, dict) else json.loads(kept.row)
    assert said == {name: value.strip(" ") or None for name, value in job.items()}


def test_so_is_one_that_was_fine_by_itself_with_every_reason(act, tables, tmp_path):
    tables["residents"][0]["sex"] = "Q"
    tables["accounts"] += [tables["accounts"][0] | {"arrears": "7.00"}]
    load(write(tables, tmp_path))
    kept = {(one.file, one.line): one for one in stored(act)}
    assert kept["jobs.csv", 2].row["employer"] == "Canal Bakery"
    assert kept["accounts.csv", 4].row["arrears"] == "7.00"
    assert kept["accounts.csv", 2].row["arrears"] == "-12.00"
    assert all(one.source_key for one in kept.values())


def test_a_key_that_is_missing_is_none_and_its_row_is_kept(act, tables, tmp_path):
    tables["jobs"][0]["job_key"] = ""
    load(write(tables, tmp_path))
    (kept,) = stored(act)
    assert (kept.source_key, kept.row["job_key"], kept.row["person_key"]) == (None, None, "R1")


def test_a_later_delivery_settles_what_was_set_aside(act, tables, tmp_path):
    """Given four rows set aside, then mended, gone, wrong again, and without a key."""
    spells = tables["benefit_spells"]
    for spell in spells:
        spell["start_date"] = "never"
    tables["jobs"][0]["job_key"] = ""
    load(write(tables, tmp_path))
    spells[0]["start_date"] = "2025-01-01"
    del spells[1]
    second = load(write(tables, tmp_path))
    told = {(one.load_id, one.source_key): one for one in stored(act)}
    first = min(load for load, _ in told)
    states = {key: one.state for (load, key), one in told.items() if load == first}
    assert states == {"S1": "mended", "S2": "dropped", "S3": "open", None: "dropped"}
    mended = told[first, "S1"]
    assert (mended.closed_load_id, mended.why_closed) == (
        second.load_id,
        "A later delivery has this row right.",
    )
    assert told[first, "S2"].why_closed == "The row is no longer in the agency's file."
    assert told[second.load_id, "S3"].state == "open"


def test_changes_settle_only_what_they_tell_of(act, tables, tmp_path):
    for spell in tables["benefit_spells"]:
        spell["start_date"] = "never"
    load(write(tables, tmp_path))
    changes = {
        "benefit_spells": [
            tables["benefit_spells"][0] | {"change": "C", "start_date": "2025-01-01"},
            row("benefit_spells", spell_key="S2") | {"change": "D"},
        ]
    }
    load(write_changes(changes, tmp_path / "c"))
    assert {one.source_key: one.state for one in stored(act)} == {
        "S1": "mended",
        "S2": "dropped",
        "S3": "open",
    }


def test_how_good_a_delivery_was_is_kept(act, tables, tmp_path):
    first = tables["residents"][0] | {"email": "a@example.org"}
    tables["residents"] += [
        first | {"person_key": "R4", "given_names": first["given_names"].upper()},
        first | {"person_key": "R5", "given_names": "Eve", "date_of_birth": "1970-01-01"},
        first | {"person_key": "R6", "given_names": "Ida", "date_of_birth": "1999-01-01"},
        first | {"person_key": "R7", "given_names": "Una", "sex": "Q", "date_of_birth": ""},
    ]
    tables["jobs"][0] |= {"end_date": "2099-12-31", "expected_weeks": "x"}
    outcome = load(write(tables, tmp_path))
    with act("harpreet.gill"):
        told = Load.objects.get(pk=outcome.load_id).quality
    people, jobs = told["residents"], told["jobs"]
    assert (people["rows"], people["set_aside"], people["duplicates"]) == (7, 1, 1)
    assert people["fields"]["email"] == {"filled": 4, "rejected": 0}
    assert people["fields"]["sex"] == {"filled": 7, "rejected": 1}
    birth = people["fields"]["date_of_birth"]
    assert birth == {"filled": 6, "rejected": 0, "default_dates": 2}
    assert jobs["fields"]["end_date"] == {"filled": 1, "rejected": 0, "default_dates": 1}
    assert jobs["fields"]["expected_weeks"] == {"filled": 0, "rejected": 1}
    assert "duplicates" not in jobs
