"""Who lives with whom on a day, and who stands for a household: slow, obvious, for one person.

Two persons live together on a day when each has a residence row of one household that holds on
that day. A row without a first day may or may not hold: then it is not known. Roles decide who
is what to whom; a role that is not recorded may be any.
"""

from __future__ import annotations

from datetime import date, timedelta

from wholeplace.core.rules.evaluate import truth_and, truth_or
from wholeplace.population.facts.rows import PersonRows, Row

ADULTS = ("claimant", "partner")
CHILD, NON_DEPENDANT, CLAIMANT = ("child",), ("non_dependant",), ("claimant",)
STANDS = {"household": CLAIMANT, "benefit unit": (*CLAIMANT, *NON_DEPENDANT)}
"""The roles that answer for a unit."""
UNIT_OF_CLAIMANT = (*ADULTS, *CHILD)
"""The roles of a household that are one benefit unit; each non-dependant is one alone."""
ONE_DAY = timedelta(days=1)


def homes_on(person: PersonRows, day: date) -> list[Row]:
    """Residences that hold, or may hold, on the day; the latest last."""
    return [
        row
        for row in person.table("residences")
        if (row["from_date"] is None or row["from_date"] <= day)
        and (row["to_date"] is None or day <= row["to_date"])
    ]


def related(person: PersonRows, who: str, day: date) -> tuple[PersonRows, ...] | None:
    """The people of a relation, by number; None when it is not known who they are.

    It is not known without a residence of that day, where one of the person's own does not say
    from when or in which household, or where someone of the household may or may not be one.
    """
    homes = homes_on(person, day)
    unsure = any(row["from_date"] is None or row["household_id"] is None for row in homes)
    if not homes or unsure:
        return None
    found: dict[int, bool | None] = {}
    people: dict[int, PersonRows] = {}
    for home in homes:
        others = _others(person, home["household_id"], day)
        if others is None:
            return None
        for other, row in others:
            is_one = truth_and([None if row["from_date"] is None else True, _is(who, home, row)])
            found[other.number] = truth_or([found.get(other.number, False), is_one])
            people[other.number] = other
    if None in found.values():
        return None
    return tuple(people[number] for number in sorted(found) if found[number])


def _others(person: PersonRows, household: int, day: date) -> list[tuple[PersonRows, Row]] | None:
    """Everybody else's residences of the household that hold, or may; None: not known."""
    everybody = person.household(household) if person.household else None
    if everybody is None:
        return None
    return [
        (other, row)
        for other in everybody
        if other.number != person.number
        for row in homes_on(other, day)
        if row["household_id"] == household
    ]


def _is(who: str, mine: Row, theirs: Row) -> bool | None:
    """Whether the second row's person is that to the first row's, going by their roles."""
    match who:
        case "partner":
            return truth_and([_one_of(mine, ADULTS), _one_of(theirs, ADULTS)])
        case "children":
            return truth_and([_one_of(mine, ADULTS), _one_of(theirs, CHILD)])
        case "parents":
            return truth_and([_one_of(mine, CHILD), _one_of(theirs, ADULTS)])
        case "non_dependants":
            return _one_of(theirs, NON_DEPENDANT)
    return True


def _one_of(row: Row, roles: tuple[str, ...]) -> bool | None:
    return None if row["role"] is None else row["role"] in roles


def stands_for(person: PersonRows, unit: str, day: date) -> bool | None:
    """Whether the person answers for a `household` or `benefit unit` on the day.

    Who lives in no household on record answers for none.
    """
    return truth_or(
        truth_and([None if row["from_date"] is None else True, _one_of(row, STANDS[unit])])
        for row in homes_on(person, day)
    )


def members(person: PersonRows, unit: str, day: date) -> tuple[int, ...]:
    """The numbers of those in the unit that the person stands for, themselves among them.

    Only who is known to live there on the day is a member.
    """
    found = {person.number}
    for home in homes_on(person, day):
        if home["from_date"] is None or home["household_id"] is None:
            continue
        roles = UNIT_OF_CLAIMANT if unit == "benefit unit" else None
        if home["role"] not in CLAIMANT:
            continue
        for other, row in _others(person, home["household_id"], day) or ():
            if row["from_date"] is not None and (roles is None or row["role"] in roles):
                found.add(other.number)
    return tuple(sorted(found))


def next_change(person: PersonRows, day: date) -> date | None:
    """The next day after `day` from which others may live together; None when none is recorded."""
    rows = list(person.residences)
    for household in {row["household_id"] for row in rows} - {None}:
        for other in (person.household(household) if person.household else None) or ():
            rows += [row for row in other.residences if row["household_id"] == household]
    starts = [row["from_date"] for row in rows]
    ends = [row["to_date"] for row in rows]
    days = [start for start in starts if start] + [
        end + ONE_DAY for end in ends if end and end < date.max
    ]
    return min((each for each in days if each > day), default=None)
