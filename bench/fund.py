"""Reservations against one busy budget, beside the bare pair of statements that they rest on.

Eight writers at once ask for more than the budget holds. Ours goes through the action: acting
context, row security, two balanced legs, the check at commit, the audit event. The comparison
is a conditional update and an insert as the tables' owner. Both must stop exactly at the limit.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bench.cities import HOME, ROOT
from bench.figures import Figure
from wholeplace.core.money.books import Overspent
from wholeplace.site import databases

NAME = "fund"
WRITERS, ASKED, PENCE = 8, 1600, 28_00
FITS = ASKED * 3 // 4  # the rest is refused, which costs time too
DAY = dt.date(2026, 6, 1)
BARE = """
DROP TABLE IF EXISTS bench_entry, bench_budget;
CREATE TABLE bench_budget (id int PRIMARY KEY, left_pence bigint CHECK (left_pence >= 0));
CREATE TABLE bench_entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    budget_id int REFERENCES bench_budget, pence bigint, memo text,
    at timestamptz DEFAULT now());
"""


def run(people: int | None) -> list[Figure]:
    """Milliseconds a reservation; it does not depend on how many people there are."""
    home = HOME / "home-fund"
    home.mkdir(parents=True, exist_ok=True)
    own = {k: v for k, v in os.environ.items() if not k.startswith(("WHOLEPLACE", "DJANGO"))}
    own |= {"WHOLEPLACE_HOME": str(home)}
    own.pop("DATABASE_URL", None)
    # A process of its own, for the settings are read once and belong to another home here.
    command = [sys.executable, "-m", "bench.fund"]
    ran = subprocess.run(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, text=True, check=True)
    ours, theirs = json.loads(ran.stdout.splitlines()[-1])
    return [
        Figure(
            figure=f"Reserving from one budget, {WRITERS} writers at once",
            ours=ours,
            unit="ms each",
            comparison="a bare conditional update and insert as owner",
            theirs=theirs,
            ratio=ours / theirs,
            note=f"{ASKED} asked for, exactly {FITS} given by both",
        )
    ]


def _each(one: Callable[[int], bool], done: Callable[[], None]) -> float:
    """Milliseconds each, when all writers are busy; exactly so many must succeed."""

    def share(writer: int) -> int:
        try:
            return sum(one(number) for number in range(writer, ASKED, WRITERS))
        finally:
            done()

    begun = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        given = sum(pool.map(share, range(WRITERS)))
    seconds = time.perf_counter() - begun
    if given != FITS:
        raise RuntimeError(f"{given} reservations were given and {FITS} fit")
    return seconds / ASKED * 1000


def _ours() -> float:
    from django.db import connection

    from wholeplace.rooms.agencies.acting import acting
    from wholeplace.rooms.agencies.queries import membership_by_username
    from wholeplace.rooms.ledger import actions

    finance = membership_by_username("grace.lindqvist", "fund.allocate")
    assessor = membership_by_username("amina.begum", "award.decide")
    assert finance is not None and assessor is not None
    scheme = f"bench-{uuid.uuid4().hex[:12]}"
    with acting(finance, purpose="bench", route="bench"):
        budget = actions.open_budget(
            source="local", source_name="Local", scheme=scheme, year=DAY.year
        )
        actions.allocate(budget_id=budget, pence=FITS * PENCE, happened_on=DAY, memo="Opening")

    def one(number: int) -> bool:
        try:
            with acting(assessor, purpose="bench", route="bench"):
                actions.reserve(
                    budget_id=budget, pence=PENCE, happened_on=DAY, memo="Award", about=str(number)
                )
        except Overspent:
            return False
        return True

    return _each(one, lambda: connection.close())


def _theirs() -> float:
    from threading import local

    mine = local()
    settings = databases.databases()["owner"]
    with databases.connect(settings) as connection:
        connection.execute(BARE)
        connection.execute("INSERT INTO bench_budget VALUES (1, %s)", [FITS * PENCE])

    def one(number: int) -> bool:
        if not hasattr(mine, "connection"):
            mine.connection = databases.connect(settings)
        with mine.connection.transaction():
            found = mine.connection.execute(
                "UPDATE bench_budget SET left_pence = left_pence - %s"
                " WHERE id = 1 AND left_pence >= %s",
                [PENCE, PENCE],
            )
            if not found.rowcount:
                return False
            mine.connection.execute(
                "INSERT INTO bench_entry (budget_id, pence, memo) VALUES (1, %s, %s)",
                [PENCE, str(number)],
            )
        return True

    return _each(one, lambda: mine.connection.close())


def main() -> None:
    """Prints both as JSON: our milliseconds and theirs."""
    from wholeplace.site.main import open_database
    from wholeplace.site.ready import make_ready

    with open_database():
        make_ready(demonstration=True)
        print(json.dumps([_ours(), _theirs()]))


if __name__ == "__main__":
    main()
