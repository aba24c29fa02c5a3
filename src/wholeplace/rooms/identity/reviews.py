"""The queue of pairs that people are asked about, as far as the reader may see both persons."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any

from django.db import connection

from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.identity.decisions import DECIDE

MOST_COUNTED = 500


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A pair that waits: whose records, why they are asked about, how much speaks for one person.

    `given` reviewers of `needed` have said something since the last decision; not what.
    """

    id: int
    a: int
    b: int
    a_ref: str
    b_ref: str
    a_name: str
    b_name: str
    a_agency: str
    b_agency: str
    weight: float | None
    cause: str
    given: int
    needed: int


@dataclass(frozen=True, slots=True)
class Who:
    """A person as lists show them: reference, name and the agency whose record it is."""

    ref: str
    name: str
    agency: str


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """What a reviewer said of a pair, and when; `current` where no decision came after it."""

    by_name: str
    answer: str
    reasons: str
    recorded_at: dt.datetime
    own: bool
    current: bool


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """A pair: its weight in bits and the level of each comparison, where a linking has them.

    `bits`: comparison → what each level of it weighs, the least alike first; `prior` bits for any
    two records. Empty where the linking kept no figures.
    """

    id: int
    cause: str
    weight: float | None
    levels: dict[str, int]
    bits: dict[str, list[float]]
    prior: float
    opinions: tuple[OpinionLine, ...]
    given: int
    needed: int


# Not decided, not answered by this reader, and not one person already by other decisions.
_WAITS = """
  FROM identity_review r
 WHERE NOT EXISTS (SELECT 1 FROM identity_decision d
                    WHERE d.review_id = r.id AND d.undone_at IS NULL)
   AND NOT EXISTS (SELECT 1 FROM identity_opinion o
                    WHERE o.review_id = r.id AND o.by_user_id = wp_user()
                      AND o.round = (SELECT count(*) FROM identity_decision d
                                      WHERE d.review_id = r.id))
   AND (r.cause <> 'asked' OR (SELECT s.given FROM wp_review_standing(r.id) s) > 0)
   AND NOT r.b_id = ANY (wp_together(r.a_id))
"""
# Each half is one walk down `identity_review_best`, which ends with the page. A pair without a
# weight, which a reviewer asked about, comes after all that have one.
_LINE = f"""
SELECT r.id, r.a_id, r.b_id, p.ref, q.ref, p.name, q.name, g.name, h.name, r.weight, r.cause,
       s.given, s.needed
  FROM ((SELECT r.id, r.a_id, r.b_id, r.weight, r.cause {_WAITS}
            AND r.weight <= %(weight)s AND (r.weight < %(weight)s OR r.id > %(id)s)
          ORDER BY r.weight DESC, r.id LIMIT %(size)s)
        UNION ALL
        (SELECT r.id, r.a_id, r.b_id, r.weight, r.cause {_WAITS}
            AND r.weight IS NULL AND r.id > %(unweighed)s ORDER BY r.id LIMIT %(size)s)) r
  JOIN people_person p ON p.id = r.a_id JOIN people_person q ON q.id = r.b_id
  JOIN agencies_agency g ON g.id = p.viewers[1] JOIN agencies_agency h ON h.id = q.viewers[1]
 CROSS JOIN LATERAL wp_review_standing(r.id) s
 ORDER BY r.weight DESC NULLS LAST, r.id LIMIT %(size)s
"""


def queue(*, after: int = 0, size: int = 50) -> list[ReviewLine]:
    """Pairs that wait for this reader's answer, the likeliest first.

    Args:
        after: those that come after this review; 0 for the first.

    Raises:
        Refused: the acting role does not decide.
    """
    require_actor().require(DECIDE)
    found = _rows("SELECT weight FROM identity_review WHERE id = %s", [after])
    values = {"weight": inf, "id": 0, "unweighed": 0, "size": size}
    if found and found[0][0] is None:
        values |= {"weight": -inf, "unweighed": after}
    elif found:
        values |= {"weight": found[0][0], "id": after}
    return [ReviewLine(*row) for row in _rows(_LINE, values)]


def waiting() -> int:
    """How many wait for this reader's answer; no more than MOST_COUNTED are counted."""
    require_actor().require(DECIDE)
    counted = _rows(f"SELECT count(*) FROM (SELECT 1 {_WAITS} LIMIT %s) w", [MOST_COUNTED + 1])
    return int(counted[0][0])


_SHOWN = """
SELECT r.id, r.cause, r.weight, r.levels, l.comparisons, l.figures -> 'bits',
       coalesce((l.figures ->> 'prior_bits')::float, 0), s.given, s.needed
  FROM identity_review r LEFT JOIN identity_linkrun l ON l.id = r.run_id
 CROSS JOIN LATERAL wp_review_standing(r.id) s
 WHERE r.a_id = %(a)s AND r.b_id = %(b)s
"""
_LINKED = """
SELECT 0, 'asked', k.weight, k.levels, l.comparisons, l.figures -> 'bits',
       coalesce((l.figures ->> 'prior_bits')::float, 0), 0, 0
  FROM identity_link k LEFT JOIN identity_linkrun l ON l.id = k.run_id
 WHERE k.a_id = %(a)s AND k.b_id = %(b)s
"""
_OPINIONS = """
SELECT coalesce(trim(u.first_name || ' ' || u.last_name), ''), o.answer, o.reasons, o.recorded_at,
       o.by_user_id = wp_user(),
       o.round = (SELECT count(*) FROM identity_decision d WHERE d.review_id = o.review_id)
  FROM identity_opinion o LEFT JOIN agencies_user u ON u.id = o.by_user_id
 WHERE o.review_id = %s ORDER BY o.id DESC
"""


def shown(a: int, b: int) -> ReviewShown | None:
    """What is known of two persons as a pair; None where nobody asked and nothing links them."""
    pair = dict(zip("ab", sorted((a, b)), strict=True))
    found = _rows(_SHOWN, pair)
    linked = _rows(_LINKED, pair)
    if not found and not linked:
        return None
    number, cause, weight, levels, names, bits, prior, given, needed = (found or linked)[0]
    if levels is None and linked:
        _, _, weight, levels, names, bits, prior, *_ = linked[0]
    opinions = tuple(OpinionLine(*row) for row in _rows(_OPINIONS, [number]))
    return ReviewShown(
        id=number,
        cause=cause,
        weight=weight,
        levels=dict(zip(names or (), levels or (), strict=False)),
        bits=json.loads(bits) if isinstance(bits, str) else (bits or {}),
        prior=prior,
        opinions=opinions,
        given=given,
        needed=needed,
    )


def who(people: Iterable[int]) -> dict[int, Who]:
    """Those of these persons whom the reader may see."""
    found = _rows(
        "SELECT p.id, p.ref, p.name, g.name FROM people_person p"
        " JOIN agencies_agency g ON g.id = p.viewers[1] WHERE p.id = ANY (%s)",
        [list(people)],
    )
    return {number: Who(*rest) for number, *rest in found}


def _rows(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
