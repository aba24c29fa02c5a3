"""`wholeplace city make` as it is typed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from wholeplace.cli.city import app
from wholeplace.core.kernel.errors import UserMistake


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_it_answers_in_a_sentence_and_in_json(tmp_path: Path) -> None:
    out = str(tmp_path / "city")
    said = typed("make", "--people", "200", "--seed", "3", "--out", out)
    assert said.exit_code == 0
    assert "200 people" in said.stdout
    assert re.search(r"20\d in council-benefits, \d+ in council-housing", said.stdout)
    again = typed("make", "--people", "200", "--seed", "3", "--out", out, "--json")
    found = json.loads(again.stdout)
    assert (found["already"], found["people"], found["seed"]) == (True, 200, 3)
    assert found["as_at"] == "2026-06-01"


def test_the_reference_day_moves_the_city(tmp_path: Path) -> None:
    out = tmp_path / "city"
    typed("make", "--people", "200", "--out", str(out), "--as-at", "2025-02-28")
    assert json.loads((out / "manifest.json").read_text())["as_at"] == "2025-02-28"


@pytest.mark.parametrize(
    "words",
    [
        ("--people", "10", "--seed", "-1"),
        ("--people", "0"),
        ("--people", "10", "--place", "nowhere"),
        ("--people", "10", "--open-data", "nowhere"),
    ],
)
def test_a_users_mistake_is_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = typed("make", "--out", str(tmp_path / "city"), *words)
    assert isinstance(said.exception, UserMistake)
    assert not (tmp_path / "city").exists()
