"""Five agencies of one city: whose each record is, and every rate of the table of faults."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import duckdb
import pytest

from wholeplace.core.identity.numbers import is_nhs_number, is_upn
from wholeplace.population.city.faults import RATES, rates_table
from wholeplace.population.city.make import FORMATS, Request, make_city
from wholeplace.population.city.next_changes import LAYOUTS
from wholeplace.population.city.variants import variants

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "places" / "birmingham"
AS_AT = date(2026, 6, 1)
PEOPLE = 5_000
BORN = {
    "council-benefits": "date_of_birth::DATE",
    "community-health": "date_of_birth::DATE",
    **dict.fromkeys(
        ("council-housing", "schools", "police"), "strptime(date_of_birth, '%d/%m/%Y')::DATE"
    ),
}
ADDRESS = {"council-housing": "address_1", "schools": "address_1", "community-health": "address_1",
           "police": "last_known_address"}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("agencies") / "city"
    return make_city(Request(PEOPLE, 11, AS_AT, PLACE), out).folder


@pytest.fixture(scope="module")
def city(folder: Path) -> duckdb.DuckDBPyConnection:
    """A view `written` a source: its records beside the truth of each."""
    engine = duckdb.connect()
    engine.execute(f"CREATE VIEW truth AS FROM '{folder}/truth.parquet'")
    engine.execute(f"CREATE TABLE people AS FROM read_csv('{folder}/people.csv', header = true)")
    homes = f"FROM read_csv('{folder}/council-benefits/addresses.csv', all_varchar = true)"
    engine.execute(f"CREATE TABLE addresses AS {homes}")
    for source, one in LAYOUTS.items():
        file = f"{folder}/{source}/{one.people}"
        rows = f"'{file}.parquet'" if FORMATS[source] == "parquet" else (
            f"read_csv('{file}.csv', header = true, all_varchar = true)")  # fmt: skip
        engine.execute(
            f'CREATE TABLE "{source}" AS SELECT r.*, p.*, {BORN[source]} AS born, r.{one.given}'
            f" AS given, r.{one.family} AS family, r.{one.phone} AS called, date_diff('year',"
            f" p.true_date_of_birth, DATE '{AS_AT}') AS years FROM {rows} AS r JOIN truth AS t"
            f" ON t.record_key = r.{one.key} AND t.source = '{source}' JOIN people AS p"
            " USING (true_person)"
        )
    return engine


def count(city: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(city.execute(f"SELECT count(*) FROM {query}").fetchall()[0][0])


def near(found: int, of: int, rate: float) -> bool:
    """Within four standard errors of the rate, so that none of some hundred fails by chance."""
    return abs(found - of * rate) <= 4 * math.sqrt(of * rate * (1 - rate)) + 1


def test_every_record_is_somebodys_and_no_key_says_whose(city: duckdb.DuckDBPyConnection) -> None:
    for source, one in LAYOUTS.items():
        rows = count(city, f'"{source}"')
        assert rows == count(city, f"truth WHERE source = '{source}'")
        assert rows == count(city, f'(SELECT DISTINCT {one.key} FROM "{source}")')


def test_agencies_know_the_shares_of_people_that_the_guide_says(
    city: duckdb.DuckDBPyConnection,
) -> None:
    known = {s: count(city, f'(SELECT DISTINCT true_person FROM "{s}")') for s in LAYOUTS}
    assert known["council-benefits"] == PEOPLE
    assert near(known["community-health"], PEOPLE, 0.95)
    assert 0.15 <= known["council-housing"] / PEOPLE <= 0.28
    old_enough = count(city, f"people WHERE true_date_of_birth <= DATE '{AS_AT}' - 3653")
    assert 0.065 <= known["police"] / old_enough <= 0.095
    born = "true_date_of_birth BETWEEN DATE '2009-09-01' AND DATE '2021-08-31'"
    assert known["schools"] == count(city, f"people WHERE {born} AND true_date_of_death IS NULL")


@pytest.mark.parametrize("source", RATES)
def test_second_records(city: duckdb.DuckDBPyConnection, source: str) -> None:
    people = count(city, f'(SELECT DISTINCT true_person FROM "{source}")')
    assert near(count(city, f'"{source}"') - people, people, RATES[source].duplicate)


@pytest.mark.parametrize("source", RATES)
def test_nhs_numbers(city: duckdb.DuckDBPyConnection, source: str) -> None:
    rates = RATES[source]
    held = city.execute(
        f"SELECT nhs_number, lpad(true_nhs_number::VARCHAR, 10, '0') FROM \"{source}\""
    ).fetchall()
    present = [(number, true) for number, true in held if number is not None]
    assert near(len(present), len(held), rates.nhs_number)
    wrong = [number for number, true in present if number != true]
    assert near(len(wrong), len(present), rates.nhs_wrong)
    failing = [number for number in wrong if not is_nhs_number(number)]
    assert near(len(failing), len(present), rates.nhs_wrong / 2)
    assert all(is_nhs_number(true) and true.startswith("999") for _, true in held)


def test_national_insurance_numbers(city: duckdb.DuckDBPyConnection) -> None:
    for source in ("council-benefits", "council-housing"):
        adults = "true_ni_number IS NOT NULL"
        of = count(city, f'"{source}" WHERE {adults}')
        found = count(city, f'"{source}" WHERE {adults} AND ni_number IS NOT NULL')
        assert near(found, of, RATES[source].ni_number)
        assert not count(city, f'"{source}" WHERE ni_number <> true_ni_number')


def test_unique_pupil_numbers(city: duckdb.DuckDBPyConnection) -> None:
    held = city.execute("SELECT upn, true_upn FROM schools").fetchall()
    present = [(upn, true) for upn, true in held if upn is not None]
    assert near(len(present), len(held), RATES["schools"].upn)
    assert all(is_upn(true) for _, true in held)
    wrong = [upn for upn, true in present if upn != true]
    assert near(len(wrong), len(present), RATES["schools"].upn_wrong)
    assert not any(is_upn(upn) for upn in wrong)
    numbers = count(city, "(SELECT DISTINCT true_upn FROM people WHERE true_upn IS NOT NULL)")
    assert numbers == count(city, "people WHERE true_upn IS NOT NULL")


def turned(true: date) -> date | None:
    return true.replace(day=true.month, month=true.day) if true.day <= 12 else None


def defaults(true: date) -> tuple[date, ...]:
    return true.replace(month=1, day=1), true.replace(day=15), date(1910, 1, 1)


@pytest.mark.parametrize("source", RATES)
def test_birth_dates(city: duckdb.DuckDBPyConnection, source: str) -> None:
    rates, rows = RATES[source], city.execute(
        f'SELECT born, true_date_of_birth FROM "{source}"').fetchall()  # fmt: skip
    unlike = [(born, true) for born, true in rows if born != true]
    swapped = [1 for born, true in unlike if born == turned(true)]
    default = [1 for born, true in unlike if born in defaults(true)]
    assert near(len(swapped), len(rows), rates.swapped)
    assert near(len(default), len(rows), rates.default_date)
    assert len(unlike) <= len(swapped) + len(default)


@pytest.mark.parametrize("source", RATES)
def test_given_names(city: duckdb.DuckDBPyConnection, source: str) -> None:
    """What is neither the name nor another form of it is mistyped; both can fall on one name."""
    rows = city.execute(
        f"SELECT split_part(given, ' ', 1), split_part(true_given_names, ' ', 1) FROM \"{source}\""
        " WHERE true_given_names IS NOT NULL"
    ).fetchall()
    forms = [given in variants().get(true, ()) for given, true in rows]
    typed = [given != true and not form for (given, true), form in zip(rows, forms, strict=True)]
    assert near(sum(forms), len(rows), RATES[source].variant)
    assert near(sum(typed), len(rows), RATES[source].typing)


@pytest.mark.parametrize("source", RATES)
def test_family_names(city: duckdb.DuckDBPyConnection, source: str) -> None:
    """Men's and children's differ by typing alone; grown women's by marriage as well."""
    unlike = "upper(family) <> upper(true_family_name)"
    others = "(true_sex <> 'F' OR years < 18)"
    of = count(city, f'"{source}" WHERE {others}')
    assert near(count(city, f'"{source}" WHERE {others} AND {unlike}'), of, RATES[source].typing)
    women = count(city, f"\"{source}\" WHERE true_sex = 'F' AND years > 18")
    far = f"{unlike} AND damerau_levenshtein(upper(family), upper(true_family_name)) > 2"
    other_name = count(city, f"\"{source}\" WHERE true_sex = 'F' AND years > 18 AND {far}")
    assert near(other_name, women, RATES[source].married_name) or source == "schools"


