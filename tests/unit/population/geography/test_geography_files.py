"""Open files are read in their published layout, and anything else is refused in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from wholeplace.population.geography import WrongLayout, readers, share_in_decile
from wholeplace.population.geography.grid import to_degrees
from wholeplace.population.geography.hexagons import NEIGHBOURS, assignment, lay_out
from wholeplace.population.geography.model import Boundary, Indicator
from wholeplace.population.geography.place import Parts, choose, constituency_shares
from wholeplace.population.geography.polygons import NOWHERE, assign, centroid

SQUARE = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
HOLE = np.array([[0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 1.5]])

GOOD = {
    "read_deprivation": "lsoa21_code,IMD_decile,IMD_score\nE01000001,1.0,40.5\n",
    "read_wards_of_small_areas": (
        "lsoa21_name,lsoa21_code,ward24_name,ward24_code,ltla24_name,ltla24_code\n"
        "Somewhere 001A,E01000001,A Ward,E05000001,Somewhere,E08000001\n"
    ),
    "read_small_area_changes": "lsoa11_code,lsoa21_code,change_code\nE01000001,E01000001,U\n",
    "read_constituency_shares": (
        "LSOA11,PARL25,percentage_overlap_pop,overlap_pop\nE01000001,UKPARL.2025.AAA,1.0,1500\n"
    ),
    "read_constituency_names": 'UKPARL.2025,PCON24CD,PCON24NM\nUKPARL.2025.AAA,E14000001,"A, B"\n',
    "read_postcodes": "pcd,oseast1m,osnrth1m,laua\nB1  1AA,406649.0,286530.0,E08000001\n",
    "read_ward_populations": "ward_code,ward_name,population\nE05000001,A Ward,12000\n",
}


@pytest.mark.parametrize("reader", GOOD)
def test_a_file_in_its_layout_is_read(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(GOOD[reader], encoding="utf-8")
    assert len(getattr(readers, reader)(path)) >= 1


@pytest.mark.parametrize("reader", GOOD)
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: b"", "is empty"),
        (lambda text: b"<!DOCTYPE html><html></html>", "is a web page"),
        (lambda text: text.replace(",", ";").encode(), "does not have the column"),
        (lambda text: text.splitlines()[0].encode(), "a header and no rows"),
        (lambda text: text.encode() + b"E0100", "values under"),
        (lambda text: text.encode() + "é".encode("latin-1"), "not in UTF-8"),
    ],
    ids=["empty", "html", "renamed", "no rows", "cut short", "latin-1"],
)
def test_a_spoilt_file_is_refused_by_name(
    tmp_path: Path, reader: str, spoil: Callable[[str], bytes], said: str
) -> None:
    path = tmp_path / "spoilt.csv"
    path.write_bytes(spoil(GOOD[reader]))
    with pytest.raises(WrongLayout, match=r"spoilt\.csv") as refusal:
        getattr(readers, reader)(path)
    assert said in str(refusal.value)


def test_a_renamed_column_is_told_with_what_was_expected_and_found(tmp_path: Path) -> None:
    path = tmp_path / "imd.csv"
    path.write_text("lsoa21_code,Decile,IMD_score\nE01000001,1,2\n", encoding="utf-8")
    with pytest.raises(WrongLayout) as refusal:
        readers.read_deprivation(path)
    assert "IMD_decile" in refusal.value.what
    assert "Decile, IMD_score" in refusal.value.why


@pytest.mark.parametrize("decile", ["0", "11", "1.5"])
def test_a_decile_is_one_to_ten(tmp_path: Path, decile: str) -> None:
    path = tmp_path / "imd.csv"
    path.write_text(f"lsoa21_code,IMD_decile,IMD_score\nE01000001,{decile},2\n", encoding="utf-8")
    with pytest.raises(WrongLayout, match="not 1 to 10"):
        readers.read_deprivation(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongLayout, match=r"nothing.csv cannot be read"):
        readers.read_postcodes(tmp_path / "nothing.csv")


def test_columns_in_another_order_and_extra_columns_are_read(tmp_path: Path) -> None:
    path = tmp_path / "imd.csv"
    path.write_text("IMD_score,more,IMD_decile,lsoa21_code\n9.5,x,3,E01000001\n", encoding="utf-8")
    rows = {row.indicator: row.value for row in readers.read_deprivation(path)}
    assert rows == {"imd_decile": 3.0, "imd_score": 9.5}


def test_boundaries_refuse_other_properties_shapes_and_cut_json(tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    polygon = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    for feature, said in (
        ({"properties": {"OTHER": 1}, "geometry": polygon}, "without WD22CD"),
        (
            {
                "properties": {"WD22CD": "a", "WD22NM": "b"},
                "geometry": {"type": "Point", "coordinates": [0, 0]},
            },
            "type Point",
        ),
    ):
        path.write_text(json.dumps({"features": [feature]}), encoding="utf-8")
        with pytest.raises(WrongLayout, match=said):
            readers.read_ward_boundaries(path)
    path.write_text('{"features": [', encoding="utf-8")
    with pytest.raises(WrongLayout, match="not whole JSON"):
        readers.read_ward_boundaries(path)


def test_the_newest_claimant_rate_stays_open_and_earlier_ones_end(tmp_path: Path) -> None:
    ward = {"ward_code": "E05000001", "pct_16_64": 10.0, "count": 1000, "trend": [500, 1000]}
    path = tmp_path / "claimants.json"
    path.write_text(json.dumps({"months": ["2026-01", "2026-02"], "wards": [ward]}))
    first, newest = readers.read_claimants(path)
    assert (first.value, first.from_date, first.to_date) == (
        5.0,
        date(2026, 1, 1),
        date(2026, 1, 31),
    )
    assert (newest.value, newest.from_date, newest.to_date) == (10.0, date(2026, 2, 1), None)


def test_a_grid_point_comes_out_where_it_is() -> None:
    """The Ordnance Survey's worked example: its own point in Norfolk, in WGS84."""
    longitude, latitude = to_degrees(np.array([651409.903]), np.array([313177.270]))
    assert longitude[0] == pytest.approx(1.716038, abs=1e-4)
    assert latitude[0] == pytest.approx(52.657977, abs=1e-4)


