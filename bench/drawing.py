"""Draws bad input by chance: noise, words that do not belong, and files changed a little."""

from __future__ import annotations

import copy
import datetime as dt
import re
import string
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from wholeplace.core.rules.files.scheme_loader import load_place, load_schemes
from wholeplace.core.rules.schemes import PlaceRules, Scheme

SIGNS = ["(", ")", "[", "]", ",", ":", "+", "-", "*", "=", "!=", "<", "<=", ">", ">=", "%", "£"]
ODD = [";", "#", "--", "'", '"', "`", "/*", "\\", "$1", "?", "{{", "\x00", "\n", "\t", "２６", "…"]
WORDS = [
    *("and", "or", "not", "in", "between", "yes", "no", "min", "max", "weeks", "days"),
    *("months", "years", "26", "3.5", "£35.00", "25.0%", "2026-06-01", "as_at", "time_on"),
    *("if", "then", "else", "table", "round_up", "round_down", "within"),
    *("99999999999999999999", "£9,999,999,999.99", "0.0000000000001", "2026-02-30"),
]
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 26, 10**17, -(10**17), Decimal("0.1"), Decimal("-99999.9999")),
    *("", " ", "yes", "no", "unknown", "no record", "since 2026-06-01", "since 2099-01-01"),
    *("£35.00", "£-1.00", "£999,999,999,999.99", "26 weeks", "3 months", "-5 days", "25.0%"),
    *("9" * 400, "x" * 5_000, "age >= 18", "as_at", "time_on(qualifying_benefits)", "é\u202e\x85"),
    *(dt.date(2026, 6, 1), dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(2099, 1, 1)),
    *([], {}, [1, [2, [3]]], {"all": []}, {"any": [{"not": "x"}]}, ["council-benefits"]),
]


def corpus(schemes: list[Scheme]) -> list[str]:
    """Every rule of the schemes, to change by chance."""
    found = [item.rule.text for scheme in schemes for item in scheme.criteria.values()]
    found += [pay.amount.text for scheme in schemes for pay in scheme.pays.values()]
    return sorted(set(found))


class Drawing:
    """Draws texts and values from one seed: the same seed draws the same."""

    def __init__(self, seed: int, place: PlaceRules, schemes: list[Scheme]) -> None:
        self._chance = Random(seed)
        self._rules = corpus(schemes)
        self._names = [spec.written for spec in place.facts.values()]
        self._names += [code for spec in place.facts.values() for code in spec.codes]
        self._names += list(place.rates)

    def rule(self) -> str:
        """A text to be read as a rule: noise, words by chance, or a rule changed by chance."""
        kind = self._chance.random()
        if kind < 0.1:
            return self._noise()
        if kind < 0.3:
            return " ".join(self._word() for _ in range(self._chance.randrange(1, 25)))
        text = self._chance.choice(self._rules)
        for _ in range(self._chance.choice([0, 1, 1, 1, 2, 3, 8])):
            text = self._changed(text)
        return text

    def _noise(self) -> str:
        size = self._chance.randrange(0, 120)
        if self._chance.random() < 0.5:
            return bytes(self._chance.randrange(256) for _ in range(size)).decode("latin-1")
        ranges = [(32, 127), (0, 0x2FF), (0x2000, 0x2100), (0xFF00, 0xFFEF), (0x10000, 0x1F9FF)]
        low, high = self._chance.choice(ranges)
        return "".join(chr(self._chance.randrange(low, high)) for _ in range(size))

    def _word(self) -> str:
        return self._chance.choice(self._chance.choice([WORDS, SIGNS, self._names, ODD]))

    def _changed(self, text: str) -> str:
        one, two = sorted(self._chance.randrange(len(text) + 1) for _ in range(2))
        deep = self._chance.choice([1, 5, 49, 51, 2_000])
        ways: list[Callable[[], str]] = [
            lambda: text[:one] + text[two:],
            lambda: text[:two] + text[one:],
            lambda: f"{text[:one]} {self._word()} {text[one:]}",
            lambda: text[:one] + self._word() + text[two:],
            lambda: text[:one] + self._chance.choice(ODD + list(string.printable)) + text[one:],
            lambda: text[:one] + self._chance.choice(self._rules)[-two:],
            lambda: f"({text}) {self._chance.choice(['and', 'or', '='])} ({self.rule()[:500]})",
            lambda: f"{'(' * deep}{text}{')' * deep}",
            lambda: f"{'not ' * deep}{text}",
            lambda: f"if {text} then {text} else not ({text})",
            lambda: re.sub(r"[0-9]", lambda digit: self._chance.choice("0123456789"), text),
            lambda: text.replace(" ", self._chance.choice(["", "  ", "\n", "\u00a0"])),
            lambda: text.upper(),
        ]
        return self._chance.choice(ways)()[:20_000]

    # -- files ------------------------------------------------------------------------
    def edited(self, text: str) -> str:
        """A file's text with lines or characters changed by chance."""
        for _ in range(self._chance.choice([1, 1, 2, 5])):
            lines = text.split("\n")
            at = self._chance.randrange(len(lines))
            other = self._chance.randrange(len(lines))
            cut = self._chance.randrange(len(lines[at]) + 1)
            put = self._chance.choice([self._word(), " ", "  ", ": ", "- ", "&a ", "*a", "!!x "])
            changes = [
                [*lines[:at], *lines[at + 1 :]],
                [*lines[:at], lines[other], *lines[at:]],
                [*lines[:at], lines[at][:cut] + put + lines[at][cut:], *lines[at + 1 :]],
                [*lines[:at], lines[at][:cut], *lines[at + 1 :]],
                [*lines[:at], " " + lines[at], *lines[at + 1 :]],
            ]
            text = "\n".join(self._chance.choice(changes))
        return text

    def replaced(self, value: Any) -> Any:
        """A document's value with parts put in, taken out, renamed or exchanged by chance."""
        whole = copy.deepcopy(value)
        for _ in range(self._chance.choice([1, 1, 2, 4])):
            paths = [path for path in _paths(whole) if path]
            if not paths:
                return whole
            path = self._chance.choice(paths)
            parent = _at(whole, path[:-1])
            self._replace(whole, parent, path[-1], paths)
        return whole

    def _replace(self, whole: Any, parent: Any, key: Any, paths: list[tuple[Any, ...]]) -> None:
        match self._chance.randrange(6):
            case 0:
                del parent[key]
            case 1:
                parent[key] = copy.deepcopy(_at(whole, self._chance.choice(paths)))
            case 2 if isinstance(parent, dict):
                parent[self._chance.choice([self._word(), f"{key}s", "x"])] = parent.pop(key)
            case 3:
                parent[key] = [parent[key]]
            case 4 if isinstance(parent[key], str):
                parent[key] = self._changed(parent[key])[:2_000]
            case _:
                parent[key] = copy.deepcopy(self._chance.choice(VALUES))

    def stated(self) -> dict[str, Any]:
        """Facts with values of any type, names that are none among them."""
        names = [*self._names, "", "agee", "time_on(age)", "jobs_started(within: 5 weeks)"]
        return {
            self._chance.choice(names): copy.deepcopy(self._chance.choice(VALUES))
            for _ in range(self._chance.randrange(1, 5))
        }


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = list(value.items()) if isinstance(value, dict) else []
    inner = list(enumerate(value)) if isinstance(value, list) else inner
    for key, part in inner:
        yield from _paths(part, (*path, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def drawing(seed: int, folder: Path) -> Drawing:
    """A drawing from the rules and schemes of a place."""
    place = load_place(folder)
    return Drawing(seed, place, load_schemes(folder, place))
