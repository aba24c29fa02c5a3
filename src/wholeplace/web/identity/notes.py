"""What a case and a record say where people decided that their person is one with another."""

from __future__ import annotations

from django.utils import timezone

from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import decisions, queries, reviews
from wholeplace.web.look.words import long_day


def notes_of(person_id: int) -> list[str]:
    """A sentence for each decision that joined the person with another whom the reader may see.

    Of those that were undone too: whoever worked on it meanwhile is told that it was wrong. Each
    other person who is named is written down as viewed.
    """
    together = [person_id, *(one.person_id for one in queries.linked_people(person_id))]
    made = [
        line
        for line in decisions.decisions_of(together)
        if line.answer == "same" and (person_id in (line.a, line.b) or not line.undone_at)
    ]
    names = reviews.who([one for line in made for one in (line.a, line.b)])
    if viewed := sorted(names.keys() - {person_id}):
        audit.record("person.view", people=viewed, record="decided to be one person")
    notes = []
    for line in made:
        others = [names[one] for one in (line.a, line.b) if one in names and one != person_id]
        if not others:
            continue
        whom = " and ".join(f"{who.name}, {who.agency} ({who.ref})" for who in others)
        on = long_day(timezone.localtime(line.recorded_at).date())
        note = f"On {on} {line.by_name} decided that this person is one with {whom}."
        if line.undone_at:
            day = long_day(timezone.localtime(line.undone_at).date())
            note += f" On {day} {line.undone_by} undid this: {line.undone_reasons}"
        notes.append(note + ("" if line.undone_at else " Nothing of this case has moved."))
    return notes
