"""The demonstration is made in an empty database only, once, whatever kills its first start."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from django.db import connections
from tests.integration.records.extracts import load, small_extract, write

from wholeplace.flows import demonstration

DAY = dt.date(2026, 6, 15)
COUNTED = ("people_person", "records_load", "schemes_trawlrun", "casework_application")
WEEKLY = 2
LOADS = 15  # each of five agencies sends an extract, and in each week since what changed
OTHERS = ["council-tax-reduction", "lone-parent-support", "youth-enterprise"]
EARLY = """
SELECT count(*), count(*) FILTER (WHERE r.happened_on < d.happened_on
                                     OR r.happened_on < p.due_on)
  FROM casework_release r JOIN casework_payment p ON p.id = r.payment_id
  JOIN casework_award a ON a.id = p.award_id JOIN casework_decision d ON d.id = a.decision_id
"""


def counts() -> dict[str, int]:
    with connections["owner"].cursor() as cursor:
        found = {}
        for table in COUNTED:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
        return found


@pytest.fixture
def home(committed, settings, tmp_path, monkeypatch) -> Path:
    settings.HOME = tmp_path / "home"
    monkeypatch.setattr(demonstration, "WEEKLY", WEEKLY)
    return settings.HOME


def test_rows_that_somebody_loaded_are_left_alone_even_from_the_demonstrations_folder(home):
    """As after a restore into a home in which a demonstration had been begun."""
    load(write(small_extract(), home / "demonstration"))
    making = {"mark": "0" * 32, "people": 300, "day": DAY.isoformat()}
    (home / "demonstration.begun").write_text(json.dumps(making))
    before = counts()
    demonstration.ensure(people=300, today=DAY)
    assert counts() == before
    assert before["schemes_trawlrun"] == before["casework_application"] == 0


def test_a_killed_first_start_is_completed_with_its_own_day_and_no_further_trawl(home, monkeypatch):
    class Killed(BaseException):
        """As a signal would end it."""

    def killed(*args: object, **named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(demonstration, "work_the_list", killed)
        with pytest.raises(Killed):
            demonstration.ensure(people=600, today=DAY)
    half = counts()
    assert (half["records_load"], half["schemes_trawlrun"]) == (LOADS, 1)

    said = demonstration.ensure(people=500, today=DAY + dt.timedelta(days=1))
    assert said[0] == ("The place was made earlier with 600 people; PEOPLE applies to a new home.")
    whole = counts()
    assert (whole["records_load"], whole["schemes_trawlrun"]) == (LOADS, 2 + len(OTHERS))
    assert whole["people_person"] == half["people_person"]
    assert whole["casework_application"] > 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT scheme, state, as_at FROM schemes_trawlrun ORDER BY id")
        first = (demonstration.SCHEME, "whole", DAY - dt.timedelta(weeks=5))
        others = [(scheme, "whole", DAY) for scheme in OTHERS]
        assert cursor.fetchall() == [first, (demonstration.SCHEME, "whole", DAY), *others]
        cursor.execute("SELECT DISTINCT scheme FROM schemes_publishedcount ORDER BY scheme")
        assert [row[0] for row in cursor.fetchall()] == sorted([demonstration.SCHEME, *OTHERS])
        cursor.execute("SELECT DISTINCT as_at, delivers FROM records_load ORDER BY as_at")
        weeks = [DAY - dt.timedelta(weeks=ago) for ago in range(WEEKLY, -1, -1)]
        assert cursor.fetchall() == list(zip(weeks, ["full", *["changes"] * WEEKLY], strict=True))
        cursor.execute(EARLY)
        released, too_early = cursor.fetchone()
    assert released > 0
    assert too_early == 0

    again = demonstration.ensure(people=600, today=DAY + dt.timedelta(days=9))
    assert counts() == whole
    assert again[0].startswith("Everybody can sign in")
