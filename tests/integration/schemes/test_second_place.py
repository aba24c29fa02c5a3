"""The program on a place that inherits: its schemes, words, letters, sources and areas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows import place_rules
from wholeplace.flows.load_extract import find_source
from wholeplace.population.city.areas import city_areas
from wholeplace.population.geography import demonstration_geography
from wholeplace.web.context import place_named
from wholeplace.web.why import agency_named

PLACES = Path(__file__).parents[3] / "places"
SECOND, BASE = PLACES / "solihull-example", PLACES / "birmingham"


@pytest.fixture(autouse=True)
def _second_place(settings: Any) -> None:
    settings.PLACE = SECOND


def test_its_schemes_are_the_amended_ones() -> None:
    assert "housing-transfer-priority" not in place_rules.names()
    scheme = place_rules.scheme("transition-payments")
    assert scheme.pays["housing_support"].counting == "additional"
    assert place_rules.scheme("transition-payments") is scheme
    with pytest.raises(NotFound):
        place_rules.scheme("housing-transfer-priority")


def test_what_it_has_no_file_of_its_own_for() -> None:
    assert agency_named("council-benefits", SECOND) == agency_named("council-benefits", BASE)
    assert find_source(SECOND, "council-benefits") == find_source(BASE, "council-benefits")
    assert demonstration_geography(SECOND) == demonstration_geography(BASE)
    assert city_areas(SECOND, None).fingerprint == city_areas(BASE, None).fingerprint


def test_it_has_a_name_of_its_own() -> None:
    name, demonstration = place_named(SECOND)
    assert "Solihull" in name
    assert "example" in name
    assert demonstration
