"""A command that needs tables says what to run when they are not there or are old."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections
from tests.waiting import PATIENCE

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.site.ready import make_ready, require_ready, steps_left


def forget(app: str, name: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, name])
        assert cursor.rowcount == 1


def test_with_every_step_taken_nothing_is_missed(committed: str) -> None:
    assert steps_left("owner") == []
    require_ready()


def test_a_step_not_taken_is_missed_in_words(committed: str) -> None:
    forget("sessions", "0001_initial")
    with pytest.raises(UserMistake) as missed:
        require_ready()
    assert missed.value.why == "Steps left: 1, beginning with sessions.0001_initial."
    assert missed.value.do == "Run `wholeplace prepare`."


def test_preparing_twice_changes_nothing(committed: str) -> None:
    make_ready(demonstration=True)
    before = _counts()
    said = make_ready(demonstration=True)
    assert said[0] == "The tables are of this version (0 steps taken now)."
    assert _counts() == before
    assert before["places_area"] > 600


def _counts() -> dict[str, int]:
    tables = ("agencies_role", "agencies_agency", "agencies_membership", "places_area")
    with connections["owner"].cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def test_a_command_makes_a_new_home_ready_by_itself(tmp_path: Path) -> None:
    """Given an empty home, when a command needs the database, then it is made and answers."""
    names = {k: v for k, v in os.environ.items() if k not in ("WHOLEPLACE_DATABASE",)}
    said = subprocess.run(
        [sys.executable, "-m", "wholeplace.site.main", "places", "show"],
        env=names | {"WHOLEPLACE_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "ward" in said.stdout
