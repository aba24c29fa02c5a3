"""Places: the demonstration's own, and the official open files."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.db import transaction

from wholeplace.core.kernel.errors import NotFound, Refused
from wholeplace.flows.load_places import load_demonstration_places, load_places, show_places
from wholeplace.population.geography import demonstration_geography
from wholeplace.rooms.places import queries
from wholeplace.rooms.places.actions import put_geography
from wholeplace.rooms.places.models import Area, AreaParent, Indicator, Postcode

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 1)
TABLES = (Area, AreaParent, Indicator, Postcode)


def everything() -> list[list[tuple[object, ...]]]:
    return [list(table.objects.order_by("pk").values_list()) for table in TABLES]


def test_the_demonstrations_places_twice_change_nothing():
    first = load_demonstration_places(settings.PLACE)
    before = everything()
    assert load_demonstration_places(settings.PLACE) == first
    assert everything() == before
    assert Area.objects.filter(kind="ward").count() == 69


def test_an_area_its_ward_and_its_figures():
    load_demonstration_places(settings.PLACE)
    small = queries.area("DEMO01001")
    assert (small.kind, small.vintage) == ("lsoa", "demonstration")
    assert queries.ward_of("DEMO01001") == "E05011118"
    assert queries.indicator("DEMO01001", "imd_decile", DAY) == 2
    assert queries.indicator("DEMO01001", "imd_decile", dt.date(2018, 5, 2)) is None
    assert queries.indicator("E05011118", "claimant_rate", DAY) > 0
    with pytest.raises(NotFound):
        queries.area("E99999999")


def test_the_share_in_the_most_deprived_decile_counts_each_area_once():
    load_demonstration_places(settings.PLACE)
    counts, (found,) = show_places(DAY)
    small = [i for i in demonstration_geography(settings.PLACE).indicators
             if i.indicator == "imd_decile"]  # fmt: skip
    assert (found.areas, found.inside) == (len(small), sum(i.value == 1 for i in small))
    assert counts["ward of 2024"] == 69


def test_only_a_loader_changes_places(act):
    geography = demonstration_geography(settings.PLACE)
    with act("amina.begum"), pytest.raises(Refused), transaction.atomic():
        put_geography(geography=geography, invented=True)
    assert Area.objects.count() == 0


@pytest.fixture
def official(open_data):
    load_demonstration_places(settings.PLACE)
    return load_places(open_data, settings.PLACE)


def test_birminghams_published_share_of_deprived_areas(official):
    _, found = show_places(DAY)
    (share,) = [row.share for row in found if row.vintage == "2021"]
    assert round(share, 4) == 0.4279  # Indices of Deprivation 2025, local authority summary


def test_official_files_twice_change_nothing(official, open_data):
    before = everything()
    assert load_places(open_data, settings.PLACE) == official
    assert everything() == before


def test_published_figures_take_the_place_of_invented_ones(official):
    assert not Indicator.objects.filter(
        area__kind="ward", name="claimant_rate", source__startswith="Invented"
    ).exists()
    load_demonstration_places(settings.PLACE)
    assert not Indicator.objects.filter(
        area__kind="ward", name="claimant_rate", source__startswith="Invented"
    ).exists()


def test_wards_keep_their_hexagons_and_gain_their_outlines(official):
    wards = Area.objects.filter(kind="ward")
    assert wards.count() == 69
    assert all(w.hex_q is not None and w.outline["type"] == "Polygon" for w in wards)
    small = {s.code for w in wards for s in queries.ward(w.code, DAY).small}
    assert small and not any(code.startswith("DEMO") for code in small)


def test_a_wrong_folder_stores_nothing(tmp_path):
    from wholeplace.population.geography import WrongLayout

    with pytest.raises(WrongLayout):
        load_places(tmp_path, settings.PLACE)
    assert Area.objects.count() == 0
