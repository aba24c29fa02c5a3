"""Who works with whom: teams, invented workers, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wholeplace.population.city.columns import keys, text
from wholeplace.population.city.dwellings import NEVER
from wholeplace.population.city.homes import WOMAN
from wholeplace.population.city.identifiers import Texts, phones
from wholeplace.population.city.names import families, givens, name_pool
from wholeplace.population.city.streams import Bools, Draws, Ints
from wholeplace.population.city.truth import Counters, Truth

CASELOAD = 30
LASTED = ((0, 14), (0.4, 120), (0.8, 420), (1, 1300))
STILL_GOING = 0.55


@dataclass(frozen=True, slots=True)
class Team:
    """A team of an agency, what its workers are called, why it works with people, and with whom.

    Ages are in whole years, both included.
    """

    name: str
    role: str
    kind: str
    youngest: int = 0
    oldest: int = 150
    women: bool = False


@dataclass(frozen=True, slots=True)
class Involvements:
    """One entry an involvement: `row` indexes the records given, `until` may be NEVER."""

    row: Ints
    team: Texts
    worker: Texts
    role: Texts
    phone: Texts
    kind: Texts
    since: Ints
    until: Ints


def make_involvements(
    truth: Truth, source: str, who: Ints, chosen: Bools, teams: tuple[Team, ...]
) -> Involvements:
    """One or two involvements for each of the records chosen; `who` is each record's person."""
    draws = truth.ward.draws(f"{source} involvements")
    once = np.flatnonzero(chosen)
    row, since, until = spans(
        draws, truth, who, np.concatenate([once, once[draws.chance(0.2, len(once))]])
    )
    which = fitting(draws, truth, who[row], teams)
    names, lines = workers(truth.ward.draws(f"{source} workers"), len(teams), len(row))
    worker = draws.between(0, names.shape[1] - 1, len(row))

    def of(what: str) -> Texts:
        return np.array([getattr(team, what) for team in teams], dtype=object)[which]

    return Involvements(
        row=row,
        team=of("name"),
        worker=names[which, worker],
        role=of("role"),
        phone=phones(lines[which, worker]),
        kind=of("kind"),
        since=since,
        until=until,
    )


def spans(draws: Draws, truth: Truth, who: Ints, row: Ints) -> tuple[Ints, Ints, Ints]:
    """The rows in order, and from when to when each involvement lasted; none after a death."""
    ward, count = truth.ward, len(row)
    lasted = draws.curve(LASTED, count)
    going = draws.chance(STILL_GOING, count)
    since = ward.day - lasted - np.where(going, 0, draws.between(1, 900, count))
    since = np.maximum(since, ward.people.born[who[row]])
    until = np.where(going, NEVER, np.minimum(since + lasted, ward.day))
    died = ward.died[who[row]]
    keep = np.flatnonzero(since <= died)
    keep = keep[np.lexsort((since[keep], row[keep]))]
    return row[keep], since[keep], np.minimum(until, died)[keep]


def fitting(draws: Draws, truth: Truth, who: Ints, teams: tuple[Team, ...]) -> Ints:
    """For each person a team that works with people like them; the first where none does."""
    years, woman = truth.years[who], truth.ward.people.sex[who] == WOMAN
    fits = np.column_stack(
        [(years >= t.youngest) & (years <= t.oldest) & (woman | (not t.women)) for t in teams]
    ).astype(np.float64)
    fits[:, 0] += fits.sum(axis=1) == 0
    return draws.pick_rows(fits, np.arange(len(who)))


def workers(draws: Draws, teams: int, cases: int) -> tuple[Texts, Ints]:
    """Names and telephone lines of enough invented workers: shape (teams, workers)."""
    each = 2 + cases // (CASELOAD * teams)
    count = teams * each
    pool = name_pool()
    community = draws.pick((0.5, 0.05, 0.15, 0.1, 0.05, 0.05, 0.1), count)
    man = draws.chance(0.35, count)
    born = np.full(count, 15 * 365)
    first, last = givens(draws, community, man, born), families(draws, community)
    names = pool.words[first] + " " + pool.words[last]
    line = draws.between(7_000, 7_999, count)  # Birmingham's: 0121 496 0000 to 0121 496 0999
    return names.reshape(teams, each), line.reshape(teams, each)


def involvement_columns(
    found: Involvements, counters: Counters, source: str
) -> dict[str, pa.Array]:
    """Key, team, worker, role, phone and kind, as every agency's file has them."""
    return {
        "key": keys("I", counters.take(f"{source} involvements", len(found.row))),
        "team": text(found.team),
        "worker": text(found.worker),
        "role": text(found.role),
        "phone": text(found.phone),
        "kind": text(found.kind),
    }
