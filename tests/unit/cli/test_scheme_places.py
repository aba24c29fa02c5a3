"""`wholeplace scheme` on a place that inherits, and the warnings of `check`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wholeplace.cli.scheme import app
from wholeplace.core.rules.files.faults import FileMistake

ROOT = Path(__file__).parents[3]
PLACES = ROOT / "places"
SECOND = PLACES / "solihull-example"
PINNED = ROOT / "tests" / "spec" / "resolved" / "solihull-example" / "transition-payments.yaml"


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


# -- places -----------------------------------------------------------------------------------
def test_resolve_prints_the_whole_scheme() -> None:
    found = run("resolve", "transition-payments", "--place", SECOND)
    assert found.exit_code == 0
    assert found.output == PINNED.read_text()


def test_resolve_as_json_and_of_a_file() -> None:
    path = SECOND / "schemes" / "transition-payments.yaml"
    found = json.loads(run("resolve", path, "--json").output)
    assert found["scheme"] == "transition-payments"
    assert found["text"] == PINNED.read_text()
    checked = json.loads(run("check", path, "--json").output)
    assert (checked["ok"], checked["version"]) == (True, found["version"])


def test_a_scheme_that_is_left_out_is_not_there() -> None:
    assert "housing-transfer-priority" in run("list", "--place", PLACES / "birmingham").output
    assert "housing-transfer-priority" not in run("list", "--place", SECOND).output
    found = run("resolve", "housing-transfer-priority", "--place", SECOND)
    assert "There is no scheme called `housing-transfer-priority`" in str(found.exception)


def test_a_draft_of_an_amendment_is_checked_for_its_place(tmp_path: Path) -> None:
    draft = tmp_path / "transition-payments.yaml"
    draft.write_text(
        "scheme: transition-payments\ninherits: birmingham\nreason: A draft\n"
        "amend: {settings.most_a_weak.value: £50.00}\n"
    )
    found = run("check", draft, "--place", SECOND)
    assert isinstance(found.exception, FileMistake)
    assert "did you mean `settings.most_a_week`?" in str(found.exception)
    draft.write_text(draft.read_text().replace("weak", "week"))
    found = run("check", draft, "--place", SECOND)
    assert f"{draft}:4:9: with this, the case" in str(found.exception)


# -- warnings ---------------------------------------------------------------------------------
@pytest.fixture
def hopeless(tmp_path: Path) -> Path:
    text = (PLACES / "birmingham" / "schemes" / "transition-payments.yaml").read_text()
    head, _, _ = text.partition("cases:")
    path = tmp_path / "transition-payments.yaml"
    path.write_text(
        head.replace('when: "jobs_started >= 1"', 'when: "jobs_started >= 1 and jobs_started < 1"')
        + "cases:\n  - {name: nothing known, as_at: 2026-06-01, facts: {},"
        " expect: {eligible: possible}}\n"
    )
    return path


def test_a_scheme_that_nobody_can_meet_is_pointed_out(hopeless: Path) -> None:
    found = run("check", hopeless, "--place", PLACES / "birmingham")
    assert found.exit_code == 0
    assert f"Warning: {hopeless}:" in found.output
    assert "nobody can meet `job_started`" in found.output
    assert "`jobs_started >= 1` and `jobs_started < 1` exclude each other" in found.output


def test_strict_makes_a_warning_a_mistake(hopeless: Path) -> None:
    found = run("check", hopeless, "--place", PLACES / "birmingham", "--strict", "--json")
    assert found.exit_code == 2
    warnings = json.loads(found.output)["warnings"]
    lines = hopeless.read_text().splitlines()
    at = [lines[each["line"] - 1][each["column"] - 1 :] for each in warnings]
    assert [text[:16] for text in at] == ["jobs_started < 1", "all: [job_starte"]
    fine = PLACES / "birmingham" / "schemes" / "transition-payments.yaml"
    assert run("check", fine, "--strict").exit_code == 0


@pytest.mark.parametrize("place", ["birmingham", "solihull-example"])
def test_no_scheme_of_ours_is_pointed_out(place: str) -> None:
    schemes = json.loads(run("list", "--place", PLACES / place, "--json").output)
    for scheme in schemes:
        path = PLACES / place / "schemes" / f"{scheme['scheme']}.yaml"
        found = json.loads(run("check", path, "--place", PLACES / place, "--json").output)
        assert (found["warnings"], found["not_looked_at"]) == ([], []), path
