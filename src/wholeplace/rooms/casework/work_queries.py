"""A trawl's work list: whom it found, and who of them has applied for this scheme already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.casework.reading import rows
from wholeplace.rooms.schemes.queries import BARS, FINDING_COLUMNS, FindingLine, RunLine, run

# Found again by a later trawl, somebody has applied just as much. An application that was
# withdrawn asks for nothing any more, so it does not count.
THEIRS = """
  FROM casework_application a
 WHERE a.person_id = f.person_id AND a.scheme = %(scheme)s AND a.state <> 'withdrawn'
"""
LIST = f"""
SELECT {FINDING_COLUMNS}, applied.id, applied.received_on, applied.state
  FROM (SELECT * FROM schemes_finding f
         WHERE f.run_id = %(run)s AND f.id > %(after)s
           AND (%(answer)s::text IS NULL OR f.answer = %(answer)s)
           AND (%(state)s::text IS NULL OR f.state = %(state)s)
           AND (%(applied)s::boolean IS NULL OR %(applied)s = EXISTS (SELECT 1 {THEIRS}))
         ORDER BY f.id LIMIT %(size)s) f
  JOIN people_person p ON p.id = f.person_id {BARS}
  LEFT JOIN LATERAL (SELECT a.id, a.received_on, a.state {THEIRS}
                      ORDER BY a.id DESC LIMIT 1) applied ON true
 ORDER BY f.id
"""
COUNTS = f"""
SELECT f.answer, f.state, EXISTS (SELECT 1 {THEIRS}) AS applied, count(*)
  FROM schemes_finding f WHERE f.run_id = %(run)s GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class WorkLine(FindingLine):
    """Somebody found, with their newest application for this scheme; None when there is none."""

    application_id: int | None
    applied_on: dt.date | None
    application_state: str | None


@dataclass(frozen=True)
class Counted:
    """People of a work list by (answer, state, whether they have applied)."""

    people: Mapping[tuple[str, str, bool], int]

    def of(
        self, answer: str | None = None, state: str | None = None, applied: bool | None = None
    ) -> int:
        """How many of an answer, a state, and applied or not; None takes all of them."""
        return sum(
            number
            for (an_answer, a_state, has_applied), number in self.people.items()
            if answer in (None, an_answer)
            and state in (None, a_state)
            and applied in (None, has_applied)
        )


@dataclass(frozen=True)
class WorkList:
    """One page of a trawl's people. `counts` are over all pages."""

    run: RunLine
    items: tuple[WorkLine, ...]
    counts: Counted
    total: int
    next_after: int | None


def work_list(
    run_id: int,
    *,
    answer: str | None = None,
    state: str | None = None,
    applied: bool | None = None,
    after: int = 0,
    size: int = 50,
) -> WorkList:
    """One page of the people a trawl found; everybody shown is written in the audit trail.

    Args:
        answer: `yes` or `possible` only.
        state: a state of findings only.
        applied: only those who have applied for this scheme already, or only the others.
        after: the last finding's number of the page before.

    Raises:
        NotFound: no such trawl for this reader.
    """
    found = run(run_id).line
    values = {"run": run_id, "scheme": found.scheme, "answer": answer, "state": state}
    values |= {"applied": applied, "after": after, "size": size + 1}
    lines = [WorkLine(*row) for row in rows(LIST, values)]
    items = tuple(lines[:size])
    counts = counted(found)
    audit.record(
        "findings.list", people=[item.person_id for item in items], record=f"trawl {run_id}"
    )
    more = items[-1].id if len(lines) > size else None
    return WorkList(found, items, counts, counts.of(answer, state, applied), more)


def counted(found: RunLine) -> Counted:
    """How many of a trawl's people are where; names nobody."""
    values = {"run": found.id, "scheme": found.scheme}
    return Counted({(a, s, bool(d)): int(n) for a, s, d, n in rows(COUNTS, values)})
