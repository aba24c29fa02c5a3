"""Prints every acceptance scenario as pass, fail or not yet, by running the tests marked so."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

LIST = Path("tests/scenarios.txt")
NO_TESTS_COLLECTED = 5


def verdict(outcomes: list[str]) -> str:
    """One word for all the tests of a scenario; one that was skipped proves nothing."""
    if "failed" in outcomes:
        return "fail"
    return "pass" if outcomes and set(outcomes) == {"passed"} else "not yet"


def run_tests() -> tuple[dict[str, list[str]], int]:
    """Runs the marked tests; their outcomes by number, and pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenarios.json"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.scenario_plugin"]
        ended = subprocess.run([*command, "--scenarios-to", str(file)], stdout=sys.stderr)
        found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return found, ended.returncode


def main() -> int:
    """Prints the list; 1 when a scenario failed or the tests could not be run."""
    found, code = run_tests()
    listed = [line.split("\t") for line in LIST.read_text(encoding="utf-8").splitlines()]
    counts: Counter[str] = Counter()
    for number, *title in listed:
        word = verdict(found.get(number, []))
        counts[word] += 1
        print(f"{number:<6}{word:<9}{' '.join(title)}".rstrip())
    unknown = sorted(found.keys() - {number for number, *_ in listed})
    for number in unknown:
        print(f"{number} is named by a test and is not in {LIST}")
    print(f"{len(listed)} scenarios: " + ", ".join(f"{n} {word}" for word, n in counts.items()))
    return int(bool(unknown or counts["fail"] or code not in {0, NO_TESTS_COLLECTED}))


if __name__ == "__main__":
    sys.exit(main())
