"""A row that fails a check is set aside with file, line, field, value and reason."""

from __future__ import annotations

import pytest
from tests.integration.records.extracts import load, row, small_extract, write

from wholeplace.rooms.records.models import STATEMENTS, Reject

pytestmark = pytest.mark.django_db

# (file, row, field, value) → words of the reason
BAD = [
    ("jobs", 0, "start_date", "2026-13-01", "not a day of the calendar"),
    ("jobs", 0, "start_date", "2025-02-29", "not a day of the calendar"),
    ("jobs", 0, "start_date", "01/06/2026", "not a day of the calendar"),
    ("jobs", 0, "start_date", "2026-6-1", "not a day of the calendar"),
    ("jobs", 0, "start_date", "2026-06-01 00:00", "not a day of the calendar"),
    ("jobs", 0, "start_date", "1066-10-14", "before Monday 1 January 1900"),
    ("jobs", 0, "start_date", "9999-12-31", "after Friday 31 December 2100"),
    ("jobs", 0, "reported_on", "2026-06-16", "has not come yet"),
    ("jobs", 0, "end_date", "2026-05-31", "before the row's start_date"),
    ("jobs", 0, "expected_weeks", "many", "not a whole number"),
    ("jobs", 0, "expected_weeks", "5.5", "not a whole number"),
    ("jobs", 0, "expected_weeks", "-1", "must not be negative"),
    ("jobs", 0, "expected_weeks", "９", "not a whole number"),
    ("jobs", 0, "hours_a_week", "169", "more than 168"),
    ("jobs", 0, "hours_a_week", "1e3", "not a number"),
    ("jobs", 0, "employer", "x" * 121, "longer than 120"),
    ("jobs", 0, "employer", "Bell\x07", "control character"),
    ("jobs", 0, "person_key", "", "must not be empty"),
    ("jobs", 0, "person_key", "R9", "no row with this key in residents.csv"),
    ("jobs", 0, "job_key", "", "must not be empty"),
    ("benefit_spells", 0, "benefit", "UC", "not one of: uc"),
    ("benefit_spells", 0, "benefit", "", "must not be empty"),
    ("benefit_spells", 0, "weekly_amount", "-1.00", "must not be negative"),
    ("benefit_spells", 0, "weekly_amount", "£85.50", "not an amount"),
    ("benefit_spells", 0, "weekly_amount", "85.505", "not an amount"),
    ("benefit_spells", 0, "weekly_amount", "1,000.00", "not an amount"),
    ("benefit_spells", 0, "weekly_amount", "5000.01", "more than £5000"),
    ("benefit_spells", 0, "housing_costs", "yes", "neither Y nor N"),
    ("household_members", 0, "household_key", "H9", "no row with this key in households.csv"),
    ("accounts", 0, "kind", "mortgage", "not one of: rent"),
    ("residents", 2, "date_of_birth", "2026-06-16", "after the day of which the file tells"),
    ("residents", 2, "date_of_birth", "1905-06-15", "older than 120"),
]


@pytest.fixture
def tables():
    return small_extract()


@pytest.mark.parametrize(("name", "at", "field", "value", "words"), BAD)
def test_a_bad_value_is_named_with_its_place(act, tables, tmp_path, name, at, field, value, words):
    tables[name][at][field] = value
    outcome = load(write(tables, tmp_path))
    own = [one for one in outcome.aside if one.file == f"{name}.csv"]
    assert [(one.line, one.field, one.value) for one in own] == [(at + 2, field, value)]
    assert words in own[0].reason
    assert outcome.counts[name].set_aside == 1
    assert outcome.counts[name].added == len(tables[name]) - 1


@pytest.mark.parametrize(
    "number", ["BG123456A", "QV123456A", "DA123456A", "AB12345A", "AB123456E", "ＡB123456A", "x"]
)
def test_a_number_never_issued_is_no_national_insurance_number(tables, tmp_path, number):
    tables["residents"][0]["ni_number"] = number
    outcome = load(write(tables, tmp_path))
    assert (outcome.aside[0].field, outcome.aside[0].value) == ("ni_number", number)


