"""Runs what a page shows: its files are written, its commands typed, its output compared.

In a page, `<!-- file: NAME -->` before a block makes the block a file, and `<!-- run … -->`
makes it a session: lines after `$ ` are typed in bash, and the lines below must be printed in
that order (spaces squeezed; `…` alone stands for any lines, at an end for the rest of one).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"<!-- (file: (?P<name>\S+)|run[^>]*) -->\n```\w*\n(?P<body>.*?)```", re.S)


@dataclass
class Step:
    """A file to write (`name`), or a command with the lines that it must print."""

    text: str
    name: str = ""
    expected: list[str] = field(default_factory=list)


def steps(page: str) -> Iterator[Step]:
    """Everything that a page has done, in order."""
    for block in BLOCK.finditer(page):
        if block["name"]:
            yield Step(block["body"], name=block["name"])
        else:
            yield from _session(block["body"])


def _session(body: str) -> Iterator[Step]:
    step = None
    for line in body.splitlines():
        if line.startswith("$ "):
            if step:
                yield step
            step = Step(line[2:])
        elif step:
            step.expected.append(line)
    if step:
        yield step


@dataclass(frozen=True)
class Terminal:
    """A folder with a place in it, and a home of its own."""

    folder: Path
    home: Path

    def type(self, command: str) -> subprocess.CompletedProcess[str]:
        """Runs one command line in bash, as a reader would who set up the project."""
        own = {k: v for k, v in os.environ.items() if not k.startswith(("WHOLEPLACE", "DJANGO"))}
        own |= {"WHOLEPLACE_HOME": str(self.home), "COLUMNS": "200", "NO_COLOR": "1"}
        own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{own['PATH']}"
        own.pop("DATABASE_URL", None)
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=own,
            text=True,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )

    def follow(self, page: str) -> list[tuple[str, str]]:
        """Does all that a page shows; gives each command with what it printed.

        Raises:
            AssertionError: a line that the page shows was not printed.
        """
        done = []
        for step in steps(page):
            if step.name:
                (self.folder / step.name).write_text(step.text, encoding="utf-8")
                continue
            ran = self.type(step.text)
            printed = ran.stdout + ran.stderr
            assert ran.returncode in (0, 2), f"{step.text}\n{printed}"
            _compare(step, printed)
            done.append((step.text, printed))
        return done


def _compare(step: Step, printed: str) -> None:
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    at, anywhere = 0, True
    for shown in step.expected:
        wanted = " ".join(shown.split())
        if wanted == "…":
            anywhere = True
            continue
        found = next((n for n in range(at, len(lines)) if _same(lines[n], wanted)), None)
        where = f"$ {step.text}\nshould print: {shown}\nand printed:\n{printed}"
        assert found is not None and (anywhere or found == at), where
        at, anywhere = found + 1, False


def _same(line: str, wanted: str) -> bool:
    return line.startswith(wanted.removesuffix(" …")) if wanted.endswith(" …") else line == wanted
