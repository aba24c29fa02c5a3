"""Letters: lawful and safe whatever the program says, and never changed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from tests.builders import make_claimant, make_person, state_home, state_resident

from wholeplace.core.casework.letters import write
from wholeplace.core.kernel.errors import NotFound, Refused
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.documents import actions, queries
from wholeplace.rooms.documents.models import Letter

DAY = dt.date(2026, 6, 8)
WRITTEN = write("subject: Hello\n\nDear you", {})


def put(person, kind: str = "refusal", about: str = "decision 1") -> int:
    return actions.put_letter(
        person_id=person.pk,
        kind=kind,
        template=kind,
        written=WRITTEN,
        address_lines=queries.address_lines(person.pk, DAY),
        about=about,
        happened_on=DAY,
    )


def person_with(act, **flags):
    with act("system-loader"):
        person = make_person()
        state_resident(person, **flags)
        state_home(person)
    return person


BARRED = [
    {"do_not_contact": True},
    {"unsafe_address": True},
    {"date_of_death": dt.date(2026, 6, 1)},
]


@pytest.mark.parametrize("flags", BARRED, ids=lambda flags: next(iter(flags)))
def test_the_database_itself_refuses_an_invitation_against_a_bar(act, flags):
    person = person_with(act, **flags)
    with act("amina.begum"), pytest.raises(DatabaseError, match="nothing may be written"):
        Letter.objects.create(
            person=person,
            kind="invitation",
            template="invitation",
            template_hash="x",
            subject="x",
            blocks=[],
            delivery="hand",
            address_lines=[],
            about="finding 1",
            happened_on=DAY,
        )


@pytest.mark.parametrize("flags", BARRED[:2], ids=lambda flags: next(iter(flags)))
def test_the_database_itself_refuses_the_post_to_a_barred_address(act, flags):
    person = person_with(act, **flags)
    with act("amina.begum"), pytest.raises(DatabaseError, match="nothing may be written"):
        Letter.objects.create(
            person=person,
            kind="refusal",
            template="refusal",
            template_hash="x",
            subject="x",
            blocks=[],
            delivery="post",
            address_lines=["1 Test Street"],
            about="decision 1",
            happened_on=DAY,
        )


@pytest.mark.parametrize("flags", BARRED[:2], ids=lambda flags: next(iter(flags)))
def test_an_answer_is_handed_over_without_an_address(act, flags):
    person = person_with(act, **flags)
    with act("amina.begum"):
        letter = queries.letter(put(person))
    assert (letter.delivery, letter.address_lines) == ("hand", ())


def test_nothing_goes_to_the_dead(act):
    person = person_with(act, date_of_death=dt.date(2026, 6, 1))
    with act("amina.begum"), pytest.raises(Refused, match="have died"):
        put(person)


def test_the_address_of_the_day_stands_on_the_letter(act):
    person = person_with(act)
    with act("amina.begum"):
        letter = queries.letter(put(person))
    assert (letter.delivery, letter.address_lines) == (
        "post",
        ("1 Test Street", "Birmingham", "B1 1AA"),
    )


def test_a_letter_is_printed_and_never_rewritten(act):
    person = person_with(act)
    with act("amina.begum"):
        number = put(person)
        actions.mark_printed(letter_id=number)
        assert queries.letter(number).printed_at is not None
        for change in ("subject = 'x'", "blocks = '[]'", "address_lines = '[]'"):
            with pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(f"UPDATE documents_letter SET {change}")
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute("DELETE FROM documents_letter")


def test_the_view_of_a_letter_is_in_the_trail(act):
    person = person_with(act)
    with act("amina.begum"):
        number = put(person)
        queries.letter(number)
    with act("owen.pryce"):
        seen = Event.objects.filter(action="letter.view").get()
    assert (seen.person_id, seen.record) == (person.pk, f"letter {number}")


@pytest.mark.parametrize("username", ["kezia.brown", "grace.lindqvist", "sam.admin", "owen.pryce"])
def test_nobody_else_reads_or_writes_one(act, username):
    person = person_with(act)
    with act("amina.begum"):
        number = put(person)
    with act(username):
        assert Letter.objects.count() == 0
        with pytest.raises(NotFound):
            queries.letter(number)
        with pytest.raises(Refused):
            put(person, about="decision 2")


@pytest.mark.parametrize("username", ["kezia.brown", "grace.lindqvist", "sam.admin", "owen.pryce"])
def test_a_bar_is_told_to_nobody_who_does_not_see_the_person(act, username):
    with act("system-loader"):
        person = make_claimant("Ada Barred", do_not_contact=True)
    with act(username):
        assert queries.contact_bars(person.pk) == []
    with act("amina.begum"):
        assert [bar.kind for bar in queries.contact_bars(person.pk)] == ["do_not_contact"]
