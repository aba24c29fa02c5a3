"""The council's benefits and council tax extract of one ward, in the columns of the file.

What is here is how this agency writes its people down. Another agency's extract is another
module beside it, written from the same `Ward`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wholeplace.population.city.accounts import KINDS, make_accounts
from wholeplace.population.city.areas import TENURES
from wholeplace.population.city.columns import blank, days, flags, keys, money, text
from wholeplace.population.city.dwellings import NEVER, landlord_names, members_of
from wholeplace.population.city.families import NOBODY
from wholeplace.population.city.faults import RATES, Written, write_down
from wholeplace.population.city.homes import HEAD, MAN, OTHER, PARTNER, UNSAID, WOMAN
from wholeplace.population.city.jobs import EMPLOYERS, UNKNOWN, make_jobs
from wholeplace.population.city.names import name_pool
from wholeplace.population.city.spells import BENEFITS, NOT_KNOWN, Spells, make_spells
from wholeplace.population.city.streams import Ints
from wholeplace.population.city.truth import Counters, Truth
from wholeplace.population.city.ward import Ward

Tables = dict[str, pa.Table]

LANGUAGES = ("en", "en", "ur", "pa", "gu", "bn", "en", "en", "so", "pl", "ro", "zh", "ar")
"""The language that some of each community prefer, by its ISO 639-1 code."""

ROLES = np.array(
    ("claimant", "partner", "child", "non_dependant", "non_dependant", "non_dependant"),
    dtype=object,
)
SEXES = np.array(("M", "F", "X", "U"), dtype=object)
SECOND_RECORD = 900_000_000
"""Where the numbers of second records of a person begin, so that all others stay as they are."""

SOURCE = "council-benefits"


def benefits_extract(truth: Truth, counters: Counters) -> tuple[Tables, Tables, Written]:
    """Every table of the extract for one ward; the rows that stand last; and who was written.

    Second records of people, and their place in a household, stand after all others of the
    city: their keys are of numbers of their own.
    """
    ward = truth.ward
    written = write_down(truth, np.arange(len(truth.number)), SOURCE)
    again = written.who[written.copy]
    second = SECOND_RECORD + counters.take("second record", len(again))
    person, household = truth.number, truth.household
    spells = make_spells(ward)
    every = residents(truth, written, np.concatenate([person, second]))
    tables = {
        "residents": every.slice(0, len(person)),
        "addresses": addresses(truth),
        "households": households(truth),
        "household_members": members(truth, counters),
        "benefit_spells": benefit_spells(spells, counters, person),
        "jobs": jobs(ward, counters, person),
        "accounts": accounts(ward, spells, counters, household),
    }
    late = {
        "residents": every.slice(len(person)),
        "household_members": earlier_claims(truth, again, second),
    }
    return tables, late, written


def residents(truth: Truth, written: Written, number: Ints) -> pa.Table:
    """Everyone the council's benefits and council tax system has; of some, a second record."""
    ward, who = truth.ward, written.who
    draws, people = ward.draws("residents"), ward.people
    count, years = len(truth.number), truth.years
    draws.uniform(count)  # a draw of an earlier layout, so that those after it stay the same
    email = (years >= 18) & draws.chance(np.where(years < 70, 0.58, 0.2), count)
    own = np.array(LANGUAGES, dtype=object)[people.community]
    speaks = np.where(draws.chance(np.where(years < 30, 0.05, 0.22), count), own, "en")
    draws.uniform(2 * count)
    asked_not, unsafe = draws.chance(0.012, count), draws.chance(0.005, count)
    died = ward.died[who]
    return pa.table(
        {
            "person_key": keys("P", number),
            "title": titles(ward).take(pa.array(who)),
            "given_names": text(written.given),
            "family_name": text(written.family),
            "date_of_birth": days(written.born),
            "sex": text(SEXES[people.sex[who]]),
            "nhs_number": text(written.nhs),
            "ni_number": text(written.ni),
            "phone": text(written.phone),
            "email": blank(emails(ward, truth.number), ~email).take(pa.array(who)),
            "language": text(speaks[who]),
            "do_not_contact": flags(asked_not[who]),
            "unsafe_address": flags(unsafe[who]),
            "date_of_death": days(died, died == NEVER),
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


def emails(ward: Ward, person: Ints) -> pa.Array:
    """An address at example.org from the person's names and number."""
    plain = name_pool().plain
    number = pc.cast(pa.array(person), pa.string())
    name = pc.binary_join_element_wise(
        text(plain[ward.names.first]), text(plain[ward.names.family]), "."
    )
    return pc.utf8_ltrim(pc.binary_join_element_wise(name, number, "@example.org", ""), ".")


def addresses(truth: Truth) -> pa.Table:
    """Every address, with the small area it lies in."""
    lines = truth.addresses
    codes = np.array(truth.ward.areas.codes, dtype=object)
    return pa.table(
        {
            "uprn": keys("999", truth.uprn),
            "line_1": text(lines.line_1),
            "line_2": blank(text(lines.line_2), lines.line_2 == ""),
            "town": text(lines.town),
            "postcode": text(lines.postcode),
            "lsoa_code": text(codes[truth.ward.dwellings.area]),
        }
    )


def households(truth: Truth) -> pa.Table:
    """Tenancies of present and earlier households; of some the council has an old address."""
    held, ward = truth.ward.tenancies, truth.ward
    landlords = np.array(landlord_names(), dtype=object)[held.landlord]
    count = len(ward.homes.area)
    old = ward.draws(f"{SOURCE} addresses").chance(RATES[SOURCE].old_address, count)
    head = np.flatnonzero(ward.people.part == HEAD)
    dwelling = held.dwelling.copy()
    dwelling[:count] = np.where(old, truth.former[head], dwelling[:count])
    return pa.table(
        {
            "household_key": keys("H", truth.household),
            "uprn": keys("999", truth.uprn[dwelling]),
            "tenure": text(np.array(TENURES, dtype=object)[held.tenure]),
            "landlord": blank(text(landlords), held.landlord == 0),
            "from_date": days(held.since),
            "to_date": days(held.until, held.until == NEVER),
        }
    )


def members(truth: Truth, counters: Counters) -> pa.Table:
    """Who belongs to each household, from when to when; the dead until their last day.

    A child whose parents share the care belongs to the other parent's household as well.
    """
    ward = truth.ward
    tenancy, who, since, until = members_of(
        ward.draws("members"), ward.people, ward.tenancies, ward.day
    )
    alive = since <= ward.died[who]
    tenancy, who, since, until = (part[alive] for part in (tenancy, who, since, until))
    child = np.flatnonzero((truth.other_home != NOBODY) & truth.alive)
    other = truth.other_home[child]
    began = np.maximum(ward.tenancies.since[other], truth.since[child])
    tenancy, who = np.concatenate([tenancy, other]), np.concatenate([who, child])
    since = np.concatenate([since, began])
    until = np.concatenate([until, np.full(len(child), NEVER)])
    until = np.minimum(until, ward.died[who])
    return pa.table(
        {
            "member_key": keys("M", counters.take("member", len(who))),
            "household_key": keys("H", truth.household[tenancy]),
            "person_key": keys("P", truth.number[who]),
            "role": text(ROLES[ward.people.part[who]]),
            "from_date": days(since),
            "to_date": days(until, until == NEVER),
        }
    )


def earlier_claims(truth: Truth, who: Ints, second: Ints) -> pa.Table:
    """The place in the household that a second record is left over from, and when it ended."""
    since = truth.since[who]
    draws = truth.ward.draws(f"{SOURCE} earlier claims")
    last = np.minimum(truth.ward.day, truth.ward.died[who]) - 1
    length = np.floor(draws.uniform(len(who)) * np.maximum(last - since, 0))
    return pa.table(
        {
            "member_key": keys("M", second),
            "household_key": keys("H", truth.household[truth.ward.people.home[who]]),
            "person_key": keys("P", second),
            "role": text(np.full(len(who), "non_dependant", dtype=object)),
            "from_date": days(since),
            "to_date": days(since + length.astype(np.int64)),
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
