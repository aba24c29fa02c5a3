"""From the council's records to a released payment, on every action of the journey."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.builders import SCHEME, make_budget, make_claimant
from tests.integration.flows.trawled import DAY, city, found, trawl

from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake
from wholeplace.core.rules.stated import FactMistake
from wholeplace.flows import apply_and_decide as flow
from wholeplace.flows import contact, pay
from wholeplace.flows.explain import explain_person
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.casework import queries
from wholeplace.rooms.documents import queries as letters
from wholeplace.rooms.people.actions import set_contact_bar
from wholeplace.rooms.schemes import actions as schemes
from wholeplace.rooms.schemes import queries as trawls
from wholeplace.rooms.schemes.models import Finding, TrawlRun

__all__ = ["city"]  # a fixture


def test_a_trawl_finds_whom_it_fits_and_may_fit_and_marks_who_is_not_written_to(act, city):
    run = trawl(act)
    with act("amina.begum"):
        listed = queries.work_list(run)
        whole = trawls.run(run)
    assert {(i.name, i.answer) for i in listed.items} == {
        ("Ada Yes", "yes"),
        ("Ben Possible", "possible"),
        ("Eve Dead", "yes"),
        ("Fay Barred", "yes"),
        ("Gil Unsafe", "yes"),
    }
    assert {i.name for i in listed.items if i.may_be_written_to} == {"Ada Yes", "Ben Possible"}
    assert (whole.line.state, whole.line.yes, whole.line.possible) == ("whole", 4, 1)
    assert (whole.line.people, whole.agencies) == (7, ("council-benefits",))
    assert whole.basis["key"] == "public-task-benefits"
    assert whole.funnel[-1].left == 5


def test_the_list_is_filtered_and_paged_and_everybody_shown_is_in_the_trail(act, city):
    run = trawl(act)
    with act("amina.begum"):
        first = queries.work_list(run, answer="yes", size=3)
        rest = queries.work_list(run, answer="yes", size=3, after=first.next_after)
        assert (len(first.items), len(rest.items), rest.next_after) == (3, 1, None)
        assert (first.total, first.counts.of("possible", "new")) == (4, 1)
    with act("owen.pryce"):
        events = Event.objects.filter(action="findings.list").order_by("id")
        people = [person for event in events for person in event.people]
    assert sorted(people) == sorted(i.person_id for i in (*first.items, *rest.items))


def test_the_trawl_and_asking_one_by_one_agree(act, city):
    run = trawl(act)
    with act("amina.begum"):
        listed = {i.person_id: i.answer for i in queries.work_list(run).items}
        for person in city.values():
            one = explain_person(person_id=person.pk, scheme=SCHEME, as_at=DAY)
            assert listed.get(person.pk, "no") == one.answer


def test_an_explanation_names_what_was_stated_as_its_source(act, city):
    with act("amina.begum"):
        held = explain_person(person_id=city["possible"].pk, scheme=SCHEME, as_at=DAY)
        said = explain_person(
            person_id=city["possible"].pk,
            scheme=SCHEME,
            as_at=DAY,
            answers={"job_expected_length": "10 weeks"},
        )
    assert (held.answer, [q.fact for q in held.missing]) == ("possible", ["job_expected_length"])
    assert said.answer == "yes"
    facts = {f.fact: f.source for c in said.criteria for f in c.facts}
    assert facts["job_expected_length"] == "stated on the application"
    assert "benefits service" in facts["job_start_date"]


def test_who_sees_nothing_of_this(act, city):
    run = trawl(act)
    number = found(act, run, "Ada Yes").id
    for username in ("kezia.brown", "grace.lindqvist", "sam.admin", "owen.pryce"):
        with act(username):
            assert Finding.objects.count() == TrawlRun.objects.count() == 0
            with pytest.raises(NotFound):
                trawls.finding(number)
            with pytest.raises(NotFound):
                queries.work_list(run)
            told = set()
            for person in (city["yes"].pk, 999_999_999):  # somebody, and nobody: no difference
                with pytest.raises((NotFound, Refused)) as refused:
                    explain_person(person_id=person, scheme=SCHEME, as_at=DAY)
                told.add((type(refused.value), str(refused.value)))
            assert len(told) == 1


def test_a_restricted_person_is_found_and_shown_to_nobody(act, city):
    with act("system-loader"):
        hidden = make_claimant("Hal Hidden", restricted=True)
    run = trawl(act)
    with act("system-worker"):
        assert Finding.objects.filter(run=run, person=hidden).count() == 1
    with act("amina.begum"):
        listed = queries.work_list(run)
        assert "Hal Hidden" not in {i.name for i in listed.items}
        assert (listed.total, listed.counts.of()) == (5, 5)


def test_the_second_opener_is_told(act, city):
    run = trawl(act)
    line = found(act, run, "Ada Yes")
    with act("amina.begum"):
        schemes.open_finding(finding_id=line.id, version=1)
    with act("tom.okafor"):
        schemes.open_finding(finding_id=line.id, version=1)  # open already: nothing to do
        with pytest.raises(Stale):
            schemes.set_aside(finding_id=line.id, version=1, reason="Not now")
        schemes.set_aside(finding_id=line.id, version=2, reason="Moved away")
        schemes.bring_back(finding_id=line.id, version=3, reason="Came back")
        steps = trawls.finding(line.id).steps
    assert [(s.event, s.by_name, s.reason) for s in steps] == [
        ("open", "Amina Begum", ""),
        ("set_aside", "Tom Okafor", "Moved away"),
        ("bring_back", "Tom Okafor", "Came back"),
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Eve Dead", "have died"),
        ("Fay Barred", "not to be contacted"),
        ("Gil Unsafe", "not safe"),
    ],
)
def test_nobody_is_invited_against_a_bar_and_the_reason_is_said(act, city, name, words):
    line = found(act, trawl(act), name)
    with act("amina.begum"):
        with pytest.raises(Refused, match=words):
            contact.write_invitation(finding_id=line.id, version=1)
        assert trawls.finding(line.id).line.state == "new"


def test_an_objection_stops_the_next_letter(act, city):
    line = found(act, trawl(act), "Ada Yes")
    with act("amina.begum"):
        set_contact_bar(ref=line.person_ref, kind="objected", reason="Wrote to us", happened_on=DAY)
        assert [bar.kind for bar in contact.contact_reasons(line.person_id)] == ["objected"]
        with pytest.raises(Refused, match="objected"):
            contact.write_invitation(finding_id=line.id, version=1)
        assert trawls.finding(line.id).line.objected


def test_the_whole_way(act, city):
    line = found(act, trawl(act), "Ada Yes")
    with act("grace.lindqvist"):
        make_budget(500_00, source="crf-housing")
    with act("amina.begum"):
        schemes.open_finding(finding_id=line.id, version=1)
        letter = letters.letter(
            contact.write_invitation(finding_id=line.id, version=2, happened_on=DAY)
        )
        application = flow.record_application(
            person_id=line.person_id,
            scheme=SCHEME,
            source="trawl",
            finding_id=line.id,
            received_on=DAY,
            answers={"job_expected_length": "26 weeks"},
        )
        proposed = flow.proposal(application)
        award = flow.decide_award(
            application_id=application,
            version=1,
            reasons="Fits every rule of the scheme.",
            weekly_pence=proposed.weekly_pence,
            budget_id=proposed.budgets[0].id,
            payee_kind="customer",
            payee_name="Ada Yes",
            happened_on=DAY,
        )
        told = letters.letter(flow.decision_letter(application_id=application))
        assert flow.decision_letter(application_id=application) == told.id  # the same letter
        assert trawls.finding(line.id).line.state == "applied"
        payments = queries.award(award).payments
    assert letter.address_lines == ("1 Test Street", "Birmingham", "B1 1AA")
    assert any("object" in block.text for block in letter.blocks)
    assert (proposed.weekly_pence, proposed.total_pence) == (35_00, 280_00)
    assert proposed.other_reading.last == dt.date(2026, 9, 20)
    assert told.kind == "award"
    assert any("£35.00 a week for 8 weeks" in block.text for block in told.blocks)
    with act("grace.lindqvist"):
        pay.release_payment(payment_id=payments[0].id)
        assert queries.payment(payments[0].id).state == "released"


def test_an_award_waits_until_what_is_missing_is_known(act, city):
    with act("grace.lindqvist"):
        make_budget(500_00, source="crf-housing")
    with act("amina.begum"):
        application = flow.record_application(
            person_id=city["possible"].pk,
            scheme=SCHEME,
            source="referral",
            referrer="Erdington Jobcentre",
            received_on=DAY,
            answers={},
        )
        with pytest.raises(UserMistake, match="How many weeks is the job expected to last"):
            flow.proposal(application)
        flow.ask_information(
            application_id=application, version=1, what="The job's length", happened_on=DAY
        )
        flow.information_received(
            application_id=application,
            version=2,
            answers={"job_expected_length": "10 weeks"},
            happened_on=DAY,
        )
        assert flow.proposal(application).total_pence == 280_00


def test_who_does_not_fit_is_refused_with_reasons_and_may_ask_again(act, city):
    with act("amina.begum"):
        application = flow.record_application(
            person_id=city["short"].pk,
            scheme=SCHEME,
            source="self",
            received_on=DAY,
            answers={},
        )
        with pytest.raises(UserMistake, match="26 weeks"):
            flow.proposal(application)
        flow.decide_refusal(
            application_id=application,
            version=1,
            reasons="You had been on benefit for four weeks.",
            happened_on=DAY,
        )
        told = letters.letter(flow.decision_letter(application_id=application))
        decision = queries.application(application).decision
    text = " ".join(block.text for block in told.blocks)
    assert "You had been on benefit for four weeks." in text
    assert "qualifying benefit for 26 weeks without a break" in text
    assert "Wednesday 8 July 2026" in text  # one calendar month to ask again
    assert decision.explanation["failed"] == ["on_benefit_26_weeks"]


def test_a_source_whose_condition_fails_is_named_and_others_suggested(act, city):
    with act("grace.lindqvist"):
        local = make_budget(500_00, source="local")
        crisis = make_budget(500_00, source="crf-housing")
    with act("amina.begum"):
        application = flow.record_application(
            person_id=city["yes"].pk,
            scheme=SCHEME,
            source="self",
            received_on=DAY,
            answers={"uc_housing_costs": "no", "time_on(housing_benefit)": "0 days"},
        )
        choices = {c.id: c.fits for c in flow.proposal(application).budgets}
        assert choices == {local: "yes", crisis: "no"}
        with pytest.raises(UserMistake, match=r"Universal Credit with housing costs.*local"):
            flow.decide_award(
                application_id=application,
                version=1,
                reasons="Fits",
                weekly_pence=35_00,
                budget_id=crisis,
                payee_kind="customer",
                payee_name="Ada Yes",
            )


def test_an_answer_that_cannot_be_one_is_refused_with_what_to_write(act, city):
    with act("amina.begum"), pytest.raises(FactMistake, match="30 weeks"):
        flow.record_application(
            person_id=city["yes"].pk,
            scheme=SCHEME,
            source="self",
            received_on=DAY,
            answers={"job_expected_length": "soon"},
        )


def test_what_answers_an_unsafe_address_is_handed_over(act, city):
    with act("amina.begum"):
        application = flow.record_application(
            person_id=city["unsafe"].pk,
            scheme=SCHEME,
            source="self",
            received_on=DAY,
            answers={},
        )
        flow.decide_refusal(
            application_id=application, version=1, reasons="No rent", happened_on=DAY
        )
        told = letters.letter(flow.decision_letter(application_id=application))
    assert (told.delivery, told.address_lines) == ("hand", ())
