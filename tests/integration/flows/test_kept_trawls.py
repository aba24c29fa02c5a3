"""A trawl is kept with everything that decided it, and can be asked again as it was."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from tests.builders import SCHEME
from tests.integration.flows.kept import (
    DAY,
    amend,
    change_figures,
    change_rules,
    load_changes,
    number,
    place,
    town,
    trawl,
)

from wholeplace.core.kernel.errors import NotFound, Refused, UserMistake
from wholeplace.flows import place_rules, replay_trawl, run_trawl
from wholeplace.rooms.audit.models import Event
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