@pytest.mark.parametrize("source", ADDRESS)
def test_old_addresses(city: duckdb.DuckDBPyConnection, source: str) -> None:
    line = ADDRESS[source]
    city.execute(
        f"CREATE OR REPLACE VIEW r AS SELECT s.{line} AS said, s.postcode AS code, a.* FROM"
        f' "{source}" AS s JOIN people AS p USING (true_person) JOIN addresses AS a'
        " ON a.uprn = p.uprn::VARCHAR"
    )
    true = "concat_ws(' ', line_1, line_2)" if source == "police" else "line_1"
    old = count(city, f"r WHERE said <> {true} OR code <> postcode")
    assert near(old, count(city, "r"), RATES[source].old_address)


@pytest.mark.parametrize("source", ADDRESS)
def test_postcodes_that_are_none(city: duckdb.DuckDBPyConnection, source: str) -> None:
    shape = "regexp_full_match(postcode, 'BM[0-9]{1,2} [0-9][A-Z]{2}')"
    rows, wrong = count(city, f'"{source}"'), count(city, f'"{source}" WHERE NOT {shape}')
    assert near(wrong, rows, RATES[source].no_postcode)


def test_the_benefits_service_has_some_households_at_an_old_address(
    city: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    held = f"read_csv('{folder}/council-benefits/households.csv', all_varchar = true)"
    same = f"{held} AS h JOIN (SELECT DISTINCT household_key, uprn FROM people) AS p USING"
    of = count(city, f"{same} (household_key)")
    old = count(city, f"{same} (household_key) WHERE h.uprn <> p.uprn::VARCHAR")
    assert near(old, of, RATES["council-benefits"].old_address)


@pytest.mark.parametrize("source", [name for name in RATES if name != "schools"])
def test_telephones(city: duckdb.DuckDBPyConnection, source: str) -> None:
    adults = f'"{source}" WHERE true_phone IS NOT NULL'
    told = count(city, f"{adults} AND called IS NOT NULL")
    assert near(told, count(city, adults), RATES[source].phone)
    others = count(city, f"{adults} AND called <> true_phone")
    assert near(others, told, RATES[source].shared_phone)


def test_families_of_every_kind_live_there(city: duckdb.DuckDBPyConnection) -> None:
    def homes(having: str, where: str = "true") -> int:
        return count(city, f"(SELECT household_key FROM people WHERE {where} GROUP BY ALL"
                           f" HAVING {having})")  # fmt: skip

    child = "place_in_household = 'child'"
    assert homes("count(DISTINCT true_family_name) > 1 AND count(*) > 1", child) > 10
    assert homes("count(*) > count(DISTINCT true_date_of_birth)", child) > 3
    twins = "GROUP BY household_key, true_date_of_birth, true_given_names HAVING count(*) > 1)"
    assert not count(city, f"(SELECT 1 FROM people WHERE {child} {twins}")
    assert count(city, "people WHERE second_household_key IS NOT NULL") > 5
    assert count(city, "people WHERE household_shape = 'multi_generation'") > 20
    assert count(city, "people WHERE household_shape = 'students'") > 10
    homes_of = "(SELECT uprn FROM people WHERE household_shape = 'care_home' GROUP BY uprn"
    assert count(city, f"{homes_of} HAVING count(DISTINCT household_key) >= 3)") > 0
    assert count(city, f"people WHERE married_on <= DATE '{AS_AT}'") > 300
    assert count(city, "people WHERE true_date_of_death IS NOT NULL") > 3


def test_in_both_formats_each_table_is_the_same_and_a_second_run_the_same_bytes(
    tmp_path: Path,
) -> None:
    made = [
        make_city(Request(400, 5, AS_AT, PLACE, both=True), tmp_path / name) for name in ("a", "b")
    ]
    assert made[0].manifest == made[1].manifest
    files = made[0].manifest["files"]
    engine = duckdb.connect()
    for path in [path for path in files if path.endswith(".csv") and path != "people.csv"]:
        csv, parquet = tmp_path / "a" / path, tmp_path / "a" / path.replace(".csv", ".parquet")
        rows = f"SELECT * FROM read_csv('{csv}', all_varchar = true, header = true, nullstr = '')"
        columns = [row[0] for row in engine.execute(f"DESCRIBE {rows}").fetchall()]
        text = ", ".join(f"{name}::VARCHAR AS {name}" for name in columns)
        other = f"SELECT {text} FROM '{parquet}'"
        assert not engine.execute(f"({rows}) EXCEPT ALL ({other})").fetchall(), path
        assert files[path]["rows"] == files[path.replace(".csv", ".parquet")]["rows"]


def test_each_agencys_manifest_tells_of_its_own_files(folder: Path) -> None:
    for source, form in FORMATS.items():
        told = json.loads((folder / source / "manifest.json").read_text())
        assert (told["source"], told["as_at"], told["delivers"]) == (source, "2026-06-01", "full")
        here = {path.name for path in (folder / source).iterdir()} - {"manifest.json"}
        assert set(told["files"]) == here
        assert all(name.endswith(form) for name in here)


def test_a_city_of_one_person_has_every_file(tmp_path: Path) -> None:
    made = make_city(Request(1, 1, AS_AT, PLACE, both=True), tmp_path / "one")
    files = made.manifest["files"]
    assert files["people.csv"]["rows"] == 1
    assert files["schools/pupils.csv"]["rows"] == files["schools/pupils.parquet"]["rows"] == 0
    assert (tmp_path / "one" / "schools" / "pupils.csv").read_text().startswith("pupil_id,upn")


def test_the_guides_table_is_the_programs() -> None:
    page = (ROOT / "docs" / "guides" / "invented-city.md").read_text(encoding="utf-8")
    assert page.split("<!-- rates -->\n")[1].split("<!-- rates end -->")[0] == rates_table()
