"""What a linking goes on from: the last one, where only what changed since needs to be compared."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wholeplace.population.identity.kept import fits
from wholeplace.population.identity.settings import LinkSettings
from wholeplace.rooms.identity.actions import Run
from wholeplace.rooms.identity.changes import Reading, readings, touched_since
from wholeplace.rooms.identity.kept import kept_folder, note_of

MOST = 0.1
"""Where more than this share of the persons may have changed, everybody is linked again."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a linking goes on from, and what it notes for the next.

    Attributes:
        before: the folder of the last linking; None where everybody is linked.
        why: why everybody is linked, in words; empty else.
        touched: persons whose records may have changed since the last linking.
        reading: what can be read now.
        learnt_in, learnt_at: the number and moment of the linking whose figures are used; None
            where they are learnt in this one.
    """

    before: Path | None
    why: str
    touched: tuple[int, ...]
    reading: Reading
    learnt_in: int | None = None
    learnt_at: str | None = None

    def note(self, run: Run) -> dict[str, Any]:
        """What is noted beside the files for the next linking."""
        return {
            "reading": self.reading.as_data(),
            "learnt_in": self.learnt_in or run.id,
            "learnt_at": self.learnt_at or run.at.isoformat(),
        }

    def as_data(self) -> dict[str, Any]:
        """Which way this linking goes, for its figures."""
        if self.before is None:
            return {"way": "everybody", "why": self.why}
        return {"way": "changes", "learnt_in": self.learnt_in}


def basis_of(
    run: Run, settings: LinkSettings, home: Path | None, *, full: bool, days: float
) -> Basis:
    """Whether changes suffice.

    Args:
        run: the linking that begins.
        settings: by which it links.
        home: where linkings are kept; None where none is.
        full: whether everybody is to be linked in any case.
        days: everybody is linked when the figures were learnt this long ago.

    Raises:
        Refused: the acting role may not link.
    """
    before = kept_folder(home) if home else None
    if full or before is None:
        why = "it was asked for" if full else "no linking is kept from which to go on"
        return Basis(None, why, (), readings()[0])
    noted = note_of(before)
    former = Reading.from_data(noted["reading"])
    now, then = readings(former)
    age = run.at - dt.datetime.fromisoformat(noted["learnt_at"])
    why = then.unlike(former)
    if not fits(before, settings):
        why = "another program made the last linking, or other settings"
    elif age >= dt.timedelta(days=days):
        why = f"everybody was last linked {age.days} days ago"
    if why:
        return Basis(None, why, (), now)
    touched = touched_since(former.known_at)
    if len(touched) > MOST * max(now.persons, 1):
        return Basis(None, "more than a tenth of the records may have changed", (), now)
    return Basis(before, "", tuple(touched), now, noted["learnt_in"], noted["learnt_at"])
