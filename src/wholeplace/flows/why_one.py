"""Why records are taken for one person, from nothing but what the reader may see.

The pairs that linking kept hold a person's records together, and one of them may be a record that
this reader may not see: whether a pair was kept would tell of it. So no kept pair is shown. The
records that the reader sees are compared here as linking compares them, and weighed by what the
last linking learnt, but for how rare a value is, which everybody's records decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeAlias

from wholeplace.core.identity.record import comparable
from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows.link_people import LINKER, PURPOSE
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import care
from wholeplace.rooms.identity.links import spanning
from wholeplace.rooms.identity.queries import identity_of, linked_people
from wholeplace.rooms.people import queries as people
from wholeplace.rooms.people.queries import PersonLine
from wholeplace.rooms.people.references import person_ref
from wholeplace.rooms.records.held import statements_of
from wholeplace.rooms.records.together import Saying, sayings

if TYPE_CHECKING:
    from wholeplace.population.identity.model import Learnt

ROUTE = "why one person"
GIVEN_PRIOR = 1e-6  # of two records at random; it is not shown


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that was compared: in the model's words, and what it adds to the weight in bits.

    `words` are of what is not known where `known` is False; it then adds nothing.
    """

    name: str
    words: str
    known: bool
    bits: float


Compare: TypeAlias = Callable[[Saying, Saying], tuple[Compared, ...]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records of the person, and how they stand to each other."""

    one: Saying
    other: Saying
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class WhyOne:
    """The person, the number that they have across agencies, and the pairs that join them."""

    person: PersonLine
    identity: str | None
    pairs: tuple[Pair, ...]


def why_one(ref: str) -> WhyOne:
    """The likeliest pairs that join all records of a person which the reader sees.

    Raises:
        NotFound: no such person for this reader, or they see one record alone.
    """
    person = people.person(ref)
    others = [one.person_id for one in linked_people(person.id)]
    if not others:
        raise NotFound("There is no such person.")
    persons = {person.id: person.ref} | {number: person_ref(number) for number in others}
    for number in persons:
        audit.record("person.view", person_id=number, record="why one person")
    held = statements_of(list(persons), ("homes",))
    told = list(sayings(persons, {number: one.homes for number, one in held.items()}))
    return WhyOne(person, identity_of(person.id), tuple(_pairs(told)))


def _pairs(told: list[Saying]) -> Iterator[Pair]:
    """As many pairs as it takes to join the records, the strongest first."""
    compare = _comparing(told)
    found = {(a, b): compare(told[a], told[b]) for a, b in combinations(range(len(told)), 2)}
    strongest = sorted(found, key=lambda pair: (-sum(one.bits for one in found[pair]), pair))
    for a, b in spanning(strongest):
        yield Pair(told[a], told[b], found[a, b])


def compared(one: Saying, other: Saying) -> tuple[Compared, ...]:
    """How two records stand to each other, from what the reader sees of them."""
    return _comparing([one, other])(one, other)


def _comparing(told: list[Saying]) -> Compare:
    """What compares two of these records. The model is loaded only when somebody asks why."""
    from wholeplace.population.identity.compiled import compile_scorer
    from wholeplace.population.identity.model import UNKNOWN
    from wholeplace.population.identity.people import PEOPLE

    scorer = compile_scorer(PEOPLE, _learnt())
    records = {id(one): comparable(_record(one)) for one in told}
    values = {key: tuple(one[c] for c in scorer.columns) for key, one in records.items()}

    def compare(one: Saying, other: Saying) -> tuple[Compared, ...]:
        levels = scorer.levels(values[id(one)], values[id(other)])
        found = []
        for made, bits, level in zip(PEOPLE.comparisons, scorer.bits, levels, strict=True):
            stands = made.level(level)
            words = stands.words if stands else made.unsaid
            found.append(Compared(made.name, words, level != UNKNOWN, bits[level]))
        return tuple(found)

    return compare


def _learnt() -> Learnt:
    """What the last linking that learnt anything learnt; before the first, the given figures."""
    from wholeplace.population.identity.model import Learnt
    from wholeplace.population.identity.people import PEOPLE

    with acting(system_membership(LINKER), purpose=PURPOSE, route=ROUTE):
        taught = care.taught(most=1)
    shape = {made.name: len(made.levels) for made in PEOPLE.comparisons}
    if taught and {name: len(m) for name, m in taught[0].model["m"].items()} == shape:
        return Learnt(**taught[0].model)
    given = {made.name: made.levels for made in PEOPLE.comparisons}
    m, u = (
        {name: tuple(getattr(level, side) for level in levels) for name, levels in given.items()}
        for side in ("m", "u")
    )
    return Learnt(prior=GIVEN_PRIOR, m=m, u=u)


def _record(one: Saying) -> dict[str, Any]:
    """As linking reads it."""
    return {"source": one.agency_code, **one.values, **one.home}
