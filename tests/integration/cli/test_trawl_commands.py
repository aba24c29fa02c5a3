"""`wholeplace trawl replay`, `compare` and `overlaps`, as people and timers run them."""

from __future__ import annotations

import json

import pytest
from tests.integration.flows.kept import LATER, change_rules, load_changes, place, town, trawl

from wholeplace.cli.main import run as command_line
from wholeplace.flows import replay_trawl

__all__ = ["place", "town"]  # fixtures


@pytest.fixture
def run(capsys, tmp_path):
    """Run a command line; returns (exit code, what it printed, what it complained)."""

    def go(*words: object) -> tuple[int, str, str]:
        code = command_line([str(word) for word in words], log_folder=tmp_path)
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def test_a_replay_after_everything_changed_is_identical(act, town, tmp_path, run):
    number = trawl(act)
    load_changes(tmp_path)
    change_rules(town)
    code, told, _ = run("trawl", "replay", number)
    assert (code, told.splitlines()[0]) == (0, f"Trawl {number}: the replay is identical.")
    code, told, _ = run("trawl", "replay", number, "--json")
    said = json.loads(told)
    assert (code, said["state"], said["kept"], said["differences"]) == (0, "identical", 3, [])


def test_a_replay_that_differs_says_where_and_ends_with_one(act, town, monkeypatch, run):
    number = trawl(act)
    monkeypatch.setattr(replay_trawl, "_answers", lambda result: {})
    code, told, _ = run("trawl", "replay", number)
    assert code == 1
    assert "the replay is different" in told
    assert told.count("yes, in the replay not found") == 2


def test_a_comparison_names_each_who_moved_and_why(act, town, tmp_path, run):
    first = trawl(act)
    load_changes(tmp_path)
    second = trawl(act)
    code, told, _ = run("trawl", "compare", second, "--list")
    assert code == 0
    assert "  new 1, fell out 1, now yes 1, now only possible 0, the same 1" in told
    assert "What the council holds changed. (job_expected_to_last)" in told
    code, told, _ = run("trawl", "compare", second, "--with", first, "--list", "--json")
    said = json.loads(told)
    assert [(one["kind"], one["reasons"]) for one in said["people"]] == [
        ("new", ["data"]),
        ("gone", ["data"]),
        ("now_yes", ["data"]),
    ]
    assert "people" not in json.loads(run("trawl", "compare", second, "--json")[1])


def test_what_cannot_be_compared_or_replayed_is_said(act, town, run):
    first = trawl(act)
    assert run("trawl", "compare", first)[::2] == (
        2,
        "This is the first trawl of its scheme. Run another one later.\n",
    )
    assert run("trawl", "replay", 987_654)[::2] == (2, "There is no such trawl.\n")
    code, _, said = run("trawl", "replay", first, "--by", "grace.lindqvist")
    assert (code, "may do this" in said) == (2, True)


def test_overlaps_before_and_after_a_trawl(act, town, run):
    code, told, _ = run("trawl", "overlaps")
    assert (code, told) == (0, "No trawl is done yet.\nIn more than one: 0\n")
    number = trawl(act)
    trawl(act, LATER)
    code, told, _ = run("trawl", "overlaps", "--json")
    said = json.loads(told)
    assert code == 0
    assert [one["run_id"] for one in said["runs"]] == [number + 1]
    assert said["in_several"] == 0
