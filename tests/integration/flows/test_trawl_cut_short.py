"""A trawl that is killed, that fails, and that is carried out twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from tests.builders import SCHEME, make_area, make_claimant
from tests.integration.flows.trawled import DAY, city, trawl
from tests.waiting import until_let_go

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows import run_trawl
from wholeplace.rooms.casework import queries
from wholeplace.rooms.schemes import queries as trawls
from wholeplace.rooms.schemes.models import Finding, TrawlRun

__all__ = ["city"]  # a fixture


def test_a_run_that_is_whole_is_left_as_it_is(act, city):
    run = trawl(act)
    with act("amina.begum") as actor:
        number = actor.membership_id
    run_trawl.carry_out(run, membership_id=number, route="test")
    with act("amina.begum"):
        assert queries.work_list(run).total == 5


def test_a_trawl_that_fails_is_marked_with_its_reason_and_can_be_carried_out_again(
    act, city, monkeypatch
):
    with act("amina.begum") as actor:
        number = actor.membership_id
    run = run_trawl.start(SCHEME, as_at=DAY, membership_id=number, route="test")

    def broken(**_: object) -> None:
        raise UserMistake("The disk is full.")

    with monkeypatch.context() as patch, pytest.raises(UserMistake):
        patch.setattr(run_trawl, "take_snapshot", broken)
        run_trawl.carry_out(run, membership_id=number, route="test")
    with act("amina.begum"):
        assert trawls.run(run).line.failure == "The disk is full."
    run_trawl.carry_out(run, membership_id=number, route="test")
    with act("amina.begum"):
        assert (trawls.run(run).line.state, queries.work_list(run).total) == ("whole", 5)


def test_a_trawl_killed_at_any_moment_leaves_nothing_and_the_next_is_whole(committed, act):
    with act("system-loader"):
        make_area("T01", decile=1)
        for n in range(40):
            make_claimant(f"Person {n}")
    command = [sys.executable, "-m", "wholeplace.site.main", "trawl", "run", SCHEME]
    command += ["--as-at", DAY.isoformat(), "--json"]
    for _ in range(2):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ)
        while process.poll() is None and not running(act):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        until_let_go()
    with act("amina.begum"):
        assert Finding.objects.exclude(run__state="whole").count() == 0
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"] == {"yes": 40, "possible": 0}
    with act("amina.begum"):
        states = {line.id: line.state for line in trawls.runs()}
        last = max(states)
        assert states[last] == "whole"
        assert {state for run, state in states.items() if run != last} <= {"failed", "whole"}
        assert queries.work_list(last).total == 40


def running(act) -> bool:
    with act("amina.begum"):
        return TrawlRun.objects.filter(state="running").exists()
