"""The commands of money, trawls and the trail, as people and timers run them."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connections
from tests.builders import SCHEME, make_area, make_award, make_budget, make_claimant, make_person
from tests.waiting import until

from wholeplace.cli.main import run as command_line
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.casework import queries


@pytest.fixture
def run(capsys, tmp_path, db):
    """Run a command line; returns (exit code, what it printed, what it complained)."""

    def go(*words: str) -> tuple[int, str, str]:
        code = command_line([str(word) for word in words], log_folder=tmp_path)
        said = capsys.readouterr()
        log = tmp_path / "errors.log"
        assert not log.exists(), log.read_text()
        return code, said.out, said.err

    return go


def awarded(act, pence: int = 1_000_00) -> int:
    with act("system-loader"):
        person = make_person()
    with act("grace.lindqvist"):
        budget = make_budget(pence)
    with act("amina.begum"):
        return make_award(person, budget)


def test_money_is_put_in_and_shown(run):
    code, out, _ = run(
        *("fund", "allocate", "--by", "grace.lindqvist", "--source", "local"),
        *("--scheme", SCHEME, "--amount", "£1,234.50", "--memo", "Cabinet", "--day", "2026-04-01"),
    )
    assert (code, out.strip()) == (
        0,
        "£1,234.50 put into local for transition-payments, 2026/27.",
    )
    code, out, _ = run("fund", "show", "--json")
    shown = json.loads(out)
    assert (code, shown["books_agree"]) == (0, True)
    (budget,) = shown["budgets"]
    assert (budget["allocation_pence"], budget["available_pence"]) == (123450, 123450)
    assert budget["year"] == "2026/27"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"--source": "nowhere"}, "no funding source called nowhere"),
        ({"--scheme": "nothing"}, "no scheme called nothing"),
        ({"--amount": "1.234"}, "not an amount"),
        ({"--day": "2026-02-30"}, "not a day"),
        ({"--by": "amina.begum"}, "may do this"),
        ({"--source": "crf-housing", "--day": "2025-06-01"}, "not open on Sunday 1 June 2025"),
    ],
)
def test_a_mistake_is_a_sentence_and_ends_with_2(run, more, words):
    given = {"--by": "grace.lindqvist", "--source": "local", "--scheme": SCHEME}
    given |= {"--amount": "£1.00", "--memo": "x", "--day": "2026-06-01"} | more
    code, out, err = run("fund", "allocate", *(word for pair in given.items() for word in pair))
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_due_and_run_and_run_again(run, act):
    awarded(act)
    by = ("--by", "grace.lindqvist", "--as-at", "2026-07-06", "--json")
    due = json.loads(run("payments", "due", *by)[1])
    assert (due["total"], due["total_pence"]) == (2, 70_00)
    assert {line["due_on"] for line in due["payments"]} == {"2026-06-29", "2026-07-06"}
    first = json.loads(run("payments", "run", *by)[1])
    again = json.loads(run("payments", "run", *by)[1])
    assert (first["released"], first["pence"], first["refused"]) == (2, 70_00, [])
    assert (again["released"], again["pence"]) == (0, 0)


def test_payments_are_run_by_who_may(run, act):
    awarded(act)
    code, _, err = run("payments", "run", "--by", "amina.begum")
    assert (code, "amina.begum may do this" in err) == (2, True)


def test_a_trawl_lists_and_writes_down_whom_it_listed(run, act, settings, tmp_path):
    settings.HOME = tmp_path
    with act("system-loader"):
        make_area()
        person = make_claimant("Ada Yes")
        unsure = make_claimant("Ben Possible", expected_weeks=None)
    code, out, _ = run("trawl", "run", SCHEME, "--as-at", "2026-06-08", "--list", "--json")
    data = json.loads(out)
    assert (code, data["counts"]) == (0, {"yes": 1, "possible": 1})
    assert (data["as_at"], data["agencies"]) == ("2026-06-08", ["council-benefits"])
    assert data["basis"]["key"] == "public-task-benefits"
    by_ref = {entry["person"]: entry for entry in data["found"]}
    assert by_ref[person.ref]["answer"] == "yes"
    assert by_ref[unsure.ref]["criteria"]["job_expected_to_last"] is None
    with act("owen.pryce"):
        event = Event.objects.get(action="findings.list")
    assert sorted(event.people) == sorted([person.pk, unsure.pk])
    code, out, _ = run("trawl", "run", SCHEME, "--as-at", "2026-06-08", "--json")
    assert "found" not in json.loads(out)


def test_a_trawl_of_what_is_not_there(run):
    code, _, err = run("trawl", "run", "no-such-scheme")
    assert code == 2
    assert "There are council-tax-reduction, " in err
    assert "transition-payments" in err
    assert run("trawl", "run", "../governance/roles")[0] == 2


def test_the_trail_is_checked_and_a_broken_link_named(committed, act, capsys, tmp_path):
    for number in range(3):
        with act("amina.begum"):
            audit.record("person.view", person_id=number)
    assert command_line(["audit", "verify"], log_folder=tmp_path) == 0
    first = capsys.readouterr().out
    wait_and_seal_all()
    assert command_line(["audit", "verify"], log_folder=tmp_path) == 0
    assert "Every link holds" in capsys.readouterr().out
    # Nobody had sealed anything: the command itself chained what it then checked.
    assert "events that waited have been chained now." in first
    assert "0 events are chained" not in first
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_event SET action = 'x' WHERE person_id = 1")
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
        cursor.execute("SELECT id FROM audit_event WHERE person_id = 1")
        victim = cursor.fetchone()[0]
    assert command_line(["audit", "verify", "--json"], log_folder=tmp_path) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["broken"]["event"] == victim
    assert said["links"] >= 3


def wait_and_seal_all() -> None:
    """Another test's open transaction on this server keeps events out of the chain a while."""

    def sealed() -> bool:
        audit.seal()
        return audit.verify().unsealed == 0

    until(sealed, "events stay out of the chain")


def test_ended_by_a_day_that_is_no_day(run):
    code, _, err = run("payments", "due", "--by", "grace.lindqvist", "--as-at", "yesterday")
    assert (code, "2026-06-01" in err) == (2, True)


def test_nothing_is_due_before_its_day(run, act):
    award = awarded(act)
    before = (dt.date(2026, 6, 29) - dt.timedelta(days=1)).isoformat()
    code, out, _ = run("payments", "due", "--by", "grace.lindqvist", "--as-at", before)
    assert (code, out.splitlines()[0]) == (0, "0 payments, £0.00, due by Sunday 28 June 2026")
    with act("amina.begum"):
        assert queries.award(award).line.left_pence == 280_00
