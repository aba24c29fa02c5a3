"""Five agencies' deliveries: each by itself, and again without duplicates or orphans."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from tests.integration.records.cities import (
    AGENCIES,
    load_all,
    loads_of,
    make,
    orphans,
    shuffled,
    stored,
)

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows.load_extract import Outcome
from wholeplace.flows.load_extracts import NotLoaded, find_extracts
from wholeplace.rooms.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Path:
    return make(tmp_path_factory.mktemp("city") / "made")


def people(act, username):
    with act(username):
        return Person.objects.count()


def test_re_import_makes_no_duplicates_or_orphans(act, city, tmp_path):
    """Given five agencies loaded, when they are loaded again and in another order, all is same."""
    done = load_all(city)
    assert {name for name, one in done.items() if isinstance(one, Outcome) and one.written} == {
        *AGENCIES
    }
    assert people(act, "amina.begum") == done["council-benefits"].counts["residents"].added
    assert people(act, "loader-police") == done["police"].counts["persons"].added
    before = stored(act)
    again = load_all(city)
    assert [one.written for one in again.values()] == [0] * 5
    assert stored(act) == before
    turned = load_all(shuffled(city, tmp_path / "turned"), correction=True)
    assert [one.written for one in turned.values()] == [0] * 5
    assert {name: hashed for name, hashed in stored(act).items() if name != "set aside"} == {
        name: hashed for name, hashed in before.items() if name != "set aside"
    }
    assert orphans(act) == 0


def test_a_failed_import_is_isolated(act, city, tmp_path):
    """Given one refused and one unknown source, when all are loaded, the others are whole."""
    broken = tmp_path / "broken"
    shutil.copytree(city, broken)
    (broken / "council-housing" / "tenants.csv").write_text("<html></html>\n")
    (broken / "stranger").mkdir()
    (broken / "stranger" / "manifest.json").write_text(json.dumps({"source": "fire-service"}))
    done = load_all(broken)
    failed = {name: one for name, one in done.items() if isinstance(one, NotLoaded)}
    assert sorted(failed) == ["council-housing", "fire-service"]
    assert "this is a web page" in str(failed["council-housing"].error)
    assert "There is no source fire-service" in str(failed["fire-service"].error)
    assert {name: loads_of(act, name) for name in AGENCIES} == {
        "community-health": ["finished"],
        "council-benefits": ["finished"],
        "council-housing": ["refused"],
        "police": ["finished"],
        "schools": ["finished"],
    }
    whole = load_all(city)
    assert [n for n, one in whole.items() if one.written] == ["council-housing"]


def test_a_load_that_fails_for_no_fault_of_its_files_is_isolated(act, city, tmp_path, monkeypatch):
    from wholeplace.flows import load_extract

    write_file = load_extract.write_file

    def fail(engine, name, file, write, progress):
        if name == "pupils":
            raise OSError("No space left on device\nJohn Smith, born")
        return write_file(engine, name, file, write, progress)

    monkeypatch.setattr(load_extract, "write_file", fail)
    for source in ("police", "schools"):
        shutil.copytree(city / source, tmp_path / source)
    done = load_all(tmp_path)
    failed = [one for one in done.values() if isinstance(one, NotLoaded)]
    assert [one.source for one in failed] == ["schools"]
    assert "No space left on device" in str(failed[0].error)
    assert "John" not in str(failed[0].error)
    assert loads_of(act, "police") == ["finished"]
    assert loads_of(act, "schools") == []


def test_whose_files_lie_in_a_folder(city, tmp_path):
    place = settings.PLACE
    assert [one.source for one in find_extracts(city, place)] == sorted(AGENCIES)
    (own,) = find_extracts(city / "schools", place)
    assert (own.source, own.folder) == ("schools", city / "schools")
    (named,) = find_extracts(city, place, "police")
    assert named.folder == city / "police"
    bare = tmp_path / "bare"
    bare.mkdir()
    with pytest.raises(UserMistake, match="No source's files"):
        find_extracts(bare, place)
    (bare / "tenants.csv").write_text("tenant_ref\n")
    assert [one.source for one in find_extracts(bare, place)] == ["council-housing"]
    with pytest.raises(UserMistake, match="not a folder"):
        find_extracts(tmp_path / "nowhere", place)
