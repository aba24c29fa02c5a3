"""The README's commands run as they stand, in a folder and a home of their own."""

from __future__ import annotations

import re

from .terminal import ROOT, Terminal, steps

PAGE = (ROOT / "README.md").read_text(encoding="utf-8")

# What each command must say for the README to have kept its word.
SAYS = {
    "prepare": r"The tables are of this version",
    "city make": r"The city in city is ready: 2,000 in residents\.csv",
    "extracts load": r"residents +2,000 +2,000 +0 +0 +0 +0\n[\s\S]*Load 1 is done\.",
    "trawl run": r"(?i)\byes\b[\s\S]*\bpossible\b[\s\S]*\bP[0-9A-HJKMNP-TV-Z]{8}\b",
    "scheme check": r"nothing wrong found\.\n[\s\S]*worked cases come to what they say",
    "audit verify": r"(?i)\bevents?\b",
}


def test_the_commands_do_what_the_readme_says(terminal: Terminal) -> None:
    said: dict[str, str] = {}
    for step in steps(PAGE):
        ran = terminal.type(step.text)
        assert ran.returncode == 0, f"$ {step.text}\n{ran.stdout}{ran.stderr}"
        said[_name(step.text)] = ran.stdout
    assert list(said) == list(SAYS)
    wrong = {name: text for name, text in said.items() if not re.search(SAYS[name], text)}
    assert wrong == {}


def test_the_trail_holds_what_the_commands_did(terminal: Terminal) -> None:
    for command in (step.text for step in steps(PAGE)):
        if _name(command) != "audit verify":
            assert terminal.type(command).returncode == 0, command
    ran = terminal.type("wholeplace audit verify --json")
    assert ran.returncode == 0, ran.stderr
    assert '"broken": null' in ran.stdout


def _name(command: str) -> str:
    words = command.split()[1:3]
    return " ".join(word for word in words if not word.startswith("-") and "/" not in word)


def test_the_two_commands_are_there_and_are_make_targets() -> None:
    first = re.findall(r"```console\n\$ (make \w+)\n", PAGE)
    assert first == ["make run", "make test"]
