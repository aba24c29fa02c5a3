"""Killed at random moments of linking everybody and of a day's changes, and run again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction
from tests.conftest import ROOT
from tests.folders import folders_of_the_dead
from tests.integration.identity import days
from tests.waiting import until_let_go

from wholeplace.flows.link_people import link_people
from wholeplace.rooms.identity import basis
from wholeplace.rooms.identity.kept import kept_home

EVERYBODY, CHANGES = 12, 8  # of each, so many are killed
SEED = 20261122


def undisturbed(act, world: days.World, kept: Path) -> tuple[list[dict[str, list]], float]:
    """Who is who after a linking of everybody and after one of a day's changes, rolled back."""
    with transaction.atomic():
        begun = time.monotonic()
        assert link_people(kept=kept).figures["way"] == "everybody"
        took = time.monotonic() - begun
        found = [days.who_is_who(act, world)]
        days.the_day_after(act, world)
        assert link_people(kept=kept).figures["way"] == "changes"
        found.append(days.who_is_who(act, world))
        transaction.set_rollback(True)
    return found, took


def killed(times: int, longest: float) -> int:
    """Link so often, each killed at a random moment; returns how many were not done by then."""
    random = Random(SEED)
    moments = [f"{random.uniform(0.02, longest):.3f}" for _ in range(times)]
    command = [sys.executable, "-m", "tests.integration.identity.killing", *moments]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ, check=True, stdout=subprocess.PIPE, text=True
    )
    return int(done.stdout.split()[-2])


def test_killed_at_twenty_moments_and_run_again_is_as_if_never_killed(
    committed, act, tmp_path, monkeypatch
):
    monkeypatch.setattr(basis, "MOST", 1.0)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "wholeplace.site.settings")
    world = days.town(8)
    (whole, changed), took = undisturbed(act, world, tmp_path)
    assert whole != changed
    assert killed(EVERYBODY, took * 0.6) > 0
    until_let_go()
    link_people()
    assert days.who_is_who(act, world) == whole
    days.the_day_after(act, world)
    assert killed(CHANGES, took * 0.4) > 0
    until_let_go()
    assert link_people().figures["way"] == "changes"
    assert days.who_is_who(act, world) == changed
    assert folders_of_the_dead("linking") == []
    mine = [folder for folder in kept_home().iterdir() if folder.name.startswith(f"{committed}-")]
    assert len(mine) == 1, settings.HOME
