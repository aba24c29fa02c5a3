"""`wholeplace city make`: whole, legal, believable, and the same bytes every time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.waiting import until

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.city.make import Request, make_city

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "places" / "birmingham"
OPEN_DATA = ROOT.parent / "shared" / "data" / "birmingham"
AS_AT = date(2026, 6, 1)
PEOPLE = 40_000
RESIDENTS = "council-benefits/residents.csv"
TABLES = {
    "residents": "person_key,title,given_names,family_name,date_of_birth,sex,nhs_number,"
    "ni_number,phone,email,language,do_not_contact,unsafe_address,date_of_death",
    "addresses": "uprn,line_1,line_2,town,postcode,lsoa_code",
    "households": "household_key,uprn,tenure,landlord,from_date,to_date",
    "household_members": "member_key,household_key,person_key,role,from_date,to_date",
    "benefit_spells": "spell_key,person_key,benefit,start_date,end_date,weekly_amount,"
    "housing_costs",
    "jobs": "job_key,person_key,employer,start_date,end_date,expected_weeks,hours_a_week,"
    "reported_on",
    "accounts": "account_key,household_key,kind,weekly_charge,weekly_help,arrears,as_at_date",
}


def request(people: int, seed: int = 1, **more: Any) -> Request:
    return Request(people, seed, AS_AT, PLACE, **more)


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    city = duckdb.connect()
    benefits = folder / "council-benefits"
    for name in TABLES:
        city.execute(
            f"CREATE TABLE {name} AS FROM read_csv('{benefits / name}.csv', header = true)"
        )
    city.execute(f"CREATE TABLE truth AS FROM read_csv('{folder}/people.csv', header = true)")
    return city


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_city(request(PEOPLE), tmp_path_factory.mktemp("city") / "demo").folder


@pytest.fixture(scope="module")
def city(folder: Path) -> duckdb.DuckDBPyConnection:
    return opened(folder)


def one(city: duckdb.DuckDBPyConnection, query: str) -> float:
    return float(city.execute(query).fetchall()[0][0] or 0)


def test_the_columns_are_those_of_the_contract(folder: Path) -> None:
    for name, columns in TABLES.items():
        with (folder / "council-benefits" / f"{name}.csv").open(encoding="utf-8") as file:
            assert file.readline().strip() == columns


def test_there_are_exactly_as_many_residents_as_asked_and_the_truth_knows_each(
    city: duckdb.DuckDBPyConnection,
) -> None:
    assert one(city, "SELECT count(*) FROM truth") == PEOPLE
    assert one(city, "SELECT count(*) FROM residents JOIN truth USING (person_key)") == PEOPLE
    # The rest are second records of somebody, whose keys stand after all others.
    second = one(city, "SELECT count(*) FROM residents WHERE person_key > 'P9'")
    assert one(city, "SELECT count(*) FROM residents") == PEOPLE + second


def test_the_same_request_gives_the_same_bytes_and_another_seed_other_people(
    tmp_path: Path,
) -> None:
    made = [
        make_city(request(2_000, seed), tmp_path / name).manifest["files"]
        for seed, name in ((1, "a"), (1, "b"), (2, "c"))
    ]
    assert made[0] == made[1]
    assert made[0][RESIDENTS]["sha256"] != made[2][RESIDENTS]["sha256"]


@pytest.mark.parametrize(
    ("child", "key", "parent"),
    [
        ("households", "uprn", "addresses"),
        ("household_members", "household_key", "households"),
        ("household_members", "person_key", "residents"),
        ("benefit_spells", "person_key", "residents"),
        ("jobs", "person_key", "residents"),
        ("accounts", "household_key", "households"),
        ("truth", "household_key", "households"),
        ("truth", "uprn", "addresses"),
    ],
)
def test_every_key_resolves(
    city: duckdb.DuckDBPyConnection, child: str, key: str, parent: str
) -> None:
    assert one(city, f"SELECT count(*) FROM {child}") > 0
    assert one(city, f"SELECT count(*) FROM {child} ANTI JOIN {parent} USING ({key})") == 0


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_unique_and_in_order(folder: Path, name: str) -> None:
    with (folder / "council-benefits" / f"{name}.csv").open(encoding="utf-8") as file:
        next(file)
        keys = [line.split(",", 1)[0] for line in file]
    assert keys == sorted(set(keys))


LEGAL = {
    "sex": "residents WHERE sex NOT IN ('M', 'F', 'X', 'U')",
    "names": "residents WHERE given_names IS NULL OR family_name IS NULL",
    "birth": "residents WHERE date_of_birth IS NULL OR date_of_birth > DATE '2026-06-01'"
    " OR date_of_birth < DATE '1915-01-01' AND date_of_birth <> DATE '1910-01-01'",
    "death": "residents WHERE date_of_death <= date_of_birth OR date_of_death > DATE '2026-06-01'",
    "insurance number": "residents WHERE NOT regexp_full_match(ni_number, 'QQ[0-9]{6}[A-D]')",
    "phone for drama": "residents WHERE NOT regexp_full_match(phone, '07700 900[0-9]{3}|01632 "
    "960[0-9]{3}|020 7946 0[0-9]{3}|028 9649 6[0-9]{3}|029 2018 0[0-9]{3}|0191 498 0[0-9]{3}|"
    "01(1[3-8]|[2-6]1) 496 0[0-9]{3}')",
    "email": "residents WHERE NOT regexp_full_match(email, '[a-z0-9.]+@example\\.org')",
    "language": "residents WHERE NOT regexp_full_match(language, '[a-z]{2}')",
    "address": "addresses WHERE line_1 IS NULL OR town IS NULL OR lsoa_code NOT LIKE 'DEMO%'",
    "postcode": "addresses WHERE NOT regexp_full_match(postcode, 'BM[0-9]{1,2} [0-9][A-Z]{2}')",
    "tenure": "households WHERE tenure NOT IN ('owned', 'mortgage', 'council',"
    " 'housing_association', 'private_rent', 'supported')",
    "tenancy": "households WHERE from_date IS NULL OR from_date > coalesce(to_date, "
    "DATE '2026-06-01')",
    "role": "household_members WHERE role NOT IN ('claimant', 'partner', 'child', 'non_dependant')",
    "membership": "household_members WHERE from_date > coalesce(to_date, DATE '2026-06-01')",
    "benefit": "benefit_spells WHERE benefit NOT IN ('uc', 'jsa', 'esa', 'is', 'ib', 'sda',"
    " 'pc', 'hb', 'cts', 'pip', 'ca')",
    "spell": "benefit_spells WHERE start_date > coalesce(end_date, DATE '2026-06-01')"
    " OR end_date < DATE '2020-05-20' OR end_date > DATE '2026-06-01'",
    "spell amount": "benefit_spells WHERE weekly_amount < 0 OR weekly_amount > 1500",
    "job": "jobs WHERE start_date IS NULL OR end_date < start_date OR expected_weeks < 1"
    " OR hours_a_week NOT BETWEEN 1 AND 60 OR reported_on > DATE '2026-06-01'",
    "account": "accounts WHERE kind NOT IN ('rent', 'council_tax') OR weekly_help > weekly_charge"
    " OR weekly_help < 0 OR arrears < 0 OR as_at_date > DATE '2026-06-01'",
    "one claimant a household": "(SELECT household_key, count(*) FILTER (role = 'claimant') AS n"
    " FROM household_members GROUP BY ALL) WHERE n > 1",
    "a job or spell after death": "residents JOIN (SELECT person_key, start_date, end_date FROM"
    " jobs UNION ALL SELECT person_key, start_date, end_date FROM benefit_spells) USING"
    " (person_key) WHERE start_date > date_of_death OR end_date > date_of_death"
    " OR (date_of_death IS NOT NULL AND end_date IS NULL)",
    "address twice": "(SELECT count(*) AS n FROM addresses GROUP BY line_1, line_2, postcode)"
    " WHERE n > 1",
    "insurance number twice": "(SELECT count(*) AS n FROM residents WHERE ni_number IS NOT NULL"
    " AND person_key < 'P9' GROUP BY ni_number) WHERE n > 1",
}


@pytest.mark.parametrize("what", LEGAL)
def test_every_value_is_legal(city: duckdb.DuckDBPyConnection, what: str) -> None:
    assert one(city, f"SELECT count(*) FROM {LEGAL[what]}") == 0


SHARES = {
    "children": ("date_of_birth > DATE '2010-06-01'", 0.17, 0.29),
    "past pension age": ("date_of_birth < DATE '1960-06-01'", 0.08, 0.17),
    "do not contact": ("do_not_contact = 'Y'", 0.006, 0.02),
    "unsafe address": ("unsafe_address = 'Y'", 0.002, 0.009),
    "dead": ("date_of_death IS NOT NULL", 0.001, 0.009),
    "adults with a number": ("ni_number IS NOT NULL", 0.55, 0.7),
    "another language": ("language <> 'en'", 0.02, 0.12),
    "apostrophes and hyphens": ("family_name SIMILAR TO '.*[''-].*'", 0.005, 0.04),
    "very long names": ("length(given_names || family_name) > 36", 0.001, 0.02),
}


@pytest.mark.parametrize("what", SHARES)
def test_shares_of_residents_are_believable(city: duckdb.DuckDBPyConnection, what: str) -> None:
    where, least, most = SHARES[what]
    share = one(city, f"SELECT count(*) FROM residents WHERE {where}") / PEOPLE
    assert least <= share <= most


def test_no_day_is_the_birth_date_of_very_many(city: duckdb.DuckDBPyConnection) -> None:
    """Once all who would have been younger than 18 were 18 to the day: 58 of so many people."""
    same = "SELECT count(*) AS n FROM truth GROUP BY true_date_of_birth"
    assert one(city, f"SELECT max(n) FROM ({same})") < 30


def test_houses_and_flats_have_numbers_of_all_sizes(city: duckdb.DuckDBPyConnection) -> None:
    number = "regexp_extract(coalesce(line_2, line_1), '^[0-9]+')"
    for what, where in ((number, "true"), ("line_1", "line_1 LIKE 'Flat %'")):
        of = f"SELECT {what} AS v FROM addresses WHERE {where} AND {what} <> ''"
        found = f"SELECT count(*) AS n FROM ({of}) GROUP BY v"
        most, every, kinds = (one(city, f"SELECT {f}(n) FROM ({found})")
                              for f in ("max", "sum", "count"))  # fmt: skip
        assert most < every * 0.12
        assert kinds > 11


ON_BENEFIT = {
    "uc": (0.18, 0.25),
    "cts": (0.09, 0.18),
    "hb": (0.015, 0.05),
    "pip": (0.04, 0.09),
    "pc": (0.01, 0.04),
    "ca": (0.01, 0.04),
    "jsa": (0.0002, 0.01),
    "esa": (0.0002, 0.02),
}


@pytest.mark.parametrize("benefit", ON_BENEFIT)
def test_shares_on_benefit_today_are_believable(
    city: duckdb.DuckDBPyConnection, benefit: str
) -> None:
    least, most = ON_BENEFIT[benefit]
    running = f"benefit = '{benefit}' AND end_date IS NULL"
    count = one(city, f"SELECT count(DISTINCT person_key) FROM benefit_spells WHERE {running}")
    assert least <= count / PEOPLE <= most


def test_older_benefits_give_way_to_universal_credit(city: duckdb.DuckDBPyConnection) -> None:
    moved = one(
        city,
        "SELECT count(*) FROM benefit_spells o JOIN benefit_spells n USING (person_key)"
        " WHERE o.benefit IN ('jsa', 'esa', 'is', 'ib', 'sda') AND n.benefit = 'uc'"
        " AND n.start_date BETWEEN o.end_date - 14 AND o.end_date + 15",
    )
    assert moved > PEOPLE * 0.005
    assert one(city, "SELECT count(*) FROM benefit_spells WHERE benefit IN ('is', 'sda')") > 0


def test_some_things_are_not_known_some_told_late_and_some_not_yet_begun(
    city: duckdb.DuckDBPyConnection,
) -> None:
    for where, least in (
        ("benefit_spells WHERE start_date IS NULL", 0.002),
        ("jobs WHERE expected_weeks IS NULL", 0.01),
        ("jobs WHERE expected_weeks < 5", 0.01),
        ("jobs WHERE reported_on > start_date + 28", 0.005),
        ("jobs WHERE start_date > DATE '2026-06-01'", 0.00005),
    ):
        assert one(city, f"SELECT count(*) FROM {where}") >= PEOPLE * least, where


QUALIFIES = """
WITH recent AS (
  SELECT j.person_key, j.expected_weeks, j.start_date, a.lsoa_code
  FROM jobs j JOIN household_members m ON m.person_key = j.person_key
    AND j.start_date BETWEEN m.from_date AND coalesce(m.to_date, DATE '2099-01-01')
  JOIN households h USING (household_key) JOIN addresses a USING (uprn)
  WHERE j.start_date BETWEEN DATE '2026-03-03' AND DATE '2026-06-01'),
