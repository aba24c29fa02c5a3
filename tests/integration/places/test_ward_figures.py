"""A ward's claimants month by month, and its small areas by decile."""

from __future__ import annotations

import datetime as dt

import pytest

from wholeplace.rooms.places.models import Area, AreaParent, Indicator
from wholeplace.rooms.places.queries import ward_deciles, ward_months, wards_share

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def ward(act):
    """A ward with claimants in January, February and April, and four small areas."""
    with act("system-loader"):
        made = Area.objects.create(code="W01", kind="ward", name="W", vintage="2018", source="test")
        figures = {(2026, 1): 5.0, (2026, 2): 6.5, (2026, 4): 7.0, (2027, 1): 9.0}
        for (year, month), value in figures.items():
            since = dt.date(year, month, 1)
            _indicator(made, "claimant_rate", value, since)
        for number, (decile, share) in enumerate([(1, 1.0), (1, 0.5), (3, 1.0), (10, 0.25)]):
            small = Area.objects.create(
                code=f"T0{number}", kind="lsoa", name="T", vintage="2021", source="test"
            )
            AreaParent.objects.create(area=small, parent=made, share=share)
            _indicator(small, "imd_decile", decile + 1 if number else decile, dt.date(2015, 1, 1))
            _indicator(small, "imd_decile", decile, dt.date(2019, 1, 1))
    return made


def _indicator(area: Area, name: str, value: float, since: dt.date) -> None:
    Indicator.objects.create(area=area, name=name, value=value, valid_from=since, source="test")


def test_a_month_that_nobody_published_is_a_gap_and_a_coming_one_is_left_out(act, ward):
    with act("harpreet.gill"):
        found = ward_months("W01", "claimant_rate", TODAY)
    months = [dt.date(2026, month, 1) for month in range(1, 5)]
    assert found == list(zip(months, [5.0, 6.5, None, 7.0], strict=True))


def test_an_area_without_figures_has_no_months(act, ward):
    with act("harpreet.gill"):
        assert ward_months("T00", "claimant_rate", TODAY) == []


def test_each_small_area_counts_with_its_share_in_its_newest_decile(act, ward):
    with act("harpreet.gill"):
        found = dict(ward_deciles("W01", TODAY))
    assert list(found) == list(range(1, 11))
    assert {decile: areas for decile, areas in found.items() if areas} == {1: 1.5, 3: 1.0, 10: 0.25}


def test_no_deprived_area_is_nought_and_no_area_at_all_is_no_figure(act, ward):
    with act("system-loader"):
        for code in ("W02", "W03"):
            Area.objects.create(code=code, kind="ward", name=code, vintage="2018", source="test")
        small = Area.objects.create(
            code="T09", kind="lsoa", name="T", vintage="2021", source="test"
        )
        AreaParent.objects.create(area=small, parent=Area.objects.get(code="W02"), share=1.0)
        _indicator(small, "imd_decile", 4, dt.date(2019, 1, 1))
    with act("harpreet.gill"):
        found = {one.code: one.value for one in wards_share("imd_decile", 1, TODAY)}
    assert found["W02"] == 0
    assert found["W03"] is None
    assert found["W01"] == pytest.approx(100 * 1.5 / 2.75)
