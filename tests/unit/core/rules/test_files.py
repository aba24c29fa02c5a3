"""Strict YAML, fact files and stated facts: what is refused and where."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.scheme_loader import load_place, place_facts
from wholeplace.core.rules.files.stated_file import load_stated_facts
from wholeplace.core.rules.files.strict import read_model
from wholeplace.core.rules.files.yaml import load, load_text
from wholeplace.core.rules.stated import FactMistake, Layered, StatedFacts

PLACE_FOLDER = Path(__file__).parents[4] / "places" / "birmingham"
PLACE = load_place(PLACE_FOLDER)
FACT = (PLACE_FOLDER / "facts" / "qualifying_benefits.yaml").read_text()
DAY = dt.date(2026, 6, 1)


def first_fault(text: str, model: Any = None) -> str:
    with pytest.raises(FileMistake) as mistake:
        document = load_text(text, "f.yaml")
        if model:
            read_model(document, model)
    return str(mistake.value.faults[0])


def test_plain_values_keep_their_meaning() -> None:
    text = "a: no\nb: yes\nc: true\nd: 3\ne: 3.50\nf: 2026-06-01\ng: '3'\nh:\ni: 010\nj: 1e3"
    assert load_text(text).value == {
        "a": "no",
        "b": "yes",
        "c": True,
        "d": 3,
        "e": Decimal("3.50"),
        "f": dt.date(2026, 6, 1),
        "g": "3",
        "h": None,
        "i": "010",
        "j": "1e3",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2", "f.yaml:2:1: the key `a` is given twice (first on line 1)"),
        ("a: {b: 1, b: 2}", "f.yaml:1:11: the key `b` is given twice"),
        ("a: &x 1", "f.yaml:1:4: anchors"),
        ("a: *x", "f.yaml:1:4: aliases"),
        ("<<: *x", "f.yaml:1:5: aliases"),
        ("a: !!python/name:os.system x", "f.yaml:1:4: tags"),
        ("? [a]\n: 1", "f.yaml:1:3: a key must be a plain word"),
        ("a: 1\n---\nb: 2", "f.yaml:2:1: a second document starts here"),
        ("[" * 3000, "f.yaml:1:42: more than 40 levels"),
        ("a: [1,", "f.yaml:1:7: this is not YAML"),
        ("a: 2026-02-30", "f.yaml:1:4: `2026-02-30` is not a day"),
        ("a: \x00", "f.yaml:1:4: this holds a character that nobody can see"),
    ],
)
def test_traps_of_yaml_are_refused(text: str, expected: str) -> None:
    assert first_fault(text).startswith(expected)


def test_a_missing_and_a_latin_1_file_are_refused(tmp_path: Path) -> None:
    for name, raw in (("gone.yaml", None), ("latin.yaml", "a: caf\xe9\n".encode("latin-1"))):
        path = tmp_path / name
        if raw is not None:
            path.write_bytes(raw)
        with pytest.raises(FileMistake, match=r"cannot be read|not UTF-8"):
            load(path)


def test_a_huge_file_is_refused() -> None:
    assert "larger than 1 MB" in first_fault("a: " + "x" * 1_000_001)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("kinds:", "kind:", "unknown key `kind`"),
        ("class: P3", "class: P7", "`P7` is not one of the choices; use 'P0'"),
        ("type: duration", "type: money", "`spells` gives duration, not money"),
        ("unit: days", "unit: months", "a duration needs `unit: days` or `unit: weeks`"),
        ("  spells:", "  spell:", "`derive` has exactly one of"),
        ("meaning: >-", "meanin: >-", "the key `meaning` is missing"),
        ("permitted_gap_days: 0", "permitted_gap_days: -1", "this must be 0 or more"),
        ("permitted_gap_days: 0", "permitted_gap_days: '0'", "this must be a whole number"),
        ("name: qualifying_benefits", "name: Qualifying", "plain lower-case name"),
    ],
)
def test_fact_files_are_strict(old: str, new: str, expected: str) -> None:
    assert old in FACT
    assert expected in first_fault(FACT.replace(old, new, 1), FactSpec)


def test_a_fact_and_its_file_share_a_name(tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "other.yaml").write_text(FACT)
    with pytest.raises(FileMistake, match="give both the same name"):
        place_facts(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("weekly_rent", "£112.00", 11_200),
        ("time_on(qualifying_benefits)", "30 weeks", 210),
        ("time_on(qualifying_benefits)", "since 2025-11-01", 212),
        ("job_start_date", "2026-06-01", DAY),
        ("job_start_date", DAY, DAY),
        ("uc_housing_costs", "yes", True),
        ("uc_housing_costs", False, False),
        ("area_imd_decile", 3, 3),
        ("area_claimant_rate", "14.3%", Decimal("14.3")),
        ("rent_arrears", "-£3.00", -300),  # its file says that it can be in credit
        ("rent_to_find", "-£3.00", -300),  # worked out: a difference can be negative
        ("weekly_rent", None, None),
    ],
)
def test_stated_values(name: str, value: Any, expected: Any) -> None:
    facts = StatedFacts({name: value}, PLACE.facts)
    plain = name.removeprefix("time_on(").removesuffix(")")
    assert facts.fact(plain, (), DAY).value == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weekly_rent", 112),
        ("weekly_rent", "£1,000,000.01"),
        ("weekly_rent", ["£1.00"]),
        ("weekly_rent", "-£0.01"),
        ("rent_arrears", "-£10,000.01"),
        ("hours_worked", "-1"),
        ("area_claimant_rate", "-0.1%"),
        ("time_on(qualifying_benefits)", "3 months"),
        ("time_on(qualifying_benefits)", "since 1666-01-01"),
        ("time_on(qualifying_benefits)", "since 2025-02-30"),
        ("time_on(qualifying_benefits)", "121 years"),
        ("time_on(weekly_rent)", "3 weeks"),
        ("qualifying_benefits", "3 weeks"),
        ("job_start_date", "1 June 2026"),
        ("job_start_date", dt.date(2101, 1, 1)),
        ("uc_housing_costs", 1),
        ("area_claimant_rate", "1001%"),
        ("area_imd_decile", "three"),
        ("age", 131),
        ("age", -1),
        ("weekly_rnt", "£1.00"),
    ],
)
def test_wrong_types_unknown_names_and_absurd_values_are_refused(name: str, value: Any) -> None:
    with pytest.raises(FactMistake) as mistake:
        StatedFacts({name: value}, PLACE.facts)
    assert mistake.value.exit_code == 2
    assert mistake.value.fault_what


def test_a_json_file_of_facts(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text('{\n\t"job_start_date": "2026-06-01",\n\t"uc_housing_costs": true\n}')
    facts = load_stated_facts(path, PLACE)
    assert facts.fact("job_start_date", (), DAY).value == DAY
    path.write_text('{\n\t"job_start_date": "soon"\n}')
    with pytest.raises(FileMistake, match=r"facts.json:2:"):
        load_stated_facts(path, PLACE)


def test_what_was_stated_covers_what_is_held() -> None:
    held = StatedFacts({"weekly_rent": "£90.00", "area_imd_decile": 4}, PLACE.facts)
    both = Layered(StatedFacts({"weekly_rent": "unknown"}, PLACE.facts), held)
    assert both.fact("weekly_rent", (), DAY).value is None
    assert both.fact("area_imd_decile", (), DAY).value == 4


@pytest.mark.parametrize(
    ("kind", "least", "expected"),
    [("money", "-£1,234.50", -123_450), ("number", -5, -5), ("percent", "-100%", -100)],
)
def test_the_least_that_can_be_stated(kind: str, least: Any, expected: int) -> None:
    spec = PLACE.facts["weekly_earnings"]
    data = {"name": "x", "meaning": "x", "question": "x?", "class": "P1", "agency": "stated"}
    made = type(spec).model_validate({**data, "type": kind, "least": least, "derive": spec.derive})
    assert made.lowest == expected
    with pytest.raises(ValueError, match="`least` is an amount"):
        type(spec).model_validate({**data, "type": kind, "least": "soon", "derive": spec.derive})
