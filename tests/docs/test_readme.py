"""The README's commands run as they stand, in a folder and a home of their own."""

from __future__ import annotations

import re

from .terminal import ROOT, Terminal, steps

PAGE = (ROOT / "README.md").read_text(encoding="utf-8")

# What each command must say for the README to have kept its word.
SAYS = {
    "prepare": r"The tables are of this version",
    "city make": r"The city in city is ready: 2,000 people; 2,0\d\d in council-benefits,",
    "extracts load": r"residents +2,0\d\d +2,0\d\d +0 +0 +0 +0\n[\s\S]*Load 5 is done\.",
    "identity link": r"Linking 1: [1-9],\d\d\d records\.",
    "identity score": r"pairs implied by clusters: [\s\S]*largest cluster [1-9]",
    "trawl run": r"2,?0\d\d people asked about\n +yes [1-9]\d*, possible [1-9]\d*\n",
    "trawl count": r"transition-payments: [1-9]\d* yes, [1-9]\d* possible",
    "scheme check": r"nothing wrong found\.\n[\s\S]*worked cases come to what they say",
    "audit verify": r"Every link holds\.",
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
    counted = re.search(r"yes (\d+), possible (\d+)", said["trawl run"])
    assert counted is not None
    for answer, count in zip(("yes", "possible"), counted.groups(), strict=True):
        listed = re.findall(rf"^ +P[0-9A-Z]{{8}} +{answer}\b", said["trawl run"], re.M)
        assert len(listed) == int(count)


def _name(command: str) -> str:
    words = command.split()[1:3]
    return " ".join(word for word in words if not word.startswith("-") and "/" not in word)


def test_the_two_commands_are_there_and_are_make_targets() -> None:
    first = re.findall(r"```console\n\$ (make \w+)\n", PAGE)
    assert first == ["make run", "make test"]
