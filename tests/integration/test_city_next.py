"""`wholeplace city next`: the changes and the full picture of a day say the same."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from wholeplace.cli.city import app
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.city.make import FORMATS, Made, Request, make_city
from wholeplace.population.city.next_changes import LAYOUTS
from wholeplace.population.city.next_day import Next, make_days, make_next

PLACE = Path(__file__).resolve().parents[2] / "places" / "birmingham"
AS_AT = date(2026, 6, 1)
SHARE = 0.1


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("next") / "city"
    return make_city(Request(2_000, 4, AS_AT, PLACE, both=True), out).folder


@pytest.fixture(scope="module")
def made(city: Path) -> Made:
    return make_next(Next(city, SHARE), city.parent / "tuesday")


def rows(folder: Path, source: str, name: str) -> dict[str, tuple[str | None, ...]]:
    """Rows by key, as text."""
    engine = duckdb.connect()
    path = folder / source / name
    query = (
        f"FROM read_csv('{path}.csv', header = true, all_varchar = true, nullstr = '')"
        if path.with_suffix(".csv").exists()
        else f"FROM '{path}.parquet'"
    )
    found = engine.execute(query).fetchall()
    return {row[0]: tuple(v if v is None else str(v) for v in row) for row in found}


def tables(folder: Path, source: str) -> set[str]:
    told = json.loads((folder / source / "manifest.json").read_text())
    return {Path(name).stem for name in told["files"]}


@pytest.mark.parametrize("source", FORMATS)
def test_the_last_picture_with_the_changes_is_the_next_picture(
    city: Path, made: Made, source: str
) -> None:
    for name in tables(city, source):
        held = rows(city, source, name)
        changes = rows(made.folder / "changes", source, name)
        for key, (*values, change) in changes.items():
            assert (change == "A") == (key not in held)
            if change == "D":
                del held[key]
            else:
                assert held.get(key) != tuple(values)
                held[key] = tuple(values)
        assert held == rows(made.folder / "full", source, name), name


def test_a_few_of_every_kind_change(city: Path, made: Made) -> None:
    kinds = {
        source: [row[-1] for row in rows(made.folder / "changes", source, one.people).values()]
        for source, one in LAYOUTS.items()
    }
    assert {"A", "C"} <= set(kinds["council-benefits"])
    assert {"A", "C"} <= set(kinds["community-health"])
    assert any("D" in found for found in kinds.values())
    for source, one in LAYOUTS.items():
        before = len(rows(city, source, one.people))
        assert len(kinds[source]) <= max(before * SHARE * 1.5, 6), source
        assert kinds[source] or source == "schools"
    involved = rows(made.folder / "changes", "community-health", "involvements").values()
    assert {"A"} <= {row[-1] for row in involved}


def test_the_truth_knows_every_record_of_the_full_picture(made: Made) -> None:
    truth = f"read_csv('{made.folder}/truth.csv', header = true)"
    people = f"read_csv('{made.folder}/people.csv', header = true, all_varchar = true)"
    engine = duckdb.connect()
    known = engine.execute(f"SELECT source, record_key FROM {truth}").fetchall()
    assert len(known) == len(set(known))
    for source, one in LAYOUTS.items():
        keys = set(rows(made.folder / "full", source, one.people))
        assert keys <= {key for found, key in known if found == source}
    stray = f"{truth} AS t ANTI JOIN {people} AS p USING (true_person)"
    assert engine.execute(f"SELECT count(*) FROM {stray}").fetchall() == [(0,)]


def test_manifests_say_what_is_delivered(made: Made) -> None:
    for delivers in ("full", "changes"):
        for source in FORMATS:
            told = json.loads((made.folder / delivers / source / "manifest.json").read_text())
            assert (told["delivers"], told["as_at"]) == (delivers, "2026-06-02")
            here = {path.name for path in (made.folder / delivers / source).iterdir()}
            assert here == {*told["files"], "manifest.json"}


def test_the_same_again_is_the_same_bytes_and_what_nothing_happened_to_keeps_its(
    city: Path, made: Made, tmp_path: Path
) -> None:
    again = make_next(Next(city, SHARE), tmp_path / "again")
    assert again.manifest == made.manifest
    assert make_next(Next(city, SHARE), tmp_path / "again").already
    before = json.loads((city / "manifest.json").read_text())["files"]
    for path in ("council-benefits/accounts.csv", "council-benefits/addresses.csv"):
        assert made.manifest["files"][f"full/{path}"] == before[path]


def test_a_users_mistake_is_one(city: Path, tmp_path: Path) -> None:
    for mistake, words in (
        (Next(tmp_path), "no invented city"),
        (Next(city, as_at=AS_AT), "is not after"),
        (Next(city, share=0.0), "share"),
        (Next(city, share=1.5), "share"),
    ):
        with pytest.raises(UserMistake, match=words):
            make_next(mistake, tmp_path / "out")
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserMistake, match="did not make"):
        make_next(Next(city), tmp_path, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("people", [1, 40])
def test_everybody_of_a_small_city_may_change_and_each_sends_its_own_format(
    tmp_path: Path, people: int
) -> None:
    city = make_city(Request(people, 1, AS_AT, PLACE), tmp_path / "city").folder
    found = make_next(Next(city, 1.0), tmp_path / "next").manifest["files"]
    assert f"full/community-health/patients.{FORMATS['community-health']}" in found
    full = rows(tmp_path / "next" / "full", "community-health", "patients")
    held = rows(city, "community-health", "patients")
    for key, (*values, change) in rows(
        tmp_path / "next" / "changes", "community-health", "patients"
    ).items():
        if change == "D":
            del held[key]
        else:
            held[key] = tuple(values)
    assert held == full


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A city and three deliveries, each after the one before."""
    out = tmp_path_factory.mktemp("chain")
    days = [make_city(Request(500, 9, AS_AT, PLACE), out / "city").folder]
    for name in ("one", "two", "three"):
        days.append(make_next(Next(days[-1], 0.5), out / name).folder)
    return days


