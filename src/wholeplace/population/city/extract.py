"""The council's benefits and council tax extract of one ward, in the columns of the file.

What is here is how this agency writes its people down. Another agency's extract is another
module beside it, written from the same `Ward`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wholeplace.population.city import columns
from wholeplace.population.city.accounts import KINDS, make_accounts
from wholeplace.population.city.areas import TENURES
from wholeplace.population.city.characters import COMMUNITIES
from wholeplace.population.city.columns import blank, days, flags, keys, money, text
from wholeplace.population.city.dwellings import (
    NEVER,
    block_name,
    landlord_names,
    members_of,
    street,
)
from wholeplace.population.city.homes import HEAD, MAN, OTHER, PARTNER, UNSAID, WOMAN
from wholeplace.population.city.jobs import EMPLOYERS, UNKNOWN, make_jobs
from wholeplace.population.city.names import name_pool
from wholeplace.population.city.spells import BENEFITS, NOT_KNOWN, Spells, make_spells
from wholeplace.population.city.streams import Ints
from wholeplace.population.city.ward import Ward

Tables = dict[str, pa.Table]

LANGUAGES = ("en", "en", "ur", "pa", "gu", "bn", "en", "en", "so", "pl", "ro", "zh", "ar")
"""The language that some of each community prefer, by its ISO 639-1 code."""

INVENTED_PREFIX = "QQ"
"""HMRC writes its own example numbers with QQ: no real prefix has a Q (its manual, NIM39110),
so an invented number has the shape of one and can belong to nobody."""

MOST_PEOPLE = 4_000_000
"""Six figures and a letter from A to D give so many different numbers."""


@dataclass(slots=True)
class Counters:
    """How many rows of each kind the wards before have taken; keys go on from there."""

    person: int = 0
    home: int = 0
    dwelling: int = 0
    member: int = 0
    spell: int = 0
    job: int = 0
    account: int = 0

    def take(self, kind: str, count: int) -> Ints:
        """The next `count` numbers of a kind, from 1."""
        first = getattr(self, kind)
        setattr(self, kind, first + count)
        return np.arange(first + 1, first + count + 1)


def benefits_extract(ward: Ward, counters: Counters) -> Tables:
    """Every table of the extract for one ward, and the truth; keys go on from `counters`."""
    person = counters.take("person", len(ward.people.home))
    household = counters.take("home", len(ward.tenancies.home))
    uprn = counters.take("dwelling", len(ward.dwellings.area))
    spells = make_spells(ward)
    return {
        "residents": residents(ward, person),
        "addresses": addresses(ward, uprn),
        "households": households(ward, household, uprn),
        "household_members": members(ward, counters, household, person),
        "benefit_spells": benefit_spells(spells, counters, person),
        "jobs": jobs(ward, counters, person),
        "accounts": accounts(ward, spells, counters, household),
        "truth": truth(ward, person, household, uprn),
    }


def words(indexes: Ints) -> pa.Array:
    """Names by their indexes in the pool."""
    return pa.array(name_pool().words[indexes], type=pa.string())


def given_names(ward: Ward) -> pa.Array:
    """First and middle names with a space between."""
    names = ward.names
    both = pc.binary_join_element_wise(words(names.first), words(names.middle), " ")
    return pc.if_else(pa.array(names.middle > 0), both, words(names.first))


def recorded_given_names(ward: Ward) -> pa.Array:
    """Given names as this agency's system insists on them: a person's one name twice."""
    return pc.if_else(pa.array(ward.names.first == 0), words(ward.names.family), given_names(ward))


def family_name(ward: Ward) -> pa.Array:
    """The family name, with a second after a hyphen for some."""
    names = ward.names
    both = pc.binary_join_element_wise(words(names.family), words(names.double), "-")
    return pc.if_else(pa.array(names.double > 0), both, words(names.family))


def residents(ward: Ward, person: Ints) -> pa.Table:
    """Everyone the council's benefits and council tax system has, once each."""
    draws, people = ward.draws("residents"), ward.people
    count = len(person)
    years = people.years(ward.day)
    adult = years >= 18
    phone = adult & draws.chance(0.78, count)
    email = adult & draws.chance(np.where(years < 70, 0.58, 0.2), count)
    own = np.array(LANGUAGES, dtype=object)[people.community]
    speaks = np.where(draws.chance(np.where(years < 30, 0.05, 0.22), count), own, "en")
    sexes = np.array(("M", "F", "X", "U"), dtype=object)
    numbered = (years >= 16) & draws.chance(0.965, count)
    return pa.table(
        {
            "person_key": keys("P", person),
            "title": titles(ward),
            "given_names": recorded_given_names(ward),
            "family_name": family_name(ward),
            "date_of_birth": days(people.born),
            "sex": text(sexes[people.sex]),
            "ni_number": blank(ni_numbers(person, ward.seed), ~numbered),
            "phone": blank(phones(draws.between(0, 999, count)), ~phone),
            "email": blank(emails(ward, person), ~email),
            "language": text(speaks),
            "do_not_contact": flags(draws.chance(0.012, count)),
            "unsafe_address": flags(draws.chance(0.005, count)),
            "date_of_death": days(ward.died, ward.died == NEVER),
        }
    )


