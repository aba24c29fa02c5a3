"""Two kept trawls beside each other: who is new, who fell out, whose answer moved, and why."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.builders import SCHEME
from tests.integration.flows.kept import (
    DAY,
    LATER,
    SINCE,
    WEEKS,
    amend,
    change_figures,
    change_rules,
    extract,
    load,
    load_changes,
    place,
    town,
    trawl,
)
from tests.integration.records import extracts

from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.flows import compare_trawls
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.places.models import Area, Indicator


def compared(act, run: int, earlier: int | None = None) -> dict[str, compare_trawls.Change]:
    """Name → what moved, of every kind."""
    with act("amina.begum"):
        both = compare_trawls.pair(run, earlier)
        pages = [compare_trawls.changes(both, kind) for kind in compare_trawls.queries.KINDS]
        return {one.person.name: one for page in pages for one in page.items}


__all__ = ["place", "town"]  # fixtures


def test_who_is_new_who_fell_out_and_who_moved_by_the_data(act, town, tmp_path):
    first = trawl(act)
    load_changes(tmp_path)
    second = trawl(act)
    found = compared(act, second)
    assert {name: (one.person.kind, one.reasons) for name, one in found.items()} == {
        "Test Person R1": ("gone", ("data",)),
        "Test Person R3": ("now_yes", ("data",)),
        "Test Person R4": ("new", ("data",)),
    }
    tests = {name: [(t.key, t.before, t.after) for t in one.tests] for name, one in found.items()}
    assert tests["Test Person R1"] == [("job_expected_to_last", "yes", "no")]
    assert tests["Test Person R4"] == [("on_benefit_26_weeks", "no", "yes")]
    assert tests["Test Person R3"] == [("job_expected_to_last", "unknown", "yes")]
    with act("amina.begum"):
        both = compare_trawls.pair(second, first)
        assert both.counts == {"new": 1, "gone": 1, "now_yes": 1, "now_possible": 0, "same": 1}
        assert (both.rules_changed, both.figures_changed) == (False, False)
        gone = compare_trawls.change(both, found["Test Person R1"].person.person_ref)
    assert (gone.now.answer, gone.now.failed) == ("no", ("job_expected_to_last",))


def test_who_fell_out_by_the_rules(act, town):
    trawl(act)
    change_rules(town)
    found = compared(act, trawl(act))
    assert {name: (one.person.kind, one.reasons) for name, one in found.items()} == {
        "Test Person R1": ("gone", ("rules",)),
    }


def test_who_fell_out_by_the_places_figures(act, town):
    trawl(act)
    change_figures(town)
    found = compared(act, trawl(act))
    assert {(one.person.kind, one.reasons) for one in found.values()} == {("gone", ("figures",))}
    assert len(found) == 3
    (tests,) = {tuple(t.key for t in one.tests) for one in found.values()}
    assert tests == ("on_benefit_26_weeks",)


def test_who_fell_out_by_the_day(act, town):
    trawl(act)
    found = compared(act, trawl(act, LATER))
    assert {(one.person.kind, one.reasons) for one in found.values()} == {("gone", ("day",))}
    assert len(found) == 3


def test_every_change_that_turned_an_answer_is_named(act, town, tmp_path):
    """R1 fell out by its data; whatever else changed turned nothing for R1."""
    trawl(act)
    load_changes(tmp_path)
    change_rules(town)
    found = compared(act, trawl(act))
    reasons = {name: one.reasons for name, one in found.items()}
    # R3 became a yes by the data and a no by the rules; R4 the same, and so moved nowhere.
    assert reasons == {"Test Person R1": ("data",), "Test Person R3": ("data", "rules")}


def test_rules_that_fit_only_the_new_facts_are_named_with_them(act, town):
    """A scheme that names a new fact cannot be asked over the old ones."""
    trawl(act)
    fact = (town / "facts" / "job_expected_length.yaml").read_text(encoding="utf-8")
    new = fact.replace("name: job_expected_length", "name: how_long_the_job_lasts")
    (town / "facts" / "how_long_the_job_lasts.yaml").write_text(
        "\n".join(line for line in new.splitlines() if not line.startswith("example:")) + "\n"
    )
    scheme = town / "schemes" / f"{SCHEME}.yaml"
    amend(scheme, "value: 5 weeks", "value: 40 weeks")
    amend(scheme, "job_expected_length", "how_long_the_job_lasts")
    (town / "facts" / "job_expected_length.yaml").unlink()
    for other in (town / "facts").glob("*.yaml"):
        if "job_expected_length" in other.read_text(encoding="utf-8"):
            other.unlink()
    text = scheme.read_text(encoding="utf-8")
    scheme.write_text(text[: text.index("cases:")] + CASE, encoding="utf-8")
    found = compared(act, trawl(act))
    assert {name: one.reasons for name, one in found.items()} == {
        "Test Person R1": ("figures", "rules")
    }


CASE = """cases:
  - name: nothing is known
    as_at: 2026-06-08
    facts: {jobs_started: 0}
    expect: {eligible: no}