rates AS (SELECT ward_code, sum(claimant_rate * population) / sum(population) AS rate
  FROM areas GROUP BY ward_code)
SELECT count(DISTINCT person_key) FROM recent r JOIN areas a ON a.code = r.lsoa_code
  JOIN rates USING (ward_code)
WHERE rate >= 10 AND {length} AND EXISTS (FROM benefit_spells s WHERE s.person_key = r.person_key
  AND s.benefit IN ('uc', 'jsa', 'esa', 'is') AND {since}
  AND coalesce(s.end_date, DATE '2099-01-01') >= r.start_date - 1)
"""


def test_enough_people_qualify_for_a_transition_payment_and_some_only_may(
    city: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    """Brief 05: 26 weeks on a qualifying benefit, a job of five weeks or more, in 13 weeks."""
    areas = folder / "areas" / "small_areas.csv"
    city.execute(f"CREATE OR REPLACE TABLE areas AS FROM read_csv('{areas}', header = true)")
    long_on = "s.start_date <= r.start_date - 182"
    sure = one(city, QUALIFIES.format(length="expected_weeks >= 5", since=long_on))
    length = one(city, QUALIFIES.format(length="expected_weeks IS NULL", since=long_on))
    assert 0.0015 <= sure / PEOPLE <= 0.005
    assert length > 0


def test_poorer_areas_have_more_people_on_benefit(
    city: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    areas = folder / "areas" / "small_areas.csv"
    rows = dict(
        city.execute(
            "SELECT imd_decile <= 2, avg((person_key IN (SELECT person_key FROM benefit_spells"
            " WHERE benefit = 'uc' AND end_date IS NULL))::INT) FROM truth"
            f" JOIN read_csv('{areas}') a ON a.code = lsoa_code GROUP BY 1"
        ).fetchall()
    )
    assert rows[True] > rows[False] * 1.5


@pytest.fixture(scope="module")
def open_city(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    if not OPEN_DATA.is_dir():
        pytest.skip(f"no open data in {OPEN_DATA}")
    out = tmp_path_factory.mktemp("open") / "city"
    return opened(make_city(request(PEOPLE, open_data=OPEN_DATA), out).folder)


def test_with_open_data_people_live_at_real_postcodes_and_small_areas(
    open_city: duckdb.DuckDBPyConnection,
) -> None:
    real = f"SELECT pcd_abbr FROM '{OPEN_DATA / 'ons_postcodes_birmingham.csv'}'"
    areas = f"SELECT lsoa21_code FROM '{OPEN_DATA / 'imd2025_england_lsoa21_birmingham.csv'}'"
    for wrong in (f"replace(postcode, ' ', '') NOT IN ({real})", f"lsoa_code NOT IN ({areas})"):
        assert one(open_city, f"SELECT count(*) FROM addresses WHERE {wrong}") == 0
    assert one(open_city, "SELECT count(DISTINCT lsoa_code) FROM addresses") == 659


def test_with_open_data_wards_are_on_universal_credit_as_published(
    open_city: duckdb.DuckDBPyConnection,
) -> None:
    said = json.loads((OPEN_DATA / "brum_uc-wards.json").read_text())
    wards = {row["ward_code"]: row["pct_on_uc"] for row in said["wards"]}
    found = dict(
        open_city.execute(
            "SELECT ward_code, 100 * avg((person_key IN (SELECT person_key FROM benefit_spells"
            " WHERE benefit = 'uc' AND end_date IS NULL))::INT) FROM truth GROUP BY ward_code"
        ).fetchall()
    )
    credit = "benefit_spells WHERE benefit = 'uc' AND end_date IS NULL"
    share = 100 * one(open_city, f"SELECT count(DISTINCT person_key) FROM {credit}") / PEOPLE
    assert share == pytest.approx(said["city_pct"], abs=1.5)
    assert set(found) == set(wards)
    assert sum(abs(found[code] - wards[code]) for code in wards) / len(wards) < 3


def test_more_people_make_proportionally_more_rows(tmp_path: Path) -> None:
    small = make_city(request(4_000), tmp_path / "small").manifest["files"]
    large = make_city(request(16_000), tmp_path / "large").manifest["files"]
    for name, summary in small.items():
        assert large[name]["rows"] / summary["rows"] == pytest.approx(4, rel=0.2), name


def test_again_is_answered_by_what_is_there_and_another_city_needs_force(tmp_path: Path) -> None:
    out = tmp_path / "city"
    assert not make_city(request(500), out).already
    assert make_city(request(500), out).already
    with pytest.raises(UserMistake, match="another city"):
        make_city(request(501), out)
    made = make_city(request(501), out, force=True)
    assert (made.already, made.manifest["people"]) == (False, 501)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["city"]


def test_a_folder_of_something_else_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UserMistake, match="did not make"):
        make_city(request(500), tmp_path, force=True)
    beside = tmp_path / "city.tmp"
    beside.mkdir()
    (beside / "mine.txt").write_text("also mine")
    with pytest.raises(UserMistake, match="in the way"):
        make_city(request(500), tmp_path / "city", force=True)
    assert (beside / "mine.txt").read_text() == "also mine"


@pytest.mark.parametrize("people", [0, -1, 4_000_001])
def test_an_impossible_number_of_people_is_refused(tmp_path: Path, people: int) -> None:
    with pytest.raises(UserMistake, match="cannot be made"):
        make_city(request(people), tmp_path / "city")


def test_a_killed_run_leaves_nothing_that_looks_whole_and_can_be_run_again(tmp_path: Path) -> None:
    out = tmp_path / "city"
    code = (
        "from datetime import date; from pathlib import Path;"
        "from wholeplace.population.city.make import Request, make_city;"
        f"make_city(Request(150_000, 1, date(2026, 6, 1), Path({str(PLACE)!r})),"
        f" Path({str(out)!r}))"
    )
    run = subprocess.Popen([sys.executable, "-c", code])
    half = tmp_path / "city.tmp" / RESIDENTS
    until(half.exists, "no file was begun")
    os.kill(run.pid, signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    assert not out.exists()
    made = make_city(request(300), out)
    assert made.manifest["files"]["people.csv"]["rows"] == 300
    assert not half.parent.parent.exists()