def picture(folder: Path) -> Path:
    return folder / "full" if (folder / "full").is_dir() else folder


def test_a_next_delivery_can_be_followed_by_another(chain: list[Path]) -> None:
    before, after = chain[-2:]
    for source in FORMATS:
        for name in tables(picture(before), source):
            held = rows(picture(before), source, name)
            changes = rows(after / "changes", source, name)
            held |= {key: row[:-1] for key, row in changes.items()}
            gone = {key for key, row in changes.items() if row[-1] == "D"}
            left = {key: row for key, row in held.items() if key not in gone}
            assert left == rows(after / "full", source, name), (source, name)
    told = json.loads((after / "manifest.json").read_text())
    assert (told["after"], told["as_at"]) == ("2026-06-03", "2026-06-04")


def test_several_days_at_once_are_the_days_one_after_another(
    chain: list[Path], tmp_path: Path
) -> None:
    days = [date(2026, 6, number) for number in (2, 3, 4)]
    made = make_days(chain[0], days, tmp_path / "days", share=0.5)
    for day, folder in zip(days, chain[1:], strict=True):
        one = made.folder / day.isoformat() / "changes"
        for file in (folder / "changes").rglob("*.*"):
            assert (one / file.relative_to(folder / "changes")).read_bytes() == file.read_bytes()
    assert make_days(chain[0], days, tmp_path / "days", share=0.5).already
    with pytest.raises(UserMistake, match="is not after"):
        make_days(chain[0], days[::-1], tmp_path / "back")


def test_the_number_of_a_row_that_vanished_is_not_given_again(
    chain: list[Path], tmp_path: Path
) -> None:
    """Given that whoever had the last involvement is in no file the next day."""
    without = shutil.copytree(chain[1], tmp_path / "one")
    file = without / "full" / "police" / "involvements.csv"
    *kept, last = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    key = last.split(",", 1)[0]
    made = make_next(Next(without, 1.0), tmp_path / "two").folder
    new = [
        k for k, row in rows(made / "changes", "police", "involvements").items() if row[-1] == "A"
    ]
    assert min(new) > key


def test_no_number_is_given_twice_along_a_chain(chain: list[Path]) -> None:
    """Of a key that was ever told of, each later delivery says the same person."""
    owners: dict[tuple[str, str, str], str | None] = {}
    for folder in chain:
        truth = duckdb.execute(f"FROM read_csv('{folder}/truth.csv', header = true)").fetchall()
        found = {("truth", source, key): person for source, key, person in truth}
        assert len(found) == len(truth)
        for source in FORMATS:
            name = "household_members" if source == "council-benefits" else "involvements"
            place = 2 if source == "council-benefits" else 1
            found |= {(name, source, key): row[place]
                      for key, row in rows(picture(folder), source, name).items()}  # fmt: skip
        assert {key: owners[key] for key in found if key in owners}.items() <= found.items()
        owners |= found


def test_jobs_begin_in_the_week_before_they_are_told_of(chain: list[Path]) -> None:
    jobs = rows(chain[-1] / "changes", "council-benefits", "jobs").values()
    new = [row for row in jobs if row[-1] == "A"]
    people = rows(chain[-1] / "full", "council-benefits", "residents")
    assert len(new) > 5
    for _, person, employer, start, *_, reported, _ in new:
        assert person in people
        assert employer
        assert reported == "2026-06-04"
        assert "2026-05-29" <= str(start) <= "2026-06-04"


def test_along_a_chain_nobody_dies_twice_and_the_living_have_a_home(chain: list[Path]) -> None:
    engine, died = duckdb.connect(), {}
    for folder in chain:
        people = f"read_csv('{folder}/people.csv', header = true, all_varchar = true)"
        homes = f"read_csv('{picture(folder)}/council-benefits/households.csv', all_varchar = true)"
        dead = f"SELECT true_person, true_date_of_death FROM {people} WHERE true_date_of_death > ''"
        now = dict(engine.execute(dead).fetchall())
        assert died.items() <= now.items()
        died = now
        ended = f"{people} AS p JOIN {homes} AS h USING (household_key) WHERE h.to_date IS NOT NULL"
        alive = f"SELECT count(*) FROM {ended} AND p.true_date_of_death IS NULL"
        assert engine.execute(alive).fetchall() == [(0,)]
    assert len(died) > 3


def test_as_it_is_typed(city: Path, tmp_path: Path) -> None:
    words = ["next", str(city), "--out", str(tmp_path / "n"), "--share", "5%"]
    said = CliRunner().invoke(app, [*words, "--as-at", "2026-07-01"])
    assert said.exit_code == 0
    assert "The delivery of 2026-07-01" in said.stdout
    wrong = CliRunner().invoke(
        app, ["next", str(city), "--out", str(tmp_path / "n"), "--share", "x"]
    )
    assert isinstance(wrong.exception, UserMistake)
