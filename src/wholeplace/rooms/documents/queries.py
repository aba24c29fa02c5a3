"""Reading letters, and what stands in the way of writing one."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wholeplace.core.casework.letters import Block
from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.records.queries import current_address

WORDS = {
    "deceased": "They have died.",
    "do_not_contact": "They are not to be contacted.",
    "objected": "They have objected to being found by a search.",
    "unsafe_address": "Their address is not safe: nothing may be sent to it.",
}

LETTER = """
SELECT l.id, l.person_id, p.ref, l.kind, l.subject, l.delivery, l.happened_on, l.recorded_at,
       l.printed_at, trim(u.first_name || ' ' || u.last_name), l.about, l.blocks, l.address_lines
  FROM documents_letter l JOIN people_person p ON p.id = l.person_id
  LEFT JOIN agencies_user u ON u.id = l.by_user_id
"""


@dataclass(frozen=True)
class Bar:
    """A reason not to write to somebody, in words."""

    kind: str
    words: str


@dataclass(frozen=True)
class Letter:
    """A letter as it was written. `delivery` is post or hand (then it has no address)."""

    id: int
    person_id: int
    person_ref: str
    kind: str
    subject: str
    delivery: str
    happened_on: dt.date
    created_at: dt.datetime
    printed_at: dt.datetime | None
    by_name: str
    about: str
    blocks: tuple[Block, ...]
    address_lines: tuple[str, ...]


def contact_bars(person_id: int) -> list[Bar]:
    """Why nobody may write to this person; empty when one may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT documents_bars(%s)", [person_id])
        return [Bar(kind, WORDS.get(kind, kind)) for kind in cursor.fetchone()[0]]


def address_lines(person_id: int, day: dt.date) -> tuple[str, ...]:
    """Where a letter to this person goes on a day; empty when no address is held."""
    home = current_address(person_id, day)
    return (*home.lines, *filter(None, [home.postcode])) if home else ()


def letters_of(person_id: int) -> list[Letter]:
    """Everything written to a person, the newest first. Their page writes its own event."""
    with connection.cursor() as cursor:
        cursor.execute(f"{LETTER} WHERE l.person_id = %s ORDER BY l.id DESC", [person_id])
        return [_letter(row) for row in cursor.fetchall()]


def letter(letter_id: int) -> Letter:
    """One letter; the view is written in the audit trail. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(f"{LETTER} WHERE l.id = %s", [letter_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("There is no such letter.")
    found = _letter(row)
    audit.record("letter.view", person_id=found.person_id, record=f"letter {letter_id}")
    return found


def _letter(row: tuple[Any, ...]) -> Letter:
    *plain, blocks, lines = row
    return Letter(
        *plain,
        blocks=tuple(Block(kind, text) for kind, text in _json(blocks)),
        address_lines=tuple(_json(lines)),
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
