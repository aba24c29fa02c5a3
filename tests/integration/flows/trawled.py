"""A small city of seven people, and a trawl of it."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.builders import SCHEME, make_area, make_claimant

from wholeplace.flows import run_trawl
from wholeplace.rooms.casework import queries
from wholeplace.rooms.schemes import queries as trawls

DAY = dt.date(2026, 6, 8)


@pytest.fixture
def city(act, settings, tmp_path):
    """Somebody whom it fits, somebody whom it may fit, and others."""
    settings.HOME = tmp_path
    with act("system-loader"):
        make_area("T01", decile=1)
        make_area("T09", decile=9)
        return {
            "yes": make_claimant("Ada Yes"),
            "possible": make_claimant("Ben Possible", expected_weeks=None),
            "elsewhere": make_claimant("Cas Elsewhere", area="T09"),
            "short": make_claimant("Dee Short", benefit_since=dt.date(2026, 5, 1)),
            "dead": make_claimant("Eve Dead", date_of_death=dt.date(2026, 6, 5)),
            "barred": make_claimant("Fay Barred", do_not_contact=True),
            "unsafe": make_claimant("Gil Unsafe", unsafe_address=True),
        }


def trawl(act, day: dt.date = DAY) -> int:
    with act("amina.begum") as actor:
        number = actor.membership_id
    run = run_trawl.start(SCHEME, as_at=day, membership_id=number, route="test")
    return run_trawl.carry_out(run, membership_id=number, route="test")


def found(act, run: int, name: str) -> trawls.FindingLine:
    with act("amina.begum"):
        return next(i for i in queries.work_list(run).items if i.name == name)
