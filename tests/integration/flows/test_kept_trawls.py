"""A trawl is kept with everything that decided it: asked again, compared, and why it moved."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError
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
    number,
    place,
    town,
    trawl,
)
from tests.integration.records import extracts

from wholeplace.core.kernel.errors import NotFound, Refused, UserMistake
from wholeplace.flows import compare_trawls, place_rules, replay_trawl, run_trawl
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.places.models import Area, Indicator
from wholeplace.rooms.schemes import queries, replays
from wholeplace.rooms.schemes.models import (
    Finding,
    PlaceVersion,
    ReplayDifference,
    SchemeVersion,
    TrawlRun,
)


def replay(act, run: int) -> replays.ReplayLine:
    return replay_trawl.replay_of(run, membership_id=number(act), route="test")


def kept(act, run: int) -> list[tuple[object, ...]]:
    with act("system-worker"):
        rows = Finding.objects.filter(run=run).order_by("person_id")
        return list(rows.values_list("person__name", "answer", "criteria", "state", "version"))


def compared(act, run: int, earlier: int | None = None) -> dict[str, compare_trawls.Change]:
    """Name → what moved, of every kind."""
    with act("amina.begum"):
        both = compare_trawls.pair(run, earlier)
        pages = [compare_trawls.changes(both, kind) for kind in compare_trawls.queries.KINDS]
        return {one.person.name: one for page in pages for one in page.items}


__all__ = ["place", "town"]  # fixtures


# -- kept ---------------------------------------------------------------------------------
def test_the_rules_of_the_place_are_kept_once_and_rebuilt_exactly(act, town):
    first, second = trawl(act), trawl(act)
    with act("system-worker"):
        versions = TrawlRun.objects.filter(pk__in=[first, second]).values_list("version_id")
        assert len(set(versions)) == PlaceVersion.objects.count() == 1
        version = SchemeVersion.objects.get()
        was = place_rules.scheme(SCHEME)
        change_rules(town)
        change_figures(town)
        again = place_rules.kept_scheme(version.pk)
        assert (again.place, again.criteria, again.text) == (was.place, was.criteria, was.text)
        now = place_rules.scheme(SCHEME)
        assert now.place != was.place
        assert now.settings != was.settings
    third = trawl(act)
    with act("system-worker"):
        assert PlaceVersion.objects.count() == SchemeVersion.objects.count() == 2
        assert TrawlRun.objects.get(pk=third).version_id != version.pk


def test_a_trawl_is_carried_out_by_the_rules_of_the_moment_it_was_asked_for(act, town):
    me = number(act)
    run = run_trawl.start(SCHEME, as_at=DAY, membership_id=me, route="test")
    change_rules(town)
    change_figures(town)
    run_trawl.carry_out(run, membership_id=me, route="test")
    assert [(name, answer) for name, answer, *_ in kept(act, run)] == [
        ("Test Person R1", "yes"),
        ("Test Person R2", "yes"),
        ("Test Person R3", "possible"),
    ]


def test_a_trawl_that_breaks_says_so_in_plain_words(act, town, monkeypatch):
    me = number(act)
    run = run_trawl.start(SCHEME, as_at=DAY, membership_id=me, route="test")

    def broken(**_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(run_trawl, "take_snapshot", broken)
    with pytest.raises(KeyError):
        run_trawl.carry_out(run, membership_id=me, route="test")
    with act("amina.begum"):
        failure = queries.run(run).line.failure
    assert failure == run_trawl.UNEXPECTED
    assert "the log says what it was" in failure
    assert "KeyError" not in failure


def test_what_a_trawl_says_of_itself_names_both_versions(act, town):
    first = trawl(act)
    change_figures(town)
    second = trawl(act)
    with act("amina.begum"):
        runs = [queries.run(one) for one in (first, second)]
    assert runs[0].scheme_hash == runs[1].scheme_hash
    assert runs[0].place_hash != runs[1].place_hash
    assert all(len(one.place_hash) == 64 for one in runs)


def test_a_figure_that_came_late_is_taken_and_none_that_was_kept_is_replaced(act, town):
    file = town / "rates" / "ctr_savings_limit.yaml"
    whole = file.read_text(encoding="utf-8")
    other = DAY.replace(year=2031)
    with act("amina.begum"):
        version = place_rules.keep(place_rules.scheme("council-tax-reduction"))
        kept = place_rules.kept_scheme(version)
        assert place_rules.kept_scheme_on(version, DAY) == kept
        assert place_rules.kept_scheme_on(version, other) == kept  # nobody has that figure yet
        late = '  - {from: 2031-04-01, to: 2032-03-31, value: £99.00, source: "test"}'
        file.write_text(f"{whole.rstrip()}\n{late}\n".replace("£6,000", "£7,000"), "utf-8")
        assert place_rules.kept_scheme_on(version, DAY) == kept
        filled = place_rules.kept_scheme_on(version, other).place
    assert place_rules.has_figure(filled.rates["ctr_savings_limit"], other)
    others = {name: rate for name, rate in filled.rates.items() if name != "ctr_savings_limit"}
    assert others.items() <= kept.place.rates.items()


# -- replayed -----------------------------------------------------------------------------
def test_a_replay_is_identical_after_data_and_rules_have_changed(act, town, tmp_path):
    run = trawl(act)
    before = kept(act, run)
    load_changes(tmp_path)
    change_rules(town)
    change_figures(town)
    done = replay(act, run)
    assert (done.state, done.kept, done.missing, done.extra, done.changed) == (
        "identical", 3, 0, 0, 0,
    )  # fmt: skip
    assert kept(act, run) == before
    assert kept(act, trawl(act)) != before
    assert not list((tmp_path / "replays").iterdir())
    with act("owen.pryce"):
        actions = Event.objects.filter(action__startswith="trawl.replay").values_list("action")
        assert sorted(actions) == [("trawl.replay",), ("trawl.replayed",)]


def test_each_of_the_three_changes_alone_would_make_a_trawl_of_today_another(act, town, tmp_path):
    before = kept(act, trawl(act))
    change_rules(town)
    rules = kept(act, trawl(act))
    amend(town / "schemes" / f"{SCHEME}.yaml", "value: 40 weeks", "value: 5 weeks")
    assert kept(act, trawl(act)) == before
    change_figures(town)
    figures = kept(act, trawl(act))
    amend(town / "facts" / "qualifying_benefits.yaml", "kinds: [is", "kinds: [uc, is")
    load_changes(tmp_path)
    data = kept(act, trawl(act))
    assert all(each != before for each in (rules, figures, data))


def test_a_replay_says_exactly_what_differs(act, town, monkeypatch):
    run = trawl(act)
    answers = replay_trawl._answers

    def other(result):
        """As if R1 were gone, R2 unknown, and somebody had come."""
        found = answers(result)
        _, second, third = sorted(found)
        criteria = found[second][1] | {"job_expected_to_last": None}
        return {second: ("possible", criteria), third: found[third], third + 1: found[third]}

    monkeypatch.setattr(replay_trawl, "_answers", other)
    done = replay(act, run)
    assert (done.state, done.kept, done.missing, done.extra, done.changed) == (
        "different", 3, 1, 1, 1,
    )  # fmt: skip
    with act("amina.begum"):
        lines = replays.differences(done.id)
    assert [(one.name, one.kept, one.replayed, one.criteria) for one in lines] == [
        ("Test Person R1", "yes", "", {}),
        ("Test Person R2", "yes", "possible", {"job_expected_to_last": (True, None)}),
        ("Test Person R4", "", "possible", {}),
    ]
    assert {one.reason for one in lines} <= set(replay_trawl.WORDS)
    with act("owen.pryce"):
        event = Event.objects.filter(action="findings.replay").latest("id")
    assert sorted(event.people) == sorted(one.person_id for one in lines)


def test_somebody_of_whom_nothing_is_held_is_named_as_the_reason():
    answered = ("yes", {"a": True})
    found = replay_trawl.compare({1: answered, 2: answered}, {3: answered}, frozenset({1, 3}))
    assert [(one.person_id, one.reason) for one in found] == [
        (1, "no_history"),
        (2, "not_held"),
        (3, "newly_seen"),
    ]


def test_a_replay_that_fails_says_so_in_words_and_keeps_nothing(act, town, monkeypatch):
    run = trawl(act)

    def broken(**_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(replay_trawl, "take_snapshot", broken)
    with pytest.raises(KeyError):
        replay(act, run)
    with act("amina.begum"):
        (line,) = replays.replays(run)
    assert (line.state, line.failure) == ("failed", run_trawl.UNEXPECTED)
    assert "KeyError" not in line.failure


def test_a_replay_whose_session_died_is_marked_when_the_next_is_asked_for(act, town):
    run = trawl(act)
    me = number(act)
    died = replay_trawl.start(run, membership_id=me, route="test")
    assert replay_trawl.start(run, membership_id=me, route="test") == died  # waits still
    with act("system-worker"):
        replays.begin(replay_id=died)
    done = replay(act, run)
    with act("amina.begum"):
        states = {line.id: (line.state, line.failure) for line in replays.replays(run)}
    assert states == {
        died: ("failed", "It was stopped before it finished."),
        done.id: ("identical", ""),
    }


def test_a_settled_replay_stays_as_it_is(act, town):
    done = replay(act, trawl(act))
    again = replay_trawl.carry_out(done.id, membership_id=number(act), route="test")
    assert again == done
    with act("system-worker"), pytest.raises(DatabaseError):
        replays.TrawlReplay.objects.filter(pk=done.id).update(state="different")


def test_who_may_not_run_trawls_may_not_replay_them(act, town):
    run = trawl(act)
    for username in ("harpreet.gill", "grace.lindqvist", "kezia.brown", "owen.pryce"):
        with pytest.raises((Refused, NotFound)):
            replay_trawl.start(run, membership_id=number(act, username), route="test")
    with act("grace.lindqvist"):
        assert replays.replays(run) == []
        assert ReplayDifference.objects.count() == 0


def test_a_trawl_whose_place_was_not_kept_cannot_be_replayed(act, town):
    me = number(act)
    with act("amina.begum"):
        version = replays.TrawlRun.objects.create  # a run of a release that kept no place
        made = version(
            scheme=SCHEME,
            as_at=DAY,
            version=SchemeVersion.objects.create(scheme=SCHEME, name="x", text="x", hash="x"),
        ).pk
        TrawlRun.objects.filter(pk=made).update(state="whole")
    with pytest.raises(UserMistake, match="before the place’s facts"):
        replay_trawl.start(made, membership_id=me, route="test")


# -- compared -----------------------------------------------------------------------------
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
