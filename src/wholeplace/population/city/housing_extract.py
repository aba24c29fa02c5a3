"""The council's housing extract of one ward: tenants, tenancies, and who works with them.

The housing system writes dates as 01/06/2026, calls sex gender, keeps a first name only, and
has an address on every row. It has little use for an NHS number.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wholeplace.population.city.columns import blank, keys, money, text, uk_days
from wholeplace.population.city.dwellings import NEVER, TENURE
from wholeplace.population.city.faults import Written, write_down
from wholeplace.population.city.homes import HEAD, PARTNER
from wholeplace.population.city.involvements import Team, involvement_columns, make_involvements
from wholeplace.population.city.streams import Bools, Ints
from wholeplace.population.city.truth import Counters, Truth

SOURCE = "council-housing"
NOMINATED = 0.25
"""Of housing association homes: how many were let by the council's nomination."""

GENDERS = np.array(("M", "F", "U", "U"), dtype=object)
TEAMS = (
    Team("Tenancy support", "tenancy support officer", "help to keep a tenancy"),
    Team("Income team", "income officer", "rent arrears"),
    Team("Housing options", "housing options officer", "a move or homelessness"),
    Team("Neighbourhood housing", "housing officer", "repairs or neighbours"),
)

Tables = dict[str, pa.Table]


def housing_extract(truth: Truth, counters: Counters) -> tuple[Tables, Written]:
    """The extract's tables, and the records that tenants.csv has."""
    homes = housed(truth)
    people = truth.ward.people
    who = np.flatnonzero(homes[people.home] & truth.alive)
    written = write_down(truth, who, SOURCE)
    number = counters.take(SOURCE, len(written.who))
    return {
        "tenants": tenants(truth, written, number),
        "tenancies": tenancies(truth, written, number, counters),
        "involvements": involvements(truth, written, number, counters),
    }, written


def housed(truth: Truth) -> Bools:
    """Whether each household rents from the council, or by its nomination."""
    ward = truth.ward
    draws = ward.draws("council-housing households")
    nominated = draws.chance(NOMINATED, len(ward.homes.area))
    theirs = (ward.tenure == TENURE["housing_association"]) & nominated
    return np.asarray(theirs | (ward.tenure == TENURE["council"]))


def tenants(truth: Truth, written: Written, number: Ints) -> pa.Table:
    """Everybody in the homes, children too: one row a person."""
    at, where = truth.addresses, written.dwelling
    second = at.line_2[where]
    return pa.table(
        {
            "tenant_ref": keys("HT", number),
            "first_names": text(written.first),
            "surname": text(written.family),
            "date_of_birth": uk_days(written.born),
            "gender": text(GENDERS[truth.ward.people.sex[written.who]]),
            "nhs_number": text(written.nhs),
            "ni_number": text(written.ni),
            "phone": text(written.phone),
            "email": pa.nulls(len(number), pa.string()),
            "uprn": keys("999", truth.uprn[where]),
            "address_1": text(at.line_1[where]),
            "address_2": blank(text(second), second == ""),
            "town": text(at.town[where]),
            "postcode": text(written.postcode),
            "address_from": uk_days(written.since),
        }
    )


def tenancies(truth: Truth, written: Written, number: Ints, counters: Counters) -> pa.Table:
    """Present tenancies of heads and partners, and earlier ones with the council."""
    ward, held = truth.ward, truth.ward.tenancies
    part, home = ward.people.part[written.who], ward.people.home[written.who]
    count = len(ward.homes.area)
    signed = np.flatnonzero(np.isin(part, (HEAD, PARTNER)) & ~written.copy)
    earlier = np.full(count, -1, dtype=np.int64)
    past = np.arange(count, len(held.home))
    earlier[held.home[past]] = np.where(held.tenure[past] == TENURE["council"], past, -1)
    had = signed[earlier[home[signed]] >= 0]
    row = np.concatenate([signed, had])
    tenancy = np.concatenate([home[signed], earlier[home[had]]])
    order = np.lexsort((held.since[tenancy], row))
    row, tenancy = row[order], tenancy[order]
    where, until = held.dwelling[tenancy], held.until[tenancy]
    rent = np.where(tenancy < count, ward.rent[held.home[tenancy]], 9_900)
    return pa.table(
        {
            "tenancy_ref": keys("TN", counters.take("council-housing tenancies", len(row))),
            "tenant_ref": keys("HT", number[row]),
            "uprn": keys("999", truth.uprn[where]),
            "address_1": text(truth.addresses.line_1[where]),
            "postcode": text(truth.addresses.postcode[where]),
            "tenancy_type": text(kinds(truth, tenancy)),
            "start_date": uk_days(held.since[tenancy]),
            "end_date": uk_days(until, until == NEVER),
            "weekly_rent": money(rent),
        }
    )


def kinds(truth: Truth, tenancy: Ints) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Council tenancies are introductory for a year and then secure; others are assured."""
    held = truth.ward.tenancies
    lasted = np.minimum(held.until[tenancy], truth.ward.day) - held.since[tenancy]
    council = np.where(lasted < 365, "introductory", "secure")
    found = np.where(held.tenure[tenancy] == TENURE["council"], council, "assured")
    return found.astype(object)


def involvements(truth: Truth, written: Written, number: Ints, counters: Counters) -> pa.Table:
    """Officers who work with tenants: about one tenant in eight."""
    part = truth.ward.people.part[written.who]
    draws = truth.ward.draws(f"{SOURCE} involved")
    chosen = np.isin(part, (HEAD, PARTNER)) & draws.chance(0.16, len(part)) & ~written.copy
    found = make_involvements(truth, SOURCE, written.who, chosen, TEAMS)
    cells = involvement_columns(found, counters, SOURCE)
    return pa.table(
        {
            "involvement_ref": cells.pop("key"),
            "tenant_ref": keys("HT", number[found.row]),
            **cells,
            "from_date": uk_days(found.since),
            "to_date": uk_days(found.until, found.until == NEVER),
        }
    )
