"""Care for the model that links: what each full linking learnt, and what people said of its doubts.

For those who link or decide; row security gives nobody else a run, or a decision about somebody
whom they may not see. Nothing here names a person.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Taught:
    """What one linking learnt: `figures` as the population engine told them, `model` among them."""

    run_id: int
    at: dt.datetime
    records: int
    figures: dict[str, Any]

    @property
    def model(self) -> dict[str, Any]:
        """prior, m, u, pairs and records (a fingerprint), as `population.identity.Learnt`."""
        return dict(self.figures["model"])


@dataclass(frozen=True, slots=True)
class Said:
    """Of the pairs asked about for one cause: how many wait, and what was decided."""

    cause: str
    asked: int
    same: int
    different: int

    @property
    def decided(self) -> int:
        """How many have a decision in force."""
        return self.same + self.different


_TAUGHT = """
SELECT id, started_at, records, figures FROM identity_linkrun
 WHERE figures ? 'model' AND figures ->> 'way' IS DISTINCT FROM 'changes'
   AND (%(run)s::bigint IS NULL OR id = %(run)s)
 ORDER BY id DESC LIMIT %(most)s
"""
_SAID = """
SELECT r.cause, count(*), count(*) FILTER (WHERE d.answer = 'same'),
       count(*) FILTER (WHERE d.answer = 'different')
  FROM identity_review r
  LEFT JOIN identity_decision d ON d.review_id = r.id AND d.undone_at IS NULL
 WHERE r.cause <> 'asked' GROUP BY r.cause ORDER BY r.cause
"""


def taught(most: int = 20, run: int | None = None) -> tuple[Taught, ...]:
    """The linkings that learnt a model, the latest first; one of them where `run` names it."""
    rows = _rows(_TAUGHT, {"most": most, "run": run})
    return tuple(Taught(*rest, figures=_read(figures)) for *rest, figures in rows)


def said() -> tuple[Said, ...]:
    """What people decided about the pairs that the model was in doubt of, by cause."""
    return tuple(Said(*row) for row in _rows(_SAID))


def _read(value: Any) -> dict[str, Any]:
    return dict(json.loads(value) if isinstance(value, str) else value)


def _rows(sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
