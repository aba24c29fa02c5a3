"""One invented adoption of the demonstration, recorded by one worker and confirmed by another."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from wholeplace.flows.link_people import LINKER
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import membership_by_username, system_membership
from wholeplace.rooms.people import seal_queries
from wholeplace.rooms.people.references import person_ref
from wholeplace.rooms.people.seals import SEAL, NewName, confirm_order, record_order

WORKERS = ("ruth.ellison", "ben.achebe")
ROUTE = "demonstration"
NEW = NewName("Robin", "Whitfield")

# A child between two and eight whom several agencies know with the same birth date, the police
# not among them; one whom more know comes first.
_CHILD = """
SELECT array_agg(r.record_id ORDER BY r.record_id)
  FROM identity_member m JOIN identity_record r ON r.record_id = m.person_id
  JOIN agencies_agency g ON g.id = r.agency_id
 WHERE m.superseded_at IS NULL
 GROUP BY m.identity_id
HAVING count(DISTINCT g.code) > 1 AND bool_and(g.code <> 'police')
   AND min(r.date_of_birth) = max(r.date_of_birth) AND count(*) = count(r.date_of_birth)
   AND min(r.date_of_birth) BETWEEN %(day)s::date - interval '8 years'
                                AND %(day)s::date - interval '2 years'
 ORDER BY count(DISTINCT g.code) DESC, m.identity_id LIMIT 1
"""


def adopt_a_child(today: dt.date) -> int | None:
    """Record and confirm the order of three weeks ago; once.

    Returns:
        The order's number; None where the place has no adoption workers or no such child.
    """
    found = [membership_by_username(name, SEAL) for name in WORKERS]
    workers = [one for one in found if one is not None]
    if len(workers) < len(WORKERS):
        return None
    with acting(workers[0], purpose="casework", route=ROUTE):
        made = seal_queries.orders()
    order = made[0].id if made else _record(workers[0], today)
    if order is not None and not (made and made[0].outcome):
        with acting(workers[1], purpose="casework", route=ROUTE):
            confirm_order(seal=order, reason="Saw the sealed order of the family court.")
    return order


def _record(worker: int, today: dt.date) -> int | None:
    with (
        acting(system_membership(LINKER), purpose="linking", route=ROUTE),
        connection.cursor() as cursor,
    ):
        cursor.execute(_CHILD, {"day": today})
        row = cursor.fetchone()
    if row is None:
        return None
    with acting(worker, purpose="casework", route=ROUTE):
        return record_order(
            refs=[person_ref(number) for number in row[0]],
            order_on=today - dt.timedelta(weeks=3),
            ceased="E12",
            new=NEW,
        )
