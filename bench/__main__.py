"""`python -m bench [--only NAME] [--people N]`: measure, and say what was met.

A benchmark is a module of this folder with `NAME` and `run(people: int | None)`, which gives
its figures; None asks for the size that its target speaks of.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from types import ModuleType

from rich.console import Console
from rich.table import Table

import bench
from bench.figures import Figure

MET = {True: "met", False: "missed", None: "not this size"}


def benchmarks() -> dict[str, ModuleType]:
    """Every benchmark of this folder, by name."""
    names = [found.name for found in pkgutil.iter_modules(bench.__path__) if found.name[0] != "_"]
    modules = [importlib.import_module(f"bench.{name}") for name in sorted(names)]
    return {module.NAME: module for module in modules if hasattr(module, "NAME")}


def shown(figures: list[Figure]) -> Table:
    """The table: figure, ours, comparison, ratio, target, met or missed."""
    table = Table("figure", "ours", "comparison", "ratio", "target", "met")
    for row in figures:
        theirs = "" if row.theirs is None else f"{row.comparison}: {row.theirs:.3g} {row.unit}"
        table.add_row(
            row.figure,
            f"{row.ours:.3g} {row.unit}",
            theirs,
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.target,
            MET[row.met] if row.target else "",
        )
    return table


def main() -> int:
    """Run them; 0 when every target of the measured sizes was met, 1 when one was missed."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", choices=sorted(known), action="append", help="one benchmark")
    parser.add_argument("--people", type=int, help="a smaller city than the targets speak of")
    asked = parser.parse_args()
    if asked.people is not None and asked.people < 1:
        parser.error("--people must be 1 or more")
    console = Console()
    figures: list[Figure] = []
    for name in asked.only or sorted(known):
        console.print(f"Measuring {name}")
        figures += known[name].run(asked.people)
    console.print(shown(figures))
    for row in figures:
        if row.note:
            console.print(f"{row.figure}: {row.note}")
    return 1 if any(row.met is False for row in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
