"""`wholeplace scheme` refuses what cannot be meant: no place, no names, unseen characters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wholeplace.cli.scheme import app
from wholeplace.core.kernel.errors import NotFound, UserMistake

PLACE = Path(__file__).parents[3] / "places" / "birmingham"
ORDER = ("order", "housing-transfer-priority", "shortlist", "--as-at", "2026-06-01")


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(one) for one in (*arguments, "--place", PLACE)])


@pytest.mark.parametrize("command", ["list", "facts"])
def test_a_folder_that_is_no_place_has_no_schemes_and_says_so(command, tmp_path):
    result = CliRunner().invoke(app, [command, "--place", str(tmp_path / "nosuch")])
    assert isinstance(result.exception, NotFound)
    assert "is not a place" in str(result.exception)


@pytest.mark.parametrize(
    ("people", "lot", "words"),
    [
        ('"": {}\n', "B-07", "somebody here has no name"),
        ('" ": {}\n', "B-07", "somebody here has no name"),
        ('"Ada\\u202E": {}\n', "B-07", "nobody can see"),
        ("Ada: {}\n", "B\x00", "word to draw lots with"),
        ("Ada: {}\n", "B\u202e", "word to draw lots with"),
        ("Ada: {date_of_birth: 2027-01-01}\n", "B-07", "lies after the day"),
    ],
)
def test_an_order_takes_no_nameless_unseen_or_unborn_people(people, lot, words, tmp_path):
    file = tmp_path / "people.yaml"
    file.write_text(people)
    result = run(*ORDER, "--people", file, "--lot", lot)
    assert isinstance(result.exception, UserMistake)
    assert words in str(result.exception)


def test_nobody_is_explained_who_is_not_born(tmp_path):
    file = tmp_path / "me.yaml"
    file.write_text("date_of_birth: 2026-06-02\n")
    asked = ("explain", "youth-enterprise", "--facts", file, "--as-at")
    assert run(*asked, "2026-06-02").exit_code == 0
    assert "lies after the day" in str(run(*asked, "2026-06-01").exception)
