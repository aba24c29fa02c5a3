"""`wholeplace extracts quality`: figures of each delivery, and what moved between two."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from tests.integration.records.extracts import DAY, load, small_extract, write

from wholeplace.cli.main import run as command_line

NEXT = DAY + dt.timedelta(days=1)


@pytest.fixture
def run(capsys, tmp_path, db):
    """Run a command line; returns (exit code, what it printed, what it complained)."""

    def go(*words: str) -> tuple[int, str, str]:
        code = command_line(list(words), log_folder=tmp_path)
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


@pytest.fixture
def two_days(db, tmp_path) -> None:
    for day, phone in ((DAY, "0121 496 0000"), (NEXT, "")):
        tables = small_extract()
        tables["residents"][0]["phone"] = phone
        load(write(tables, tmp_path / day.isoformat()), day=day)


def test_it_tells_each_delivery_and_what_moved(two_days, run):
    code, said, _ = run("extracts", "quality", "--source", "council-benefits")
    assert code == 0
    assert DAY.isoformat() in said and NEXT.isoformat() in said
    assert "residents, phone: filled down to 0.0%, before 33.3%." in said


def test_json_and_csv_hold_the_same_figures(two_days, run):
    code, said, _ = run("extracts", "quality", "--json")
    assert code == 0
    (told,) = json.loads(said)
    assert told["source"] == "council-benefits"
    assert told["changed"] == ["residents, phone: filled down to 0.0%, before 33.3%."]
    code, said, _ = run("extracts", "quality", "--csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(said)))
    plain = [{k: "" if v is None else str(v) for k, v in one.items()} for one in told["figures"]]
    assert rows == plain
    assert {one["file"] for one in rows} == set(small_extract())


def test_with_nothing_loaded_it_says_so(run):
    assert run("extracts", "quality")[:2] == (0, "No delivery has been loaded.\n")
    code, _, complaint = run("extracts", "quality", "--source", "no-such")
    assert code != 0
    assert "There is no source no-such" in complaint
