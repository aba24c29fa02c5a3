"""Killed at random moments of loading several agencies, and run again: as if never killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from django.db import transaction
from tests.conftest import ROOT
from tests.folders import folders_of_the_dead
from tests.integration.records.cities import changes_of, load_all, make, stored
from tests.waiting import until

from wholeplace.flows.load_extracts import NotLoaded

FULL, CHANGES = 12, 8  # of each, so many are killed
SEED = 20261122


def undisturbed(act, *folders: Path) -> list[dict[str, str]]:
    """What stands after each of some deliveries, loaded one after another; rolled back."""
    found = []
    with transaction.atomic():
        for folder in folders:
            load_all(folder)
            found.append(stored(act))
        transaction.set_rollback(True)
    return found


def killed(folder: Path, times: int, longest: float) -> int:
    """Load so often, each killed at a random moment; returns how many were not done by then."""
    random = Random(SEED)
    moments = [f"{random.uniform(0.02, longest):.3f}" for _ in range(times)]
    command = [sys.executable, "-m", "tests.integration.records.killing", str(folder), *moments]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ, check=True, stdout=subprocess.PIPE, text=True
    )
    return int(done.stdout.split()[-2])


def load_when_free(folder: Path) -> None:
    """Load; what the server still does for one that was killed is waited for."""

    def loaded() -> bool:
        return not any(isinstance(one, NotLoaded) for one in load_all(folder).values())

    until(loaded, "the loads of those that were killed did not end")


def test_killed_at_twenty_moments_and_run_again_is_as_if_never_killed(
    committed, act, tmp_path, monkeypatch
):
    city = make(tmp_path / "city", people=200)
    for left_out in ("community-health", "schools"):  # three sources are several
        shutil.rmtree(city / left_out)
    changes = changes_of(city, tmp_path / "changes")
    begun = time.monotonic()
    whole, changed = undisturbed(act, city, changes)
    took = time.monotonic() - begun
    assert whole != changed
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "wholeplace.site.settings")
    assert killed(city, FULL, took * 0.5) > 0
    load_when_free(city)
    assert stored(act) == whole
    assert killed(changes, CHANGES, took * 0.3) > 0
    load_when_free(changes)
    assert stored(act) == changed
    assert folders_of_the_dead("loading") == []
