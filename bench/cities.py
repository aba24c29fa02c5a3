"""Invented cities for benchmarks, made once and kept in var/bench."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "var" / "bench"
SEED = 7


def city(people: int) -> Path:
    """The folder of a city's benefits extract, made by `city make` when it is not there yet."""
    folder = HOME / f"city-{people}"
    if not (folder / "manifest.json").exists():
        command = Path(sys.executable).with_name("wholeplace")
        size = ["--people", str(people), "--seed", str(SEED), "--out", str(folder)]
        subprocess.run([str(command), "city", "make", *size], check=True)
    return folder
