"""A scheme that rests on a fact of class P4, for readers who may not see it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from tests.integration.flows.kept import number, place, town

from wholeplace.cli.main import run as command_line
from wholeplace.core.kernel.errors import Refused
from wholeplace.flows import compare_trawls, count_schemes, run_trawl
from wholeplace.flows.explain import explain_person
from wholeplace.rooms.agencies.models import Role
from wholeplace.rooms.casework.queries import work_list
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.schemes import queries, replays

__all__ = ["place", "town"]  # fixtures
SEES = ["P0", "P1", "P2", "P3", "P4"]
FACT = """
name: health_spell
meaning: How long the person has had a sickness benefit.
type: duration
unit: days
question: Since when have you had a sickness benefit?
class: P4
agency: council-benefits
example: time_on(health_spell) >= 26 weeks
derive:
  spells: {table: benefit_spells, column: benefit, kinds: [uc], permitted_gap_days: 0,
    counts_until_days: 0}
"""
SCHEME = """
scheme: health-help
name: Help with health
owner: council-benefits
source: test
valid: {from: 2010-01-01}
about: person
lawful_basis: public-task-benefits
may_read: [council-benefits]
criteria:
  ill: {text: has been ill for a while, when: "time_on(health_spell) >= 10 weeks"}
  grown: {text: is grown up, when: "age >= 18"}
eligible: {all: [ill, grown]}
found_by: [trawl]
journey: {lead: key-worker, decide_within: 5 working days}
cases:
  - name: ill for long
    as_at: 2026-06-01
    facts: {date_of_birth: 1990-01-01, time_on(health_spell): since 2025-01-01}
    expect: {eligible: yes}
  - name: ill since yesterday
    as_at: 2026-06-01
    facts: {date_of_birth: 1990-01-01, time_on(health_spell): since 2026-05-31}
    expect: {eligible: no, because: [ill]}
"""


@pytest.fixture
def clinic(town):
    """The small town, with a scheme that rests on a protected fact."""
    (town / "facts" / "health_spell.yaml").write_text(FACT.lstrip(), encoding="utf-8")
    (town / "schemes" / "health-help.yaml").write_text(SCHEME.lstrip(), encoding="utf-8")
    return town


def grant(classes: list[str]) -> None:
    Role.objects.using("owner").filter(code="benefits-assessor").update(classes=classes)


def browser() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username="amina.begum"))
    return client


def trawled(act) -> int:
    """A trawl by somebody who had every class; the readers after it do not."""
    grant(SEES)
    me = number(act)
    run = run_trawl.start("health-help", as_at=timezone.localdate(), membership_id=me, route="test")
    run_trawl.carry_out(run, membership_id=me, route="test")
    return run


def kept_by(act, run: int) -> dict[str, object]:
    """What a reader is told of the trawl's criteria, wherever they are shown."""
    with act("amina.begum"):
        found = work_list(run).items
        return {
            "finding": [queries.finding(one.id).criteria for one in found],
            "listed": queries.criteria_of([one.id for one in found]),
            "funnel": queries.run(run).funnel,
        }


def test_kept_criteria_and_the_funnel_are_masked_everywhere(act, clinic, capsys):
    run = trawled(act)
    whole = kept_by(act, run)
    assert {c.value for one in whole["finding"] for c in one} == {"yes"}
    assert [step.protected for step in whole["funnel"]] == [False, False]
    grant(SEES[:4])
    masked = kept_by(act, run)
    told = {tuple(sorted((c.key, c.value) for c in one)) for one in masked["finding"]}
    assert told == {(("grown", "yes"), ("ill", "protected"))}
    assert all(one == {"ill": "protected", "grown": True} for one in masked["listed"].values())
    ill, grown = sorted(masked["funnel"], key=lambda step: not step.protected)
    assert (ill.protected, ill.yes, ill.no, ill.unknown, ill.left) == (True, None, None, None, None)
    assert (grown.key, grown.protected, grown.yes) == ("grown", False, 4)
    client = browser()
    number_of = next(iter(masked["listed"]))
    page = client.get(f"/findings/{number_of}").content.decode()
    assert "Protected" in page
    assert client.get(f"/api/findings/{number_of}").json()["criteria"] == [
        vars(one) for one in masked["finding"][0]
    ]
    assert "Protected" in client.get(f"/trawls/{run}/about").content.decode()
    said = client.get(f"/api/trawls/{run}").json()["funnel"][masked["funnel"].index(ill)]
    assert (said["yes"], said["no"], said["unknown"], said["left"]) == (None, None, None, None)


