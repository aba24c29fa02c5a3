"""Small rules about the files themselves.

Locks name no address of any registry, so that they hold wherever they are used; decisions
(docs/adr) are numbered without gaps or doubles and say their state; no tracked text names a
folder that only one machine has.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LOCK = re.compile(r"(requirements[^/]*\.(lock|txt|in)|package-lock\.json|\.npmrc|pip\.conf)$")
ADDRESS = re.compile(r"(https?|git\+\w+|file):" + "//")
DECISION = re.compile(r"^(\d{4})-[a-z0-9-]+\.md$")
# Written so that this file does not find itself.
ONE_MACHINE = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:wor[k]|tm[p]|hom[e]/[a-z]+|roo[t])/[A-Za-z.]")


def tracked() -> list[Path]:
    """The files git tracks and that still exist."""
    names = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [Path(name) for name in names if Path(name).is_file()]


def addresses(files: list[Path]) -> Iterator[str]:
    """Addresses in lock and registry settings files."""
    for file in files:
        if LOCK.search(file.name):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                if ADDRESS.search(line):
                    yield f"{file}:{number} names an address: run `make lock`"


def decisions(files: list[Path]) -> Iterator[str]:
    """Gaps, doubles and strangers among the decision records."""
    names = [file.name for file in files if file.parent == Path("docs/adr")]
    numbers = []
    for name in sorted(names):
        if (found := DECISION.match(name)) is None:
            yield f"docs/adr/{name}: name it NNNN-what-was-decided.md"
        else:
            numbers.append(int(found[1]))
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"docs/adr: numbers run {numbers}, not from 1 without gaps or doubles"


def one_machine(files: list[Path]) -> Iterator[str]:
    """Folders of one machine named in a text."""
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if ONE_MACHINE.search(line):
                yield f"{file}:{number} names a folder of one machine"


def main() -> int:
    """Prints every fault and returns how the check ended."""
    files = tracked()
    faults = [*addresses(files), *decisions(files), *one_machine(files)]
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
