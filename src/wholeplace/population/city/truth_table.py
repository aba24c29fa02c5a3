"""The truth of an invented city in files: who everybody is, and whose each record is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wholeplace.population.city.characters import COMMUNITIES
from wholeplace.population.city.columns import blank, days, keys, repeated, text
from wholeplace.population.city.dwellings import NEVER
from wholeplace.population.city.families import NOBODY
from wholeplace.population.city.faults import Written
from wholeplace.population.city.homes import SHAPES
from wholeplace.population.city.identifiers import Texts, phones
from wholeplace.population.city.names import name_pool
from wholeplace.population.city.schools_extract import Schooling
from wholeplace.population.city.streams import Ints
from wholeplace.population.city.truth import ADULT, Truth, full_name_before
from wholeplace.population.city.ward import Ward


def whose(truth: Truth, written: Written, source: str, key: pa.ChunkedArray) -> pa.Table:
    """One row a record of an agency: whose it truly is."""
    number = truth.number[written.who]
    return pa.table(
        {
            "source": repeated(source, len(number)),
            "record_key": key,
            "true_person": keys("T", number),
        }
    )


def words(indexes: Ints) -> pa.Array:
    """Names by their indexes in the pool."""
    return pa.array(name_pool().words[indexes], type=pa.string())


def given_names(ward: Ward) -> pa.Array:
    """First and middle names with a space between."""
    names = ward.names
    both = pc.binary_join_element_wise(words(names.first), words(names.middle), " ")
    return pc.if_else(pa.array(names.middle > 0), both, words(names.first))


def family_name(ward: Ward) -> pa.Array:
    """The family name, with a second after a hyphen for some."""
    names = ward.names
    both = pc.binary_join_element_wise(words(names.family), words(names.double), "-")
    return pc.if_else(pa.array(names.double > 0), both, words(names.family))


def people_table(truth: Truth, schooling: Schooling) -> pa.Table:
    """Who each person truly is and where: for scoring what the program finds, never loaded."""
    ward, number = truth.ward, truth.number
    people, areas = ward.people, ward.areas
    area = ward.dwellings.area[truth.dwelling]
    sexes = np.array(("M", "F", "X", "U"), dtype=object)
    codes, wards = (np.array(c, dtype=object) for c in (areas.codes, areas.ward_codes))
    parts = ("head", "partner", "child", "grown_child", "elder", "sharer")
    return pa.table(
        {
            "true_person": keys("T", number),
            "person_key": keys("P", number),
            "true_given_names": given_names(ward),
            "true_family_name": family_name(ward),
            "true_date_of_birth": days(people.born),
            "lsoa_code": text(codes[area]),
            "ward_code": text(wards[areas.ward[area]]),
            "household_key": keys("H", truth.household[people.home]),
            "uprn": keys("999", truth.uprn[truth.dwelling]),
            "true_sex": text(sexes[people.sex]),
            "place_in_household": text(np.array(parts, dtype=object)[people.part]),
            "naming_community": text(np.array(COMMUNITIES, dtype=object)[people.community]),
            "true_date_of_death": days(ward.died, ward.died == NEVER),
            **more_of_people(truth, schooling),
        }
    )


def more_of_people(truth: Truth, schooling: Schooling) -> dict[str, pa.Array]:
    """What the agencies know in part: the second household, the name before, every number."""
    count = len(truth.number)
    upn: Texts = np.full(count, None, dtype=object)
    upn[schooling.who] = schooling.upn
    second = keys("H", truth.household[np.maximum(truth.other_home, 0)])
    return {
        "household_shape": text(shapes(truth)),
        "second_household_key": blank(second, truth.other_home == NOBODY),
        "surname_before_marriage": text(full_name_before(truth, np.arange(count))),
        "married_on": days(truth.married, truth.married == NEVER),
        "true_nhs_number": text(truth.nhs),
        "true_ni_number": blank(text(truth.ni), truth.years < 16),
        "true_upn": text(upn),
        "true_phone": blank(text(phones(truth.line)), truth.years < ADULT),
    }


def shapes(truth: Truth) -> Texts:
    """The shape of each person's household; those in care homes are told apart."""
    names = np.array(SHAPES, dtype=object)[truth.ward.homes.shape[truth.ward.people.home]]
    found: Texts = np.where(truth.ward.dwellings.care[truth.dwelling] > 0, "care_home", names)
    return found
