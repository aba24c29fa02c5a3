"""People whose names, birth dates or homes are written otherwise than somebody typed them.

Candidates come by the numbers of their names' sounds (`people_searchkey`), by a birth date or by a
postcode, each by `=` on an index; `core.identity.likeness` then looks at the names themselves.
Every limit counts rows that the reader may see, so that nobody hidden takes another's place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wholeplace.core.identity import likeness
from wholeplace.core.identity.likeness import Likeness

MOST = 600
"""Candidates that one way of looking gives; beyond so many, what was typed says too little."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed: folded words of a name, a birth date, and who lives at the postcode.

    `living` is None where no postcode was typed.
    """

    words: tuple[str, ...]
    born: dt.date | None = None
    living: frozenset[int] | None = None

    @property
    def enough(self) -> bool:
        """Whether this says more than a given name or a day that thousands share."""
        return len(self.words) > 1 or (
            bool(self.words) + (self.born is not None) + (self.living is not None) > 1
        )


@dataclass(frozen=True, slots=True)
class Likely:
    """Who may be meant, the likeliest first, and how they were found; `cut`: there were too many.

    `found` is person → likeness.
    """

    found: dict[int, Likeness]
    cut: bool = False


Key = tuple[int, str, str, int, dt.date | None]
_KEYS = "SELECT person_id, given, family, how, date_of_birth FROM people_searchkey WHERE "
_NEAR = " AND (date_of_birth = ANY(%(near)s) OR date_of_birth IS NULL)"
_LAST = f" ORDER BY number, person_id LIMIT {MOST}"


def likely(asked: Asked) -> Likely:
    """Everybody who is like what was typed; nobody where it says too little."""
    if not asked.enough:
        return Likely({})
    found: dict[int, Likeness] = {}
    cut = False
    for keys in _candidates(asked):
        cut = cut or len(keys) == MOST
        for person, given, family, how, born in keys:
            one = _judge(asked, person, (given, family, how), born)
            if one and (person not in found or one.far < found[person].far):
                found[person] = one
    return Likely(found, cut)


def _candidates(asked: Asked) -> Iterable[list[Key]]:
    dated = asked.born is not None and asked.born not in likeness.NEVER_KNOWN
    near = {"near": list(likeness.born_near(asked.born))} if asked.born and dated else {}
    narrower = _NEAR if near else ""
    if len(asked.words) > 1 and (asked.living is None or asked.born):
        for numbers in (likeness.sound_numbers, likeness.slip_numbers):
            given = {"numbers": numbers(asked.words), **near}
            yield _keys(f"number = ANY(%(numbers)s){narrower}{_LAST}", given)
    if asked.living:
        people = {"people": sorted(asked.living)}
        yield _keys(f"person_id = ANY(%(people)s){_LAST}", people)
    if asked.born and asked.words and not likeness.common_alone(asked.words):
        yield _keys(f"person_id = ANY(%(people)s){_LAST}", {"people": _born_on(asked.born)})


def _keys(where: str, values: dict[str, Any]) -> list[Key]:
    with connection.cursor() as cursor:
        cursor.execute(_KEYS + where, values)
        return list(cursor.fetchall())


def _born_on(day: dt.date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM people_person WHERE date_of_birth = %s"
            f" ORDER BY family_key, id LIMIT {MOST}",
            [day],
        )
        return [row[0] for row in cursor.fetchall()]


def _judge(
    asked: Asked, person: int, names: tuple[str, str, int], said: dt.date | None
) -> Likeness | None:
    """Of name, birth date and postcode, as far as they were typed: enough of them must agree."""
    name = likeness.name_likeness(asked.words, *names) if asked.words else None
    born = likeness.born_likeness(asked.born, said) if asked.born else None
    home = asked.living is not None and person in asked.living
    if not _agrees(asked, name, born, home):
        return None
    parts = [one for one in (name, born) if one is not None]
    why = [words for one in parts for words in one.why]
    far = sum(one.far for one in parts)
    if asked.born and born is None:
        far, why = far + 4, [*why, "another birth date"]
    if asked.living is not None and not home:
        far, why = far + 2, [*why, "another home"]
    return Likeness(far, tuple(why))


def _agrees(asked: Asked, name: Likeness | None, born: Likeness | None, home: bool) -> bool:
    if not asked.words:
        return home and born is not None
    if name is None:
        return False
    same_day = born is not None and born.far == 0
    if name.half:
        return same_day or (home and not asked.born and len(asked.words) == 1)
    if asked.born is None:
        return asked.living is None or home
    return born is not None or home