def test_replays_and_comparisons_leave_protected_criteria_out(act, clinic):
    first, second = trawled(act), trawled(act)
    with act("amina.begum"):
        replay = replays.ask(run_id=first)
        person = work_list(first).items[0].person_id
    criteria = {"ill": (True, False), "grown": (True, None)}
    with act("system-worker"):
        replays.begin(replay_id=replay)
        moved = replays.Difference(person, "yes", "possible", criteria, "no_history")
        replays.settle(replay_id=replay, kept=4, differences=[moved])
    grant(SEES[:4])
    with act("amina.begum"):
        assert [set(one.criteria) for one in replays.differences(replay)] == [{"grown"}]
        both = compare_trawls.pair(second, first)
        ref = Person.objects.get(pk=person).ref
        change = compare_trawls.change(both, ref)
    assert set(change.person.criteria_before) == {"grown"} == set(change.person.criteria_after)
    assert change.tests == ()


def test_asking_for_a_trawl_or_a_count_needs_every_class(act, clinic, capsys, tmp_path):
    grant(SEES[:4])
    me, day = number(act), timezone.localdate()
    with pytest.raises(Refused, match="information class P4"):
        run_trawl.start("health-help", as_at=day, membership_id=me, route="test")
    assert "health-help" not in browser().get("/trawls/start").content.decode()
    words = ["trawl", "run", "health-help", "--by", "amina.begum", "--list"]
    assert command_line(words, log_folder=tmp_path) == Refused.exit_code
    assert "information class P4" in capsys.readouterr().err
    run = trawled(act)  # there is a snapshot now
    grant(SEES[:4])
    found = count_schemes.count(["health-help"], as_at=day, membership_id=me, route="test")
    assert (found.results, [key for key, _ in found.left_out]) == ((), ["health-help"])
    with act("amina.begum"):
        assert queries.run(run).line.yes == 4


def test_another_day_than_today_is_told_to_those_who_may_see_what_it_rests_on(act, clinic):
    today = timezone.localdate()
    with act("amina.begum"):
        person = Person.objects.order_by("pk").first()
    asked = {"person_id": person.pk, "scheme": "health-help"}
    answers = {}
    for classes in (SEES, SEES[:4]):
        grant(classes)
        client = browser()
        for back in (0, 1, 700):
            as_at = today - dt.timedelta(days=back)
            url = f"/api/people/{person.ref}/explain/health-help?as_at={as_at}"
            answers[len(classes), back] = client.get(url)
    assert {key: found.status_code for key, found in answers.items()} == {
        (5, 0): 200, (5, 1): 200, (5, 700): 200, (4, 0): 200, (4, 1): 403, (4, 700): 403,
    }  # fmt: skip
    refusals = {json.dumps(answers[4, back].json()) for back in (1, 700)}
    assert len(refusals) == 1, "a refusal tells nothing of the day"
    assert "as of today only" in refusals.pop()
    with act("amina.begum"):
        with pytest.raises(Refused):
            explain_person(**asked, as_at=today, known_at=timezone.now() - dt.timedelta(hours=1))
        seen = explain_person(
            person_id=person.pk, scheme="transition-payments", as_at=dt.date(2026, 6, 15)
        )
    assert seen.answer == "yes"


def test_counts_are_of_those_whom_the_reader_may_see(act, clinic):
    run = trawled(act)
    with act("amina.begum"):
        hidden = work_list(run).items[0].person_id
    Person.objects.using("owner").filter(pk=hidden).update(restricted=True)
    with act("amina.begum"):
        listed = work_list(run)
        assert (listed.run.yes, listed.total, len(listed.items)) == (3, 3, 3)
        assert [line.yes for line in queries.runs() if line.id == run] == [3]
    client = browser()
    assert "Yes (3)" in client.get(f"/trawls/{run}?answer=yes").content.decode()
    assert client.get(f"/api/trawls/{run}").json()["line"]["yes"] == 3