def titles(ward: Ward) -> pa.Array:
    """Titles of adults by sex, partnership and age; a few are doctors, some are not told."""
    people = ward.people
    draws = ward.draws("titles")
    count = len(people.home)
    years = people.years(ward.day)
    paired = np.bincount(people.home[people.part == PARTNER], minlength=people.home.max() + 1) > 0
    couple = paired[people.home] & np.isin(people.part, (HEAD, PARTNER))
    wife = couple & draws.chance(0.72, count)
    woman = np.where(wife | (years > 72), "Mrs", np.where(draws.chance(0.5, count), "Ms", "Miss"))
    found = np.select([people.sex == MAN, people.sex == WOMAN], [np.full(count, "Mr"), woman], "")
    found = np.where((people.sex == OTHER), "Mx", found)
    found = np.where((years > 26) & draws.chance(0.012, count), "Dr", found)
    missing = (years < 18) | (people.sex == UNSAID) | draws.chance(0.04, count)
    return blank(text(found.astype(object)), missing)


def ni_numbers(person: Ints, seed: int) -> pa.Array:
    """A National Insurance number each, all different, that nobody has."""
    mixed = ((person - 1) * 1_234_567 + 7_919 * (seed % 100_003) + 13) % MOST_PEOPLE
    suffix = np.array(tuple("ABCD"), dtype=object)[mixed % 4]
    digits = columns.padded(mixed // 4, 6)
    return pc.binary_join_element_wise(INVENTED_PREFIX, digits, text(suffix), "")


def phones(last: Ints) -> pa.Array:
    """Numbers that Ofcom keeps for drama: 07700 900000 to 07700 900999."""
    return pc.binary_join_element_wise("07700 900", columns.padded(last, 3), "")


def emails(ward: Ward, person: Ints) -> pa.Array:
    """An address at example.org from the person's names and number."""
    plain = name_pool().plain
    number = pc.cast(pa.array(person), pa.string())
    name = pc.binary_join_element_wise(
        text(plain[ward.names.first]), text(plain[ward.names.family]), "."
    )
    return pc.utf8_ltrim(pc.binary_join_element_wise(name, number, "@example.org", ""), ".")


def addresses(ward: Ward, uprn: Ints) -> pa.Table:
    """Every address, with the small area it lies in."""
    homes, areas = ward.dwellings, ward.areas
    where = [
        areas.postcodes[a][p]
        for a, p in zip(homes.area.tolist(), homes.postcode.tolist(), strict=True)
    ]
    roads = {postcode: street(postcode) for postcode in set(where)}
    lines = [
        address_lines(roads[postcode], *row)
        for postcode, row in zip(
            where,
            zip(homes.number.tolist(), homes.flat.tolist(), homes.block.tolist(), strict=True),
            strict=True,
        )
    ]
    codes = np.array(areas.codes, dtype=object)
    towns = np.array(areas.towns, dtype=object)
    second = np.array([line[1] for line in lines], dtype=object)
    return pa.table(
        {
            "uprn": keys("999", uprn),
            "line_1": text([line[0] for line in lines]),
            "line_2": blank(text(second), second == ""),
            "town": text(towns[areas.ward[homes.area]]),
            "postcode": text(where),
            "lsoa_code": text(codes[homes.area]),
        }
    )


def address_lines(road: str, number: int, flat: int, block: int) -> tuple[str, str]:
    """The first two lines of an address."""
    if block:
        return f"Flat {flat} {block_name(block)}", road
    if flat:
        return f"Flat {flat}", f"{number} {road}"
    return f"{number} {road}", ""


def households(ward: Ward, household: Ints, uprn: Ints) -> pa.Table:
    """Tenancies of present and earlier households."""
    held = ward.tenancies
    landlords = np.array(landlord_names(), dtype=object)[held.landlord]
    return pa.table(
        {
            "household_key": keys("H", household),
            "uprn": keys("999", uprn[held.dwelling]),
            "tenure": text(np.array(TENURES, dtype=object)[held.tenure]),
            "landlord": blank(text(landlords), held.landlord == 0),
            "from_date": days(held.since),
            "to_date": days(held.until, held.until == NEVER),
        }
    )


def members(ward: Ward, counters: Counters, household: Ints, person: Ints) -> pa.Table:
    """Who belongs to each household, from when to when; the dead until their last day."""
    tenancy, who, since, until = members_of(
        ward.draws("members"), ward.people, ward.tenancies, ward.day
    )
    alive = since <= ward.died[who]
    tenancy, who, since, until = (part[alive] for part in (tenancy, who, since, until))
    until = np.minimum(until, ward.died[who])
    roles = np.array(
        ("claimant", "partner", "child", "non_dependant", "non_dependant", "non_dependant"),
        dtype=object,
    )
    return pa.table(
        {
            "member_key": keys("M", counters.take("member", len(who))),
            "household_key": keys("H", household[tenancy]),
            "person_key": keys("P", person[who]),
            "role": text(roles[ward.people.part[who]]),
            "from_date": days(since),
            "to_date": days(until, until == NEVER),
        }
    )


def benefit_spells(spells: Spells, counters: Counters, person: Ints) -> pa.Table:
    """Every benefit spell of the six years."""
    return pa.table(
        {
            "spell_key": keys("S", counters.take("spell", len(spells.start))),
            "person_key": keys("P", person[spells.person]),
            "benefit": text(np.array(BENEFITS, dtype=object)[spells.benefit]),
            "start_date": days(spells.start, spells.start == NOT_KNOWN),
            "end_date": days(spells.end, spells.end == NEVER),
            "weekly_amount": money(spells.pence),
            "housing_costs": flags(spells.housing),
        }
    )


def jobs(ward: Ward, counters: Counters, person: Ints) -> pa.Table:
    """Jobs as they were reported."""
    found = make_jobs(ward)
    return pa.table(
        {
            "job_key": keys("J", counters.take("job", len(found.start))),
            "person_key": keys("P", person[found.person]),
            "employer": text(np.array(EMPLOYERS, dtype=object)[found.employer]),
            "start_date": days(found.start),
            "end_date": days(found.end, found.end == NEVER),
            "expected_weeks": blank(pa.array(found.weeks), found.weeks == UNKNOWN),
            "hours_a_week": blank(pa.array(found.hours), found.hours == 0),
            "reported_on": days(found.reported),
        }
    )


def accounts(ward: Ward, spells: Spells, counters: Counters, household: Ints) -> pa.Table:
    """Rent and council tax accounts."""
    found = make_accounts(ward, spells)
    kinds: Sequence[str] = KINDS
    return pa.table(
        {
            "account_key": keys("A", counters.take("account", len(found.home))),
            "household_key": keys("H", household[found.home]),
            "kind": text(np.array(kinds, dtype=object)[found.kind]),
            "weekly_charge": money(found.charge),
            "weekly_help": money(found.help),
            "arrears": money(found.arrears),
            "as_at_date": days(found.day),
        }
    )


def truth(ward: Ward, person: Ints, household: Ints, uprn: Ints) -> pa.Table:
    """Who each person truly is and where: for scoring what the program finds, never loaded."""
    people, areas = ward.people, ward.areas
    area = ward.homes.area[people.home]
    sexes = np.array(("M", "F", "X", "U"), dtype=object)
    codes, wards = (np.array(c, dtype=object) for c in (areas.codes, areas.ward_codes))
    parts = ("head", "partner", "child", "grown_child", "elder", "sharer")
    return pa.table(
        {
            "person_key": keys("P", person),
            "true_given_names": given_names(ward),
            "true_family_name": family_name(ward),
            "true_date_of_birth": days(people.born),
            "lsoa_code": text(codes[area]),
            "ward_code": text(wards[areas.ward[area]]),
            "household_key": keys("H", household[people.home]),
            "uprn": keys("999", uprn[people.home]),
            "true_sex": text(sexes[people.sex]),
            "place_in_household": text(np.array(parts, dtype=object)[people.part]),
            "naming_community": text(np.array(COMMUNITIES, dtype=object)[people.community]),
            "true_date_of_death": days(ward.died, ward.died == NEVER),
        }
    )
