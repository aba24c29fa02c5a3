"""From a record that somebody types, or that arrives, to whom it may be about: before it is saved.

It is weighed against everybody, under the account that links records; the reader then learns of
those whom they may see, with the reasons; of others only what the place's governance says
(`governance/intake.yaml`): that an agency may know somebody, and whom to ring. All else answers
as if nobody were there: the same words, counts and statements to the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from wholeplace.flows.place_rules import intake
from wholeplace.rooms.agencies.acting import Actor, acting, require_actor
from wholeplace.rooms.agencies.queries import agency_code, system_membership
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import matching
from wholeplace.rooms.identity.possible import Seen, seen_of

if TYPE_CHECKING:
    from wholeplace.population.identity.match import Alike, Asked, Matcher

RIGHT = "person.record"
LINKER, PURPOSE, ROUTE = "system-linker", "linking", "match"
AT_LEAST = 0.0  # bits: as likely one person as not
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Because:
    """What one comparison said: `bits` above 0 speak for one person, below 0 against."""

    words: str
    bits: float


@dataclass(frozen=True, slots=True)
class Possible:
    """Somebody whom the reader may see, who may be the person of the record.

    `weight` in bits; `probability` by the model; `agencies` those whose records of the person the
    reader sees.
    """

    person_id: int
    ref: str
    name: str
    date_of_birth: dt.date | None
    agencies: tuple[str, ...]
    weight: float
    probability: float
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Ring:
    """Somebody may be known where the reader sees nobody: whom to ring, and nothing more."""

    service: str
    phone: str


@dataclass(frozen=True, slots=True)
class Matches:
    """What the reader may learn of a record. `compared`: records have been linked here before."""

    possible: tuple[Possible, ...]
    ring: tuple[Ring, ...]
    compared: bool


def match_record(record: Mapping[str, Any]) -> Matches:
    """Whom a record may be about, as far as the reader may know; what they are shown is audited.

    Args:
        record: fields as an agency stores them: `given_names`, `family_name`, `date_of_birth` (a
            date), `nhs_number`, `postcode` and so on; any may be missing.

    Raises:
        Refused: the acting role does not record people.
    """
    actor = require_actor()
    actor.require(RIGHT)
    actor.require_classes({"P2"})
    agency = agency_code(actor.agency_id)
    with as_linker():
        found = _weighed({**record, "source": agency})
        likely = [] if found is None else found.likely()
        known = matching.whose([each.id for each in likely])
    likely = [each for each in likely if each.id in known]
    seen = seen_of([each.id for each in likely])
    possible = tuple(islice(_possible(found, likely, seen), SHOWN)) if found else ()
    shown = {person for one in seen.values() for person in one.together}
    unseen = {
        known[each.id].agency: each.weight
        for each in reversed(likely)
        if each.id not in shown and known[each.id].open
    }
    ring = tuple(_told(actor, agency, unseen))
    _write_down(record, possible, ring)
    return Matches(possible, ring, found is not None)


@contextmanager
def as_linker() -> Iterator[None]:
    """Act as the account that links records; whoever acted goes on afterwards."""
    with acting(system_membership(LINKER), purpose=PURPOSE, route=ROUTE):
        yield


@dataclass(frozen=True, slots=True)
class Weighed:
    """A record weighed against whoever shares a key with it, the likest first."""

    matcher: Matcher
    alike: list[Alike]
    shares: dict[str, float]

    def likely(self) -> list[Alike]:
        """Those who are as likely the same person as not."""
        return [each for each in self.alike if each.weight >= AT_LEAST]

    def because(self, alike: Alike) -> tuple[Because, ...]:
        """What speaks for and against, the strongest first; what says nothing is left out."""
        said = [r for r in self.matcher.reasons(alike, self.shares) if round(r.bits)]
        said.sort(key=lambda reason: -reason.bits)
        return tuple(Because(reason.words, round(reason.bits, 1)) for reason in said)


def _weighed(record: Mapping[str, Any]) -> Weighed | None:
    """The record against everybody; None before the first linking. Acting as the linker."""
    matcher = current_matcher()
    return None if matcher is None else weigh(matcher, matcher.ready(record))


def weigh(matcher: Matcher, asked: Asked) -> Weighed:
    """A record made ready against everybody in the index. Acting as the linker."""
    shares = matching.shares_of(asked.often)
    return Weighed(matcher, matcher.weigh(asked, matching.candidates(asked.keys), shares), shares)


def current_matcher() -> Matcher | None:
    """What weighs by the figures of the last linking; None before the first."""
    mark = matching.mark_of_figures()
    return None if mark is None else _matcher(mark)


@lru_cache(maxsize=2)
def _matcher(mark: str) -> Matcher:
    """Compiled once for each linking's figures."""
    from wholeplace.population.identity.guards import Found  # late: it brings DuckDB
    from wholeplace.population.identity.match import Matcher
    from wholeplace.population.identity.model import Learnt
    from wholeplace.population.identity.people import PEOPLE

    kept = matching.figures()
    return Matcher(PEOPLE, Learnt(**kept["learnt"]), Found.from_data(kept["found"]))


def _possible(
    found: Weighed, likely: Iterable[Alike], seen: Mapping[int, Seen]
) -> Iterator[Possible]:
    """One for each human being as the reader knows them, by the record of theirs that fits best.

    What fits best is sought among records that the reader sees: one that they do not see must not
    show in the order, nor in who is shown.
    """
    shown: set[int] = set()
    for each in likely:
        one = seen.get(each.id)
        if one is None:
            continue
        first = not shown.intersection(one.together)
        shown.update(one.together)
        if first:
            yield Possible(
                one.person_id, one.ref, one.name, one.date_of_birth, one.agencies,
                round(each.weight, 1), 1 / (1 + 2 ** -each.weight), found.because(each),
            )  # fmt: skip


def _told(actor: Actor, agency: str, unseen: Mapping[str, float]) -> Iterator[Ring]:
    """Whom to ring, where governance says so; each service once, in the order of the file.

    Args:
        unseen: agencies that know somebody whom the reader does not see → the greatest weight.
    """
    file = intake()
    if file is None or actor.role not in file.roles or actor.purpose not in file.purposes:
        return
    for tell in file.tells:
        if agency in tell.to and unseen.get(tell.of, -1.0) >= file.at_least_bits:
            yield Ring(tell.ring.service, tell.ring.phone)


def _write_down(
    record: Mapping[str, Any], possible: tuple[Possible, ...], ring: tuple[Ring, ...]
) -> None:
    """Which fields were asked about, and whom the reader was shown."""
    given = sorted(name for name, value in record.items() if value)
    told = {"ring": [one.service for one in ring]} if ring else {}
    audit.record(
        "person.match",
        people=[one.person_id for one in possible],
        detail={"fields": given} | told,
    )
