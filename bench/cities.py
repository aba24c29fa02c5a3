"""Invented cities for benchmarks, made once and kept in var/bench."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from wholeplace.core.rules.facts import FactSpec
from wholeplace.population.facts import groupings_of
from wholeplace.population.geography import demonstration_geography
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.snapshot.extract import snapshot_from_extract

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "var" / "bench"
SEED = 7
BENEFITS = "council-benefits"


def city(people: int, *, open_data: Path | None = None) -> Path:
    """The folder of a city, an agency's extract a folder in it, made when it is not there yet.

    Args:
        open_data: the folder of official open files, for a city of real areas and postcodes.
    """
    folder = HOME / (f"city-real-{people}" if open_data else f"city-{people}")
    if not (folder / BENEFITS / "manifest.json").exists():
        command = Path(sys.executable).with_name("wholeplace")
        size = ["--people", str(people), "--seed", str(SEED), "--out", str(folder), "--force"]
        size += ["--open-data", str(open_data)] if open_data else []
        subprocess.run([str(command), "city", "make", *size], check=True)
    return folder


def day_after(people: int) -> Path:
    """The next deliveries of that city, as `changes` and as `full`, made when not there yet."""
    folder, out = city(people), HOME / f"city-{people}-next"
    if not (out / "truth.parquet").exists():
        command = Path(sys.executable).with_name("wholeplace")
        subprocess.run([str(command), "city", "next", str(folder), "--out", str(out)], check=True)
    return out


def city_snapshot(people: int, facts: Mapping[str, FactSpec]) -> Snapshot:
    """A city's snapshot, spells merged for these facts; made anew, to be of this program."""
    out = HOME / f"snapshot-{people}"
    shutil.rmtree(out, ignore_errors=True)
    folder = city(people)
    groupings = groupings_of(facts)
    geography = demonstration_geography(folder)
    return snapshot_from_extract(folder / BENEFITS, geography, out, groupings=groupings)
