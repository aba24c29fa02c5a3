"""The next delivery of every agency of an invented city: as changes, and as full picture.

About a share of the people have something happen to them: they move, are put right, take
another name or telephone, die, have a child, start a job, meet somebody new, or vanish from an
agency's files. The full picture is the last one with that done; the changes are the rows in
which the two differ, so that both say the same. A next delivery is a city again: another can
follow it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.city.make import (
    INVENTED,
    Made,
    clear,
    manifest_of,
    put_in_place,
    refuse_to_spoil,
    write_manifests,
)
from wholeplace.population.city.next_work import Found, Progress, opened

MAKER = "wholeplace city next"


@dataclass(frozen=True, slots=True)
class Next:
    """What to make: the delivery after `city`'s, of `share` (0 to 1) of its people changed.

    `city` is a folder of `city make`, or of an earlier `city next`. `as_at` is its
    day, by default the day after the city's.
    """

    city: Path
    share: float = 0.01
    as_at: date | None = None


def make_next(
    request: Next, out: Path, *, force: bool = False, progress: Progress = lambda step: None
) -> Made:
    """Write `out`/full and `out`/changes, a folder an agency in each, and the truth; or nothing.

    The same request on the same city gives the same bytes.

    Raises:
        UserMistake: the city is none or an older program's; the day is not after the city's;
            the share is none; `out` holds something else.
    """
    told = told_of(request.city)
    day = request.as_at or date.fromisoformat(told["as_at"]) + timedelta(days=1)
    refuse_impossible(told, [day], request.share)
    wanted = about(told, request.share, day)
    there = manifest_of(out, MAKER)
    if there is not None and {key: there.get(key) for key in wanted} == wanted:
        return Made(out, there, already=True)
    refuse_to_spoil(out, there, force)
    half = out.with_name(out.name + ".tmp")
    clear(half)
    with opened(request.city, told, half) as work:
        found = work.day(request.share, day, half, ("full", "changes"), progress)
        found |= work.write_truth(half)
    manifests(half, found, day, "full")
    manifests(half, found, day, "changes")
    return finished({**wanted, "last": work.last, "files": found}, half, out)


def make_days(city: Path, days: Sequence[date], out: Path, *, share: float = 0.01) -> Made:
    """Write the changes of several deliveries, each after the one before, below `out`/DAY.

    The same as `make_next` after `make_next` writes, many times as quickly; but there is no full
    picture, and no truth of the last day.

    Raises:
        UserMistake: as `make_next`; a day is not after the one before it.
    """
    told = told_of(city)
    refuse_impossible(told, days, share)
    wanted = about(told, share, days[-1]) | {"days": [day.isoformat() for day in days]}
    there = manifest_of(out, MAKER)
    if there is not None and {key: there.get(key) for key in wanted} == wanted:
        return Made(out, there, already=True)
    half = out.with_name(out.name + ".tmp")
    clear(half)
    with opened(city, told, half) as work:
        for day in days:
            found = work.day(share, day, half / day.isoformat(), ("changes",), lambda step: None)
            manifests(half / day.isoformat(), found, day, "changes")
            work.go_on()
    return finished(wanted, half, out)


def told_of(city: Path) -> dict[str, Any]:
    """The manifest of a city, or of a next delivery; raises UserMistake where there is none."""
    told = manifest_of(city) or manifest_of(city, MAKER)
    if told is None or "files" not in told or not (city / "people.csv").exists():
        raise UserMistake(
            f"{city} holds no invented city of five agencies.",
            do="Make one with `wholeplace city make`.",
        )
    return told


def refuse_impossible(told: dict[str, Any], days: Sequence[date], share: float) -> None:
    """Raises UserMistake where a day is not after the one before, or the share is none."""
    before = date.fromisoformat(told["as_at"])
    for day in days:
        if day <= before:
            raise UserMistake(
                f"{day} is not after the city's day, {before}.", do="Give a later day."
            )
        before = day
    if not 0 < share <= 1:
        raise UserMistake("The share is more than 0% and at most 100%.", do="Use --share 1%.")


def about(told: dict[str, Any], share: float, day: date) -> dict[str, Any]:
    """The manifest's account of what was asked for and which city it follows."""
    kept = ("people", "seed", "areas", "fingerprint", "layout", "formats")
    return {
        "made_by": MAKER,
        "after": told["as_at"],
        "follows": hashlib.sha256(json.dumps(told["files"]).encode()).hexdigest()[:16],
        "as_at": day.isoformat(),
        "share": share,
        **{name: told.get(name) for name in kept},
        "invented": INVENTED,
    }


def manifests(half: Path, found: Found, day: date, delivers: str) -> None:
    """A manifest in each agency's folder, of the full picture or of the changes."""
    of = {
        path.removeprefix(f"{delivers}/"): summary
        for path, summary in found.items()
        if path.startswith(f"{delivers}/")
    }
    write_manifests(half / delivers, of, day, MAKER, delivers)


def finished(manifest: dict[str, Any], half: Path, out: Path) -> Made:
    """Give what was made its manifest and its name."""
    (half / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    put_in_place(half, out)
    return Made(out, manifest, already=False)
