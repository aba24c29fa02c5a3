"""The records that a decision may bear on, and who is who among them written at once.

For the linker's account: what joins two records may lead through a third that the reader of a page
may not see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection

from wholeplace.core.identity.cluster import JOIN_BITS
from wholeplace.core.identity.decided import Gathered, Known, Said

_MEMBERS = """
SELECT other.person_id, other.identity_id FROM identity_member other
 WHERE other.superseded_at IS NULL AND other.identity_id IN (
       SELECT me.identity_id FROM identity_member me
        WHERE me.superseded_at IS NULL AND me.person_id = ANY (%(people)s))
"""
_OF_IDENTITIES = """
SELECT person_id FROM identity_member
 WHERE superseded_at IS NULL AND identity_id = ANY (%(identities)s)
"""
# Of a pair that people were asked about the weight is the last linking's own; a link's may be of
# an earlier one that learnt nearly the same.
_EDGES = """
WITH near AS (
    SELECT a_id, b_id, weight, NULL::float AS last FROM identity_link
     WHERE a_id = ANY (%(people)s) OR b_id = ANY (%(people)s)
    UNION ALL
    SELECT a_id, b_id, NULL, weight FROM identity_pair
     WHERE weight IS NOT NULL AND (a_id = ANY (%(people)s) OR b_id = ANY (%(people)s))
), weighed AS (
    SELECT coalesce(max(r.weight), max(n.last), max(n.weight)) AS weight, n.a_id, n.b_id
      FROM near n LEFT JOIN identity_review r ON r.a_id = n.a_id AND r.b_id = n.b_id
     GROUP BY n.a_id, n.b_id
)
SELECT weight, a_id, b_id FROM weighed WHERE weight >= %(bits)s
"""
_SAID = """
SELECT id, a_id, b_id, answer = 'same' FROM identity_decision
 WHERE undone_at IS NULL AND (a_id = ANY (%(people)s) OR b_id = ANY (%(people)s))
"""
_APART = """
SELECT a_id, b_id FROM identity_pair
 WHERE weight IS NULL AND a_id = ANY (%(people)s) AND b_id = ANY (%(people)s)
"""
_LIVE = "SELECT record_id FROM identity_record WHERE record_id = ANY (%(people)s)"
_EARLIER = """
SELECT person_id, array_agg(identity_id ORDER BY recorded_at, id) FROM identity_member
 WHERE person_id = ANY (%(people)s) GROUP BY person_id
"""
# Where a decision put somebody who is still there, and where they were before it.
_BEFORE = """
SELECT put.person_id, was.identity_id
  FROM identity_member put
  JOIN identity_member now ON now.person_id = put.person_id AND now.superseded_at IS NULL
   AND now.identity_id = put.identity_id
  JOIN identity_member was ON was.person_id = put.person_id
   AND was.superseded_at = put.recorded_at
 WHERE put.decision_id = %(decision)s AND put.why = 'decided'
"""


def around(people: Iterable[int], identities: Iterable[int] = ()) -> Known:
    """Everything known of these persons and of whoever hangs together with them.

    Args:
        people: persons.
        identities: further identities whose members belong to it.
    """
    found = set(people)
    found |= {row[0] for row in _rows(_OF_IDENTITIES, identities=list(identities))}
    identity: dict[int, int] = {}
    edges: dict[tuple[int, int], float] = {}
    said: set[Said] = set()
    new = set(found)
    while new:
        members = _rows(_MEMBERS, people=list(new))
        pairs = _rows(_EDGES, people=list(new), bits=JOIN_BITS)
        decided = [Said(*row) for row in _rows(_SAID, people=list(new))]
        identity |= dict(members)
        edges |= {(a, b): weight for weight, a, b in pairs}
        said |= set(decided)
        reached = {one for one, _ in members} | {one for _, *both in pairs for one in both}
        reached |= {one for made in decided if made.same for one in (made.a, made.b)}
        new = reached - found
        found |= reached
    return _known(found, identity, edges, said)


def _known(
    found: set[int],
    identity: Mapping[int, int],
    edges: Mapping[tuple[int, int], float],
    said: Collection[Said],
) -> Known:
    people = sorted(found)
    live = {row[0] for row in _rows(_LIVE, people=people)}
    inside = [(w, a, b) for (a, b), w in edges.items() if a in live and b in live]
    return Known(
        records=tuple(one for one in people if one in live),
        edges=tuple(sorted(inside)),
        apart=tuple((a, b) for a, b in _rows(_APART, people=people) if a in live and b in live),
        said=tuple(sorted(one for one in said if one.a in live and one.b in live)),
        identity={one: where for one, where in identity.items() if one in live},
        staying=frozenset(where for one, where in identity.items() if one not in live),
        earlier=dict(_rows(_EARLIER, people=people)),
    )


def said_around(people: Iterable[int]) -> tuple[Said, ...]:
    """The decisions in force that lead from these persons to others, however far round."""
    found, said, new = set(people), set[Said](), set(people)
    while new:
        decided = [Said(*row) for row in _rows(_SAID, people=list(new))]
        said |= set(decided)
        reached = {one for made in decided if made.same for one in (made.a, made.b)}
        new = reached - found
        found |= reached
    return tuple(sorted(said))


def before(decision: int) -> dict[int, int]:
    """Person → the identity that a decision took them from, of those still where it put them."""
    return dict(_rows(_BEFORE, decision=decision))


def write_gathered(known: Known, gathered: Gathered, *, decision: int, why: str) -> int:
    """Write where a decision puts people; returns how many it moved.

    Args:
        why: `decided` or `undone`.
    """
    moved = gathered.moved(known.identity)
    numbers = dict(gathered.goes_on)
    with connection.cursor() as cursor:
        for cluster in sorted({*moved.values()} - {*numbers}):
            cursor.execute(
                "INSERT INTO identity_identity (id, ref)"
                " SELECT n, wp_identity_ref(n) FROM (SELECT coalesce(max(id), 0) + 1 AS n"
                " FROM identity_identity) next RETURNING id"
            )
            numbers[cluster] = cursor.fetchone()[0]
        cursor.execute("SELECT clock_timestamp()")
        (at,) = cursor.fetchone()
        cursor.execute(
            "UPDATE identity_member SET superseded_at = %s"
            " WHERE person_id = ANY (%s) AND superseded_at IS NULL",
            [at, list(moved)],
        )
        cursor.execute(
            "INSERT INTO identity_member (person_id, identity_id, why, recorded_at, decision_id)"
            " SELECT person, identity, %s, %s, %s"
            " FROM unnest(%s::bigint[], %s::bigint[]) moved(person, identity)",
            [why, at, decision, list(moved), [numbers[c] for c in moved.values()]],
        )
    return len(moved)


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
