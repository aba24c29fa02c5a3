"""Reading the index of everybody: whom one record's keys find. For the linker's account alone.

None of this is shown to anybody as it is: who asks learns of persons whom they may see, and of
others what governance says (flows/match_record.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wholeplace.rooms.agencies.acting import require_actor

MOST = 200
"""Candidates that one key may give: more share a name and a year, and say nothing."""

# The key is parted from its rows, so that each is one walk down the index.
_CANDIDATES = f"""
SELECT i.person_id, i.told FROM identity_indexed i WHERE i.person_id = ANY (ARRAY(
    SELECT DISTINCT k.person_id FROM unnest(%s::bigint[]) asked(key) CROSS JOIN LATERAL (
        SELECT person_id FROM identity_key WHERE identity_key.key = asked.key LIMIT {MOST}) k))
"""
_SHARES = """
SELECT asked.field, coalesce(s.share, (SELECT min(r.share) FROM identity_share r
                                        WHERE r.field = asked.field))
  FROM unnest(%s::text[], %s::text[]) asked(field, value)
  LEFT JOIN identity_share s ON s.field = asked.field COLLATE "C"
       AND s.value = asked.value COLLATE "C"
"""


def mark_of_figures() -> str | None:
    """Which linking's figures the index has; None before the first."""
    return next((str(mark) for (mark,) in _rows("SELECT mark FROM identity_figures")), None)


def figures() -> dict[str, Any]:
    """The last linking's figures: `learnt` and `found`, as they were kept."""
    ((told,),) = _rows("SELECT told FROM identity_figures")
    return dict(json.loads(told) if isinstance(told, str) else told)


def candidates(keys: Sequence[int]) -> list[tuple[int, str]]:
    """Number and values of everybody who shares a key, in no order."""
    return [(person, told) for person, told in _rows(_CANDIDATES, [list(keys)])] if keys else []


def shares_of(often: Mapping[str, str]) -> dict[str, float]:
    """How often each value is held, by column.

    One that was not there when they were counted counts as the rarest that was.
    """
    rows = _rows(_SHARES, [list(often), list(often.values())])
    return {field: share for field, share in rows if share is not None}


@dataclass(frozen=True, slots=True)
class Whose:
    """A matched record's agency, by code; `open` where governance may have it told."""

    agency: str
    open: bool


def whose(people: Iterable[int]) -> dict[int, Whose]:
    """Those of these persons who are still there to be matched, and whose they are."""
    rows = _rows("SELECT person_id, agency, open FROM wp_matched(%s)", [list(people)])
    return {person: Whose(agency, free) for person, agency, free in rows}


def put_person(person_id: int, *, told: str, keys: Sequence[int], mark: int = 0) -> None:
    """Index somebody who was recorded just now; the next linking writes them anew.

    Raises:
        Refused: the acting role may not link.
    """
    require_actor().require("identity.link")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_indexed (person_id, told, mark, keys) VALUES (%s, %s, %s, %s)",
            [person_id, told, mark, list(keys)],
        )
        cursor.execute(
            "INSERT INTO identity_key (key, person_id) SELECT unnest(%s::bigint[]), %s",
            [list(keys), person_id],
        )


def _rows(sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
