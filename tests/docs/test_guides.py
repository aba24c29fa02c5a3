"""The commands of the guides run, and print what the guides show."""

from __future__ import annotations

import pytest

from .terminal import ROOT, Step, Terminal, _compare

GUIDES = ROOT / "docs" / "guides"


def guide(name: str) -> str:
    return (GUIDES / f"{name}.md").read_text(encoding="utf-8")


def test_writing_a_scheme(terminal: Terminal) -> None:
    done = terminal.follow(guide("writing-a-scheme"))
    # Two of its checks are meant to fail, and nothing else is.
    failed = [command for command, printed in done if "draft/bus-fares.yaml:" in printed]
    assert failed == ["wholeplace scheme check draft/bus-fares.yaml"] * 2
    assert len(done) == 13
    assert "no figure of `winter_help`" in done[-1][1]


def test_a_new_extract(terminal: Terminal) -> None:
    done = terminal.follow(guide("a-new-extract"))
    loads = [printed for command, printed in done if "extracts load" in command]
    assert [("is done" in printed) for printed in loads] == [True, True, True, False]


def test_running_it(terminal: Terminal) -> None:
    done = dict(terminal.follow(guide("running-it")))
    assert "content and rights agree" in done["wholeplace restore monday.backup --replace"]


def test_for_analysts(terminal: Terminal) -> None:
    done = dict(terminal.follow(guide("for-analysts")))
    compared = done["wholeplace trawl compare 2"]
    assert "fell out 0," not in compared, "the change of the rules should have turned somebody"


def test_a_page_that_shows_what_is_not_printed_fails() -> None:
    with pytest.raises(AssertionError, match="should print: four"):
        _compare(Step("count", expected=["one", "…", "four"]), "one\ntwo\nthree\n")
    with pytest.raises(AssertionError, match="should print: three"):
        _compare(Step("count", expected=["one", "three"]), "one\ntwo\nthree\n")
    _compare(Step("count", expected=["one", "…", "thr …"]), "one\ntwo\nthr ee\n")
