"""The parts that a city is made from: draws, names, areas, households, stretches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.city.accounts import billing_day
from wholeplace.population.city.areas import CityAreas, city_areas
from wholeplace.population.city.characters import CHARACTERS, COMMUNITIES
from wholeplace.population.city.columns import money
from wholeplace.population.city.dwellings import NEVER
from wholeplace.population.city.homes import CHILD, HEAD, PARTNER, make_homes, make_people
from wholeplace.population.city.identifiers import MOST_PEOPLE, ni_numbers
from wholeplace.population.city.make import share_out
from wholeplace.population.city.names import name_pool, plain, read_lists
from wholeplace.population.city.spells import day_number
from wholeplace.population.city.streams import Draws
from wholeplace.population.city.ward import make_ward

PLACE = Path(__file__).resolve().parents[4] / "places" / "birmingham"
DAY = day_number("2026-06-01")


@pytest.fixture(scope="module")
def areas() -> CityAreas:
    return city_areas(PLACE, None)


def test_one_stream_is_the_same_each_time_and_unlike_any_other() -> None:
    one = Draws(1, 2, "names").uniform(5)
    assert (one == Draws(1, 2, "names").uniform(5)).all()
    for other in (Draws(2, 2, "names"), Draws(1, 3, "names"), Draws(1, 2, "ages")):
        assert (one != other.uniform(5)).all()


def test_draws_follow_their_tables() -> None:
    draws = Draws(1, 1, "tables")
    picked = np.bincount(draws.pick((1, 0, 3), 40_000), minlength=3) / 40_000
    assert picked == pytest.approx([0.25, 0, 0.75], abs=0.01)
    rows = draws.pick_rows(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1, 1, 0]))
    assert rows.tolist() == [0, 1, 1, 0]
    between = draws.between(3, 5, 1000)
    assert set(between.tolist()) == {3, 4, 5}
    assert draws.curve(((0, 10), (1, 10)), 3).tolist() == [10, 10, 10]
    assert draws.ranked(np.array([1, 1])).tolist() == [0, 0]


def test_there_are_names_enough_for_every_community() -> None:
    lists = read_lists()
    families = {n for heading, names in lists.items() if "family" in heading for n in names}
    given = {n for heading, names in lists.items() if "man" in heading for n in names}
    assert len(families) >= 400
    assert len(given) >= 500
    assert all(len(set(names)) == len(names) for names in lists.values())
    assert (name_pool().given_size >= 10).all()
    assert plain("Wójcik-Łuk O'Neill") == "wojciklukoneill"


def test_every_character_has_a_weight_for_each_community() -> None:
    assert {len(character.mix) for character in CHARACTERS.values()} == {len(COMMUNITIES)}


def test_invented_postcodes_are_of_no_post_area_and_belong_to_one_area(areas: CityAreas) -> None:
    every = [postcode for names in areas.postcodes for postcode in names]
    assert len(every) == len(set(every))
    assert all(postcode.startswith("BM") for postcode in every)
    assert all(names for names in areas.postcodes)


def test_a_place_without_areas_is_a_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="no folder named areas"):
        city_areas(tmp_path, None)


@pytest.mark.parametrize("people", [1, 7, 100, 9_999])
def test_people_are_shared_out_to_the_last_one(people: int) -> None:
    assert share_out(people, np.array([3.0, 1.0, 1.0, 0.0])).sum() == people


@pytest.mark.parametrize("people", [1, 2, 3, 7, 200])
def test_households_hold_exactly_the_people_wanted(areas: CityAreas, people: int) -> None:
    here = np.flatnonzero(areas.ward == 5)
    wanted = np.full(len(here), people)
    homes, parts = make_homes(Draws(3, 5, "homes"), areas, here, wanted)
    found = np.bincount(homes.area, parts.sum(axis=1), minlength=len(areas.codes))[here]
    assert found.tolist() == wanted.tolist()
    assert (parts[:, HEAD] == 1).all()


def test_nobody_is_a_parent_as_a_child_and_children_are_young(areas: CityAreas) -> None:
    here = np.flatnonzero(areas.ward == 2)
    draws = Draws(4, 2, "homes")
    homes, parts = make_homes(draws, areas, here, np.full(len(here), 800))
    people = make_people(draws, homes, parts, DAY)
    assert people.home.tolist() == sorted(people.home.tolist())
    children = np.flatnonzero(people.part == CHILD)
    years = (DAY - people.born) / 365.25
    assert years[children].min() >= 0
    assert years[children].max() < 18
    assert years[people.part != CHILD].min() >= 17.9
    for part in (HEAD, PARTNER):
        born = np.full(len(homes.area), -NEVER)
        chosen = people.part == part
        born[people.home[chosen]] = people.born[chosen]
        assert (people.born[children] - born[people.home[children]]).min() > 15 * 365


def test_a_wards_stretches_do_not_overlap_and_end_after_they_begin(areas: CityAreas) -> None:
    wanted = share_out(60_000, areas.population)
    stretches = make_ward(areas, 3, wanted, seed=1, day=DAY).stretches
    same = stretches.unit[1:] == stretches.unit[:-1]
    assert same.any()
    assert (stretches.start[1:] > stretches.end[:-1])[same].all()
    assert (stretches.start <= stretches.end).all()


def test_invented_insurance_numbers_differ_and_are_nobodys() -> None:
    person = np.concatenate([np.arange(1, 200_001), np.array([MOST_PEOPLE])])
    numbers = ni_numbers(person, seed=9).to_pylist()
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("QQ") and len(number) == 9 for number in numbers)


def test_pence_are_written_as_pounds_exactly() -> None:
    amounts = money(np.array([0, 5, 12_345, -250])).to_pylist()
    assert [str(amount) for amount in amounts] == ["0.00", "0.05", "123.45", "-2.50"]


@pytest.mark.parametrize(
    ("day", "billed"),
    [
        ("2026-06-01", "2026-04-01"),
        ("2026-04-01", "2026-04-01"),
        ("2026-03-31", "2025-04-01"),
        ("2024-02-29", "2023-04-01"),
    ],
)
def test_charges_are_set_on_the_first_of_april(day: str, billed: str) -> None:
    assert billing_day(day_number(day)) == day_number(billed)
