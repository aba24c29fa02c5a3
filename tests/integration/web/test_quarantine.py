"""The pages of what was set aside and of quality: by whom they are seen, and what they do."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from tests.integration.records.extracts import DAY, load, row, small_extract, write

from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.records.models import STATEMENTS, Correction, Load, Reject

OFFICER, OTHER = "rosa.delgado", "idris.vaughan"
KEY = "3a0e8c5e-58e5-4f43-9d26-3df4c1a6d8b1"


@pytest.fixture
def aside(act, db, tmp_path) -> int:
    """A job of somebody known whose weeks are no number: the number of what is wrong."""
    tables = small_extract()
    tables["jobs"][0]["expected_weeks"] = "<b>many</b>"
    load(write(tables, tmp_path))
    with act("system-loader"):
        return int(Reject.objects.get().pk)


def texts(page) -> str:
    return str(page.content.decode())


def typed(act, number: int, **more: str) -> dict[str, str]:
    """What a browser sends: every box as the row stood, with some typed otherwise."""
    from wholeplace.flows.mend_rejects import described

    with act(OFFICER):
        about = described(number)
    boxes = {f"c{n}": about.row.row.get(c) or "" for n, c in enumerate(about.columns)}
    boxes |= {f"c{about.columns.index(c)}": value for c, value in more.items()}
    return {"key": KEY, "why": "Rang the employer", **boxes}


def test_what_stands_open_is_told_by_source_and_reason(aside, signed_in):
    text = texts(signed_in(OFFICER).get("/loads/aside"))
    assert "This is not a whole number." in text
    assert "Benefits and council tax extract" in text
    assert "Jobs, expected weeks" in text
    assert "1 fault in rows that are open." in text
    assert "&lt;b&gt;many&lt;/b&gt;" in text and "<b>many</b>" not in text


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("source=council-benefits", True),
        ("source=police", False),
        ("file=jobs.csv&state=open", True),
        ("state=mended", False),
        ("reason=Another", False),
    ],
)
def test_filters_narrow_it(aside, signed_in, asked, there):
    answer = signed_in(OFFICER).get(f"/loads/aside?{asked}")
    assert answer.status_code == 200
    assert ("&lt;b&gt;many&lt;/b&gt;" in texts(answer)) is there


@pytest.mark.parametrize("asked", ["state=none", "source=%00", "after=99999999999999999999x"])
def test_what_no_filter_can_mean_is_answered(aside, signed_in, asked):
    assert signed_in(OFFICER).get(f"/loads/aside/rows?{asked}").status_code in (200, 404)


def test_the_row_is_shown_as_it_stood_and_the_view_is_written_down(act, aside, signed_in):
    text = texts(signed_in(OFFICER).get(f"/loads/aside/{aside}"))
    assert "Canal Bakery" in text
    assert text.count("Wrong</strong>") == 1
    assert "1 thing is wrong." in text and "Jobs, line 2" in text
    assert "expected_<wbr>weeks" in text, "the row's own page has the columns' own names"
    with act("system-loader"):
        person = STATEMENTS["resident"].objects.get(source_key="R1").person_id
    with act("owen.pryce"):
        event = Event.objects.get(action="reject.view")
    assert (event.person_id, event.record) == (person, f"reject {aside}")


def test_another_agency_is_answered_as_if_there_were_no_such_row(aside, signed_in):
    other = signed_in(OTHER)
    for address in ("", "/correct", "/drop"):
        hidden = other.get(f"/loads/aside/{aside}{address}")
        absent = other.get(f"/loads/aside/987654321{address}")
        assert (hidden.status_code, hidden.content) == (404, absent.content)
    sent = {"key": KEY, "why": "Mine", "c0": "J1"}
    assert other.post(f"/loads/aside/{aside}/correct", sent).status_code == 404
    assert other.post(f"/loads/aside/{aside}/drop", sent).status_code == 404
    assert "Jobs" not in texts(other.get("/loads/aside"))
    assert other.get("/loads/quality/council-benefits").status_code == 404


def test_a_manager_reads_and_does_not_mend(aside, signed_in):
    manager = signed_in("harpreet.gill")
    text = texts(manager.get(f"/loads/aside/{aside}"))
    assert "Correct it" not in text
    assert manager.post(f"/loads/aside/{aside}/correct", {"key": KEY}).status_code == 404


def test_a_form_sent_from_elsewhere_is_refused(aside, signed_in):
    officer = signed_in(OFFICER, enforce_csrf_checks=True)
    for address in (f"{aside}/correct", f"{aside}/drop", "again"):
        assert officer.post(f"/loads/aside/{address}", {"why": "x"}).status_code == 403


def test_a_corrected_row_is_loaded_and_shown_with_both_values(act, aside, signed_in):
    officer = signed_in(OFFICER)
    sent = typed(act, aside, expected_weeks="30")
    answer = officer.post(f"/loads/aside/{aside}/correct", sent, follow=True)
    text = texts(answer)
    assert "The row is right and was loaded." in text
    assert "Corrected by Rosa Delgado" in text
    assert "1 thing was wrong." in text
    assert "&lt;b&gt;many&lt;/b&gt;" in text and "Rang the employer" in text
    with act("system-loader"):
        assert STATEMENTS["job"].objects.get().expected_weeks == 30
        assert Correction.objects.get().values == {"expected_weeks": "30"}
    text = texts(officer.get("/loads"))
    assert "Rows put right" in text


def test_sent_twice_it_is_done_once(act, aside, signed_in):
    officer = signed_in(OFFICER)
    sent = typed(act, aside, expected_weeks="30")
    first, second = (officer.post(f"/loads/aside/{aside}/correct", sent) for _ in range(2))
    assert first.status_code == 302
    assert second.status_code == 409
    assert "corrected or dropped it already" in texts(second)
    with act("system-loader"):
        assert Correction.objects.count() == 1
        assert STATEMENTS["job"].objects.count() == 1


def test_a_row_still_wrong_keeps_what_was_typed_and_says_why(act, aside, signed_in):
    sent = typed(act, aside, expected_weeks="30", start_date="2026-06-31")
    answer = signed_in(OFFICER).post(f"/loads/aside/{aside}/correct", sent)
    text = texts(answer)
    assert answer.status_code == 422
    assert "The row is still wrong" in text
    assert "start_date: This is not a day of the calendar" in text
    assert 'value="30"' in text and 'value="2026-06-31"' in text
    assert '<details class="govuk-details" open>' in text, "the new fault is in another column"
    with act("system-loader"):
        assert STATEMENTS["job"].objects.count() == 0
        assert Load.objects.count() == 1


def test_why_must_be_said(act, aside, signed_in):
    sent = typed(act, aside, expected_weeks="30") | {"why": " "}
    answer = signed_in(OFFICER).post(f"/loads/aside/{aside}/correct", sent)
    assert (answer.status_code, "Say why" in texts(answer)) == (422, True)


def test_a_row_is_dropped_with_a_reason(act, aside, signed_in):
    officer = signed_in(OFFICER)
    sent = {"key": KEY, "why": "A test row of theirs"}
    text = texts(officer.post(f"/loads/aside/{aside}/drop", sent, follow=True))
    assert "The row was dropped." in text and "A test row of theirs" in text
    assert "Correct it" not in text
    assert officer.post(f"/loads/aside/{aside}/drop", sent).status_code == 409


def test_a_reason_is_run_again_as_it_stood(act, aside, signed_in):
    officer = signed_in(OFFICER)
    with act(OFFICER):
        one = Reject.objects.get()
    where = f"/loads/aside/again?source={one.source}&file={one.file}&reason={one.reason}"
    assert "1 row stands set aside." in texts(officer.get(where))
    text = texts(officer.post(where, {"key": KEY, "why": "The rule was changed"}, follow=True))
    assert "0 rows are right and were loaded. 1 is still wrong." in text
    assert officer.get("/loads/aside/again").status_code == 404


def test_rows_are_paged(act, db, signed_in, tmp_path):
    tables = small_extract()
    tables["jobs"] = [
        row("jobs", job_key=f"J{n}", person_key="R1", expected_weeks="many") for n in range(60)
    ]
    load(write(tables, tmp_path))
    officer: Client = signed_in(OFFICER)
    address, seen = "/loads/aside/rows?source=council-benefits", []
    while address:
        answer = officer.get(address)
        seen += [r[1] for r in answer.context["rows"]]
        address = answer.context["next"]
    assert sorted(seen) == sorted(f"J{n}" for n in range(60))


def test_an_empty_page_says_so(db, signed_in):
    officer = signed_in(OFFICER)
    assert "every row that was set aside has been corrected" in texts(officer.get("/loads/aside"))
    assert "no delivery has been loaded" in texts(officer.get("/loads/quality"))
    assert officer.get("/loads/quality/council-benefits").status_code == 404
    assert "No row stands here." in texts(officer.get("/loads/aside/rows"))


def test_the_home_of_a_data_officer_is_what_stands_open(aside, signed_in):
    text = texts(signed_in(OFFICER).get("/"))
    assert "This is not a whole number." in text
    assert 'href="/loads"' in text


@pytest.fixture
def three_days(act, db, tmp_path) -> None:
    """Three deliveries; in the last, a birth date is empty and one is a default."""
    for n in range(3):
        tables = small_extract()
        if n == 2:
            tables["residents"][0]["date_of_birth"] = ""
            tables["residents"][1]["date_of_birth"] = "1970-01-01"
            tables["jobs"][0]["expected_weeks"] = "many"
        folder = tmp_path / str(n)
        load(write(tables, folder), day=DAY + dt.timedelta(days=n))


def test_quality_tells_each_delivery_and_what_moved(three_days, signed_in):
    officer = signed_in(OFFICER)
    assert "Benefits and council tax extract" in texts(officer.get("/loads/quality"))
    text = texts(officer.get("/loads/quality/council-benefits"))
    assert "Residents, date of birth: filled down to 66.7%, before 100.0%." in text
    assert "Residents, date of birth: default dates up to 33.3%, before 0.0%." in text
    assert "Jobs: set aside up to 100.0%, before 0.0%." in text
    assert text.count("<svg") >= 1 and "The same as a table" in text
    text = texts(officer.get("/loads/quality/council-benefits?file=residents"))
    assert "Residents: its fields" in text and "Default dates" in text


def test_the_csv_has_every_figure(three_days, signed_in):
    answer = signed_in(OFFICER).get("/loads/quality/council-benefits/table.csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(texts(answer))))
    days = [DAY + dt.timedelta(days=n) for n in range(3)]
    born = [r for r in rows if (r["file"], r["field"]) == ("residents", "date_of_birth")]
    assert [(r["day"], r["filled"], r["default_dates"]) for r in born] == [
        (days[0].isoformat(), "3", "0"),
        (days[1].isoformat(), "3", "0"),
        (days[2].isoformat(), "2", "1"),
    ]
    (jobs,) = [r for r in rows if r["file"] == "jobs" and r["day"] == days[2].isoformat()][:1]
    assert (jobs["rows"], jobs["set_aside"], jobs["set_aside_percent"]) == ("1", "1", "100.0")


def test_what_an_officer_put_right_is_no_delivery(act, three_days, signed_in):
    officer = signed_in(OFFICER)
    before = officer.get("/loads/quality/council-benefits/table.csv").content
    with act("system-loader"):
        number = int(Reject.objects.get().pk)
    sent = typed(act, number, expected_weeks="30")
    assert officer.post(f"/loads/aside/{number}/correct", sent).status_code == 302
    assert officer.get("/loads/quality/council-benefits/table.csv").content == before


def test_a_refused_load_says_why_in_the_list(act, db, signed_in, tmp_path):
    from wholeplace.core.kernel.errors import UserMistake

    folder = write(small_extract(), tmp_path)
    (folder / "jobs.csv").unlink()
    with pytest.raises(UserMistake):
        load(folder)
    text = texts(signed_in(OFFICER).get("/loads"))
    assert "jobs.csv" in text and "Refused" in text


def test_a_kept_row_is_explained_and_files_are_named_in_words(db, signed_in, tmp_path):
    load(write(small_extract(), tmp_path / "first"))
    tables = small_extract()
    tables["jobs"][0]["job_key"] = ""
    folder = write(tables, tmp_path / "second")
    found = load(folder, day=DAY + dt.timedelta(days=1))
    officer = signed_in(OFFICER)
    text = texts(officer.get(f"/loads/{found.load_id}"))
    assert "Kept: rows that the file holds no more." in text
    assert "Line 2" in text and "Household members" in text
    assert "Kept: rows" not in texts(officer.get(f"/loads/{found.load_id - 1}"))


def test_a_row_of_parquet_is_called_a_row(act, db, signed_in, tmp_path):
    import duckdb

    tables = small_extract()
    tables["jobs"][0]["expected_weeks"] = "many"
    folder = write(tables, tmp_path)
    csv_file, parquet = folder / "jobs.csv", folder / "jobs.parquet"
    read = f"SELECT * FROM read_csv('{csv_file}', all_varchar=true)"
    duckdb.sql(f"COPY ({read}) TO '{parquet}' (FORMAT parquet)")
    csv_file.unlink()
    found = load(folder)
    officer = signed_in(OFFICER)
    with act("system-loader"):
        one = Reject.objects.get()
    assert (one.file, one.line) == ("jobs.parquet", 1)
    for address in ("/loads/aside/rows", f"/loads/{found.load_id}"):
        assert "Row 1" in texts(officer.get(address))
    text = texts(officer.get(f"/loads/aside/{one.pk}"))
    assert "Jobs, row 1" in text and "jobs.parquet, row 1" in text
    assert "Correct row 1 of Jobs" in texts(officer.get(f"/loads/aside/{one.pk}/correct"))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("household_members.csv", "Household members"),
        ("benefit_spells", "Benefit spells"),
        ("council-gone", "Council gone"),
        ("", ""),
    ],
)
def test_a_key_is_said_in_plain_words(key, said):
    from wholeplace.web.loads.words import breakable, plain

    assert plain(key) == said
    assert str(breakable(key)).replace("<wbr>", "") == key