def test_rows_of_a_resident_set_aside_are_set_aside_with_that_reason(tables, tmp_path):
    tables["residents"][0]["sex"] = "Q"
    outcome = load(write(tables, tmp_path))
    told = {(one.file, one.line): one.reason for one in outcome.aside}
    assert set(told) == {
        ("residents.csv", 2),
        ("household_members.csv", 2),
        ("benefit_spells.csv", 2),
        ("jobs.csv", 2),
    }
    assert "in residents.csv was set aside, so this one is too" in told["jobs.csv", 2]


def test_what_depends_on_what_depends_is_set_aside_too(tables, tmp_path):
    tables["addresses"][1]["postcode"] = "Birmingham"
    outcome = load(write(tables, tmp_path))
    assert {(one.file, one.line, one.field) for one in outcome.aside} == {
        ("addresses.csv", 3, "postcode"),
        ("households.csv", 3, "uprn"),
        ("household_members.csv", 4, "household_key"),
        ("accounts.csv", 3, "household_key"),
    }


def test_every_row_of_a_key_given_twice_is_set_aside(tables, tmp_path):
    tables["jobs"].append(tables["jobs"][0] | {"employer": "Another"})
    outcome = load(write(tables, tmp_path))
    assert [(one.line, one.field, one.value) for one in outcome.aside] == [
        (2, "job_key", "J1"),
        (3, "job_key", "J1"),
    ]
    assert "more than one row" in outcome.aside[0].reason
    assert outcome.counts["jobs"].added == 0


def test_every_fault_of_a_row_is_told_at_once(tables, tmp_path):
    tables["jobs"][0] |= {"start_date": "soon", "expected_weeks": "x"}
    outcome = load(write(tables, tmp_path))
    assert [one.field for one in outcome.aside] == ["expected_weeks", "start_date"]
    assert outcome.counts["jobs"].set_aside == 1


def test_a_line_is_the_files_own_line_where_values_span_lines(tables, tmp_path):
    job = tables["jobs"][0]
    tables["jobs"] = [
        job | {"job_key": "J1", "employer": "Canal\nBakery\n\nDigbeth"},
        job | {"job_key": "J2", "start_date": "never"},
        job | {"job_key": "J3", "employer": "Two\nlines", "end_date": "1999-01-01"},
        job | {"job_key": "J4", "benefit": "x", "expected_weeks": "?"},
    ]
    for one in tables["jobs"]:
        one.pop("benefit", None)
    folder = write(tables, tmp_path)
    outcome = load(folder)
    assert [(one.line, one.field) for one in outcome.aside] == [
        (6, "start_date"),
        (7, "end_date"),
        (9, "expected_weeks"),
    ]
    text = (folder / "jobs.csv").read_text().split("\n")
    assert text[5].startswith("J2") and text[6].startswith("J3") and text[8].startswith("J4")


def test_the_rows_set_aside_are_stored_and_read_by_who_may(act, tables, tmp_path):
    tables["jobs"][0]["start_date"] = "2025-02-30"
    outcome = load(write(tables, tmp_path))
    with act("harpreet.gill"):
        stored = Reject.objects.get(load_id=outcome.load_id)
        assert (stored.file, stored.line, stored.field) == ("jobs.csv", 2, "start_date")
        assert (stored.value, stored.reason) == ("2025-02-30", outcome.aside[0].reason)
    for username in ("amina.begum", "kezia.brown", "grace.lindqvist", "sam.admin"):
        with act(username):
            assert Reject.objects.count() == 0


def test_spaces_around_values_are_not_part_of_them(act, tables, tmp_path):
    tables["jobs"] = [row("jobs", job_key=" J1 ", person_key="R1 ", start_date=" 2026-06-01 ")]
    tables["jobs"][0]["employer"] = "   "
    assert load(write(tables, tmp_path)).aside == []
    with act("system-loader"):
        job = STATEMENTS["job"].objects.get(source_key="J1")
        assert (str(job.start_date), job.employer) == ("2026-06-01", None)
