"""A command that needs tables says what to run when they are not there or are old."""

from __future__ import annotations

import pytest
from django.db import connections

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
