"""Asking of one person as known at a moment finds their home by its key, among all homes."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.utils import timezone
from tests.integration.records.extracts import load, row, small_extract, write

from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records import queries

pytestmark = pytest.mark.django_db
HOMES = 300


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def reads_of_homes(plans):
    """Of `h` and `a` as the statement names them: by which condition of an index, if by any."""
    return {
        (node["Relation Name"], node.get("Index Cond", ""))
        for plan in plans
        for node in nodes(plan)
        if (node.get("Relation Name"), node.get("Alias"))
        in {("records_household", "h"), ("records_address", "a")}
    }


@pytest.fixture
def town(tmp_path):
    tables = small_extract()
    for n in range(HOMES):
        tables["residents"].append(tables["residents"][0] | {"person_key": f"X{n}"})
        tables["addresses"].append(tables["addresses"][0] | {"uprn": f"U{n}"})
        tables["households"].append(
            row("households", household_key=f"G{n}", uprn=f"U{n}", from_date="2020-01-01")
        )
        tables["household_members"].append(
            row("household_members", member_key=f"N{n}", household_key=f"G{n}",
                person_key=f"X{n}", role="claimant", from_date="2020-01-01")
        )  # fmt: skip
    load(write(tables, tmp_path))


def test_a_home_as_known_at_a_moment_is_found_by_its_key(act, town):
    """The index of current versions says nothing of former ones: every home was read.

    Whether an index can find them is asked, not what the planner thinks of so few rows.
    """
    plans = []

    def explain(execute, sql, params, many, context):
        if "records_household h" in sql and "records_address a" in sql:
            execute("SET LOCAL enable_seqscan = off", None, False, context)
            execute(f"EXPLAIN (FORMAT JSON) {sql}", params, many, context)
            (said,) = context["cursor"].fetchone()
            execute("SET LOCAL enable_seqscan = on", None, False, context)
            plans.append((said if isinstance(said, list) else json.loads(said))[0]["Plan"])
        return execute(sql, params, many, context)

    with act("amina.begum"):
        someone = Person.objects.get(name="John Smith").pk
        with connection.execute_wrapper(explain):
            told = queries.person_rows(someone, known_at=timezone.now())
    assert len(told.residences) == 1
    assert len(plans) == 1
    reads = reads_of_homes(plans)
    assert {table for table, _ in reads} == {"records_household", "records_address"}
    assert all("source_key = " in condition for _, condition in reads), reads
