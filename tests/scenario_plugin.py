"""Gathers how the acceptance scenarios ended: `-p tests.scenario_plugin --scenarios-to FILE`.

A test proves a scenario by its marker, @pytest.mark.scenario("05.2"). Only marked tests are
kept. A scenario passes when every test that carries its number has passed.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

KEY = "scenario"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--scenarios-to", help="write each scenario's outcomes to this file")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    others = [item for item in items if item.get_closest_marker(KEY) is None]
    for item in items:
        for marker in item.iter_markers(KEY):
            item.user_properties.extend((KEY, str(number)) for number in marker.args)
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in set(others)]


class Outcomes:
    """Scenario number to the outcomes of the tests that carry it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.found: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            for key, number in report.user_properties:
                if key == KEY:
                    self.found.setdefault(str(number), []).append(report.outcome)

    def pytest_sessionfinish(self) -> None:
        self.file.write_text(json.dumps(self.found), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    file = config.getoption("--scenarios-to")
    if file and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcomes(Path(file)))
