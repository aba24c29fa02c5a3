"""The demonstration's area files: real wards, our hexagons, invented small areas."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from tests.unit.population.geography.test_geography_files import assert_contiguous

from wholeplace.population.city.areas_maker import write_area_files
from wholeplace.population.geography import (
    Geography,
    demonstration_geography,
    read_place,
    share_in_decile,
)

ROOT = Path(__file__).resolve().parents[4]
PLACE = ROOT / "places" / "birmingham"
OPEN_DATA = ROOT.parent / "shared" / "data" / "birmingham"
needs_open_data = pytest.mark.skipif(not OPEN_DATA.is_dir(), reason=f"no open data in {OPEN_DATA}")


@pytest.fixture(scope="module")
def published() -> Geography:
    return read_place(OPEN_DATA)


def test_the_demonstration_has_69_wards_in_10_constituencies_and_5_to_12_small_areas_each() -> None:
    place = demonstration_geography(PLACE)
    assert len(place.codes("ward")) == 69
    assert len(place.codes("constituency")) == 10
    sizes = Counter(place.main_parent("ward").values())
    assert set(sizes) == set(place.codes("ward"))
    assert 5 <= min(sizes.values()) <= max(sizes.values()) <= 12


def test_every_area_has_its_parents_and_figures() -> None:
    place = demonstration_geography(PLACE)
    known = {area.code for area in place.areas}
    assert {row.parent_code for row in place.parents} | {r.code for r in place.parents} <= known
    for kind in ("ward", "constituency"):
        assert set(place.codes("lsoa")) <= set(place.main_parent(kind))
    assert set(place.newest("imd_decile")) == set(place.codes("lsoa"))
    assert set(place.newest("claimant_rate")) >= set(place.codes("ward"))
    assert all(code.startswith("DEMO") for code in place.codes("lsoa"))


def test_about_43_percent_of_invented_areas_are_in_decile_1() -> None:
    assert share_in_decile(demonstration_geography(PLACE).indicators) == pytest.approx(
        0.43, abs=0.005
    )


def test_the_hexagons_are_one_a_ward_and_touch() -> None:
    wards = [area for area in demonstration_geography(PLACE).areas if area.kind == "ward"]
    cells = [(area.hex_q, area.hex_r) for area in wards]
    assert len(set(cells)) == 69
    assert_contiguous({(q, r) for q, r in cells if q is not None and r is not None})


@needs_open_data
def test_the_published_share_of_birmingham_in_decile_1_is_0_4279(published: Geography) -> None:
    assert round(share_in_decile(published.indicators), 4) == 0.4279


@needs_open_data
def test_every_published_small_area_has_parents_and_a_postcode(published: Geography) -> None:
    assert len(published.codes("lsoa")) == 659
    assert len(published.codes("ward")) == len(published.boundaries) == 69
    assert len(published.codes("constituency")) == 10
    assert {row.lsoa_code for row in published.postcodes} == set(published.codes("lsoa"))
    assert len(published.postcodes) > 35_000
    by_child: defaultdict[str, float] = defaultdict(float)
    for row in published.parents:
        if row.kind == "constituency":
            by_child[row.code] += row.share
    assert all(total == pytest.approx(1, abs=0.001) for total in by_child.values())


@needs_open_data
def test_only_postcodes_of_split_areas_are_drawn(published: Geography) -> None:
    drawn = sum(row.drawn for row in published.postcodes)
    assert 0 < drawn < len(published.postcodes) * 0.1
    again = read_place(OPEN_DATA, seed=2)
    moved = [
        (one, other)
        for one, other in zip(published.postcodes, again.postcodes, strict=True)
        if one != other
    ]
    assert moved
    assert all(one.drawn and one.ward_code == other.ward_code for one, other in moved)


@needs_open_data
def test_the_area_files_are_what_their_maker_makes(tmp_path: Path, published: Geography) -> None:
    with (PLACE / "areas" / "characters.csv").open(encoding="utf-8", newline="") as file:
        characters = {row["ward_code"]: row["character"] for row in csv.DictReader(file)}
    for path in write_area_files(published, characters, tmp_path):
        assert path.read_bytes() == (PLACE / "areas" / path.name).read_bytes(), path.name
