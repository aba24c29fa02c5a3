"""`wholeplace trawl count`: all schemes at once, from the latest snapshot, nobody by name."""

from __future__ import annotations

import json

import pytest
from tests.builders import SCHEME
from tests.integration.flows.kept import DAY, place, town, trawl

from wholeplace.cli._count_trawls import tell_count
from wholeplace.cli.main import run as command_line
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.schemes import queries

__all__ = ["place", "town"]  # fixtures


@pytest.fixture
def run(capsys, tmp_path):
    """Run a command line; returns (exit code, what it printed, what it complained)."""

    def go(*words: object) -> tuple[int, str, str]:
        code = command_line([str(word) for word in words], log_folder=tmp_path)
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def test_counts_of_all_schemes_are_those_of_their_trawls(act, town, run):
    kept = trawl(act)
    code, told, _ = run("trawl", "count", "--all", "--as-at", DAY, "--json")
    said = json.loads(told)
    assert code == 0
    one = next(found for found in said["schemes"] if found["scheme"] == SCHEME)
    with act("amina.begum"):
        line = queries.run(kept).line
    assert (one["yes"], one["possible"], one["people"]) == (line.yes, line.possible, line.people)
    assert (one["yes"], one["possible"], one["no"]) == (2, 1, 1)
    assert one["lawful_basis"]["key"] == "public-task-benefits"
    everything = {found["scheme"] for found in said["schemes"] + said["left_out"]}
    assert everything == {file.stem for file in (town / "schemes").glob("*.yaml")}
    left_out = {found["scheme"]: found["why"] for found in said["left_out"]}
    assert "does not name trawls" in left_out["overseas-health-professionals"]
    with act("system-worker"):
        event = Event.objects.filter(action="trawl.count").latest("pk")
    assert SCHEME in event.detail["schemes"] and not event.people


def test_counts_in_words_name_each_criterion(act, town, run):
    trawl(act)
    code, told, _ = run("trawl", "count", SCHEME, "--as-at", DAY)
    assert code == 0
    assert f"{SCHEME}: 2 yes, 1 possible, 1 no (basis: " in told
    assert "  has started a job in the last 13 weeks: 4 yes, 0 no, 0 unknown" in told


def test_what_cannot_be_counted_is_said(act, town, run):
    code, _, said = run("trawl", "count", "--all")
    assert (code, "There is no snapshot to count in." in said) == (2, True)
    assert run("trawl", "count")[2].startswith("Say which schemes to count.")
    code, _, said = run("trawl", "count", "--all", "--by", "grace.lindqvist")
    assert (code, "may do this" in said) == (2, True)


def test_a_count_of_households_says_what_was_counted(capsys):
    counted = {"yes": 1, "possible": 0, "no": 3, "people": 4, "agencies": [], "criteria": []}
    one = {"scheme": "help", "about": "household", "lawful_basis": {"name": "Ours"}, **counted}
    data = {"as_at": "2026-06-08", "known_at": "2026-06-08T01:00:00", "left_out": []}
    tell_count({**data, "schemes": [one]})
    words = "yes and possible: one for each household; no: all others of the 4 people"
    assert words in capsys.readouterr().out
    tell_count({**data, "schemes": [{**one, "about": "person"}]})
    assert "for each" not in capsys.readouterr().out


def test_a_misspelt_scheme_is_told_the_close_one(act, town, run):
    trawl(act)
    code, _, said = run("trawl", "count", SCHEME[:-1], "--as-at", DAY)
    assert (code, f"Did you mean `{SCHEME}`?" in said) == (2, True)