def test_a_point_in_a_hole_is_outside_and_one_on_a_shared_edge_is_in_one_area() -> None:
    holed = Boundary("a", "A", (SQUARE, HOLE))
    beside = Boundary("b", "B", (SQUARE + np.array([2.0, 0.0]),))
    x, y = np.array([1.0, 0.25, 2.0, 9.0]), np.array([1.0, 1.0, 1.0, 9.0])
    assert assign([holed, beside], x, y).tolist() == [NOWHERE, 0, 1, NOWHERE]
    assert centroid(beside) == pytest.approx((3.0, 1.0))


def test_a_split_area_is_drawn_by_seed_among_the_parts_in_the_ward() -> None:
    parts = Parts(("E1", "E2", "E3"), ("W1", "W1", "W2"))
    assert choose(parts, "W2", "B1 1AA", 1) == ("E3", False)
    drawn = {choose(parts, "W1", f"B1 {n}AA", 1)[0] for n in range(40)}
    assert drawn == {"E1", "E2"}
    assert choose(parts, "W1", "B1 1AA", 1) == choose(parts, "W1", "B1 1AA", 1)
    assert choose(parts, "W9", "B1 1AA", 1)[0] in parts.codes


def test_shares_among_constituencies_add_up_after_a_merge(tmp_path: Path) -> None:
    (tmp_path / "LSOA11_PARL25_combo_overlap.csv").write_text(
        "LSOA11,PARL25,percentage_overlap_pop,overlap_pop\n"
        "E1,K1,1.0,300\nE2,K1,0.5,50\nE2,K2,0.5,50\nE2,K3,0.0,0\n",
        encoding="utf-8",
    )
    changes = [readers.SmallAreaChange("E1", "E9", "M"), readers.SmallAreaChange("E2", "E9", "M")]
    assert constituency_shares(tmp_path, changes) == {"E9": {"K1": 0.875, "K2": 0.125}}


def test_share_in_decile_needs_rows() -> None:
    rows = [Indicator(str(n), "imd_decile", 1 + n % 4, date(2025, 1, 1), None) for n in range(8)]
    assert share_in_decile(rows) == 0.25
    with pytest.raises(ValueError, match="imd_decile"):
        share_in_decile([])


def test_the_assignment_is_the_cheapest() -> None:
    from itertools import permutations

    costs = np.array([[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]])
    best = min(sum(costs[r, c] for r, c in enumerate(order)) for order in permutations(range(3)))
    found = assignment(costs)
    assert sorted(found.tolist()) == [0, 1, 2]
    assert sum(costs[r, c] for r, c in enumerate(found)) == best


def test_hexagons_are_one_each_and_all_touch() -> None:
    centres = {f"w{n}": (-1.9 + 0.02 * (n % 4), 52.4 + 0.02 * (n // 4)) for n in range(16)}
    found = lay_out(centres, [("w0", "w1")], swaps=500)
    assert len(set(found.values())) == 16
    assert_contiguous(set(found.values()))


def assert_contiguous(cells: set[tuple[int, int]]) -> None:
    reached, edge = set(), {min(cells)}
    while edge:
        reached |= edge
        edge = {(q + a, r + b) for q, r in edge for a, b in NEIGHBOURS} & cells - reached
    assert reached == cells