"""


def test_what_changed_after_the_later_trawl_changes_no_reason(act, town, tmp_path):
    trawl(act)
    load_changes(tmp_path)
    second = trawl(act)
    before = compared(act, second)
    load(tmp_path, "third", WEEKS, SINCE)  # back to what it was
    assert compared(act, second) == before
    assert before["Test Person R1"].reasons == ("data",)


def test_what_has_no_history_is_said_to_have_none(act, town):
    """An area's figure that was changed for the later trawl and then put right."""
    trawl(act)
    set_decile(act, 9, dt.date(2026, 4, 1))
    second = trawl(act)
    assert {one.reasons for one in compared(act, second).values()} == {("data",)}
    set_decile(act, 1, dt.date(2026, 5, 1))
    assert {one.reasons for one in compared(act, second).values()} == {("no_history",)}


def set_decile(act, decile: int, since: dt.date) -> None:
    with act("system-loader"):
        Indicator.objects.create(
            area=Area.objects.get(code="DEMO01001"),
            name="imd_decile",
            value=decile,
            valid_from=since,
            source="test",
        )


def test_somebody_of_whom_nothing_was_held_any_more(act, town, tmp_path):
    trawl(act)
    tables = extract(WEEKS, SINCE)
    for file in ("residents", "household_members", "benefit_spells", "jobs"):
        tables[file] = [one for one in tables[file] if one["person_key"] != "R1"]
    extracts.load(extracts.write(tables, tmp_path / "fewer"), DAY)
    found = compared(act, trawl(act))
    assert {name: (one.person.kind, one.reasons, one.now) for name, one in found.items()} == {
        "Test Person R1": ("gone", ("not_held",), None)
    }


def test_nothing_changed_and_the_first_of_all(act, town):
    first = trawl(act)
    with act("amina.begum"), pytest.raises(UserMistake, match="first trawl"):
        compare_trawls.pair(first)
    second = trawl(act)
    with act("amina.begum"):
        assert compare_trawls.pair(second).counts["same"] == 3
        with pytest.raises(UserMistake, match="an earlier one"):
            compare_trawls.pair(first, second)
        with pytest.raises(NotFound):
            compare_trawls.pair(second, 987654)


def test_everybody_compared_is_in_the_trail_page_by_page(act, town):
    trawl(act)
    second = trawl(act, LATER)
    with act("amina.begum"):
        both = compare_trawls.pair(second)
        first = compare_trawls.changes(both, "gone", size=2)
        rest = compare_trawls.changes(both, "gone", after=first.next_after, size=2)
        assert (len(first.items), len(rest.items), rest.next_after) == (2, 1, None)
    with act("owen.pryce"):
        events = Event.objects.filter(action="findings.compare").order_by("id")
        people = [person for event in events for person in event.people]
    assert people == [one.person.person_id for one in (*first.items, *rest.items)]


def test_who_sees_no_trawls_compares_none(act, town):
    trawl(act)
    second = trawl(act, LATER)
    for username in ("grace.lindqvist", "kezia.brown", "owen.pryce", "sam.admin"):
        with act(username), pytest.raises((NotFound, UserMistake)):
            compare_trawls.pair(second)


def test_a_persons_rows_are_read_once_a_moment(act, town, tmp_path, monkeypatch):
    """However many steps lie between two trawls: rules, figures and day are asked of the same."""
    trawl(act)
    load_changes(tmp_path)
    change_figures(town)
    second = trawl(act, LATER)
    moments = []

    def counted(person_id, **how):
        moments.append((person_id, how["known_at"]))
        return read(person_id, **how)

    read = compare_trawls.person_rows
    monkeypatch.setattr(compare_trawls, "person_rows", counted)
    assert compared(act, second)
    assert moments
    assert len(moments) == len(set(moments))
