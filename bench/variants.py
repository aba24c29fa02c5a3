"""More schemes than the repository has: its own, and variants made from their files.

A variant is a scheme as another council might run it: some settings and thresholds higher or
lower, a criterion left out, or either of two enough. It is written as a scheme file and read by
the same loader and checker as any other.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from wholeplace.core.rules.files.scheme_loader import load_scheme, read_scheme
from wholeplace.core.rules.files.yaml import load
from wholeplace.core.rules.schemes import Part, PlaceRules, Scheme
from wholeplace.population.trawl.questions import meaning

MOST = 40  # variants of one file
FACTORS = (Fraction(1, 2), Fraction(3, 2), Fraction(3, 4), Fraction(2), Fraction(5, 4))
_AMOUNT = re.compile(
    r"(?P<arg>within: *[0-9]+ *[a-z]+)|(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"|£(?P<pounds>[0-9][0-9,]*(?:\.[0-9]{2})?)|(?P<percent>[0-9]+(?:\.[0-9]+)?)%"
    r"|\b(?P<number>[0-9]+(?:\.[0-9]+)?)\b(?P<unit> *(?:days?|weeks?|months?|years?)\b)?"
)


def schemes_of(
    place: Path,
    rules: PlaceRules,
    how_many: int,
    fits: Callable[[Scheme], bool] = lambda scheme: True,
) -> list[Scheme]:
    """The place's own schemes, then variants of them in turns, `how_many` in all.

    No two of them mean the same. There are fewer when the files have not figures enough to move.

    Args:
        place: the place's folder, read into `rules` already.
        fits: which of its schemes count; variants are made of those only.
    """
    files = sorted((place / "schemes").glob("*.yaml"))
    own = [file for file in files if fits(load_scheme(file, rules))]
    found = [load_scheme(file, rules) for file in own][:how_many]
    meant = {_meant(scheme) for scheme in found}
    for number, file in itertools.product(range(1, MOST), own):
        if len(found) == how_many:
            break
        made = variant(file, rules, number)
        if _meant(made) not in meant and fits(made):
            meant.add(_meant(made))
            found.append(made)
    return found


def _meant(scheme: Scheme) -> object:
    """Equal for schemes that mean the same."""
    rules = {key: (meaning(one.rule.tree), one.on) for key, one in scheme.criteria.items()}

    def part(of: Part) -> object:
        return rules[of.key] if of.kind == "criterion" else (of.kind, *map(part, of.parts))

    return part(scheme.eligible)


def variant(file: Path, rules: PlaceRules, number: int) -> Scheme:
    """Variant 1, 2, … of a scheme file: every second figure moved, and its parts put together
    otherwise (one in four as it stands, one without a criterion, two with a choice of two).
    """
    data = load(file).value
    data["scheme"] = f"{data['scheme']}-{number}"
    factor = FACTORS[number % len(FACTORS)]
    for place, setting in enumerate(data.get("settings", {}).values()):
        if (place + number) % 2 and not isinstance(setting["value"], (list, date)):
            setting["value"] = moved(str(setting["value"]), factor)
    for place, criterion in enumerate(data["criteria"].values()):
        if (place + number) % 2:
            criterion["when"] = moved(str(criterion["when"]), factor)
    _put_together(data, number)
    first = data["cases"][0]  # one is needed; what it comes to is not run
    data["cases"] = [{**first, "expect": {"eligible": first["expect"]["eligible"]}}]
    return read_scheme(_written(data), rules, f"{data['scheme']}.yaml")


def moved(rule: str, factor: Fraction) -> str:
    """A rule or a value with its amounts times `factor`, whole numbers kept whole.

    Days, the arguments of facts, and amounts under £1 (steps of rounding) stay.
    """

    def move(found: re.Match[str]) -> str:
        if found["pounds"]:
            pence = Fraction(found["pounds"].replace(",", "")) * 100
            return found[0] if pence < 100 else f"£{round(pence * factor) / 100:.2f}"
        if found["percent"]:
            return f"{float(Fraction(found['percent']) * factor):.1f}%"
        if found["number"]:
            number = Fraction(found["number"])
            more = max(number and 1, round(number * factor))
            return f"{more}{found['unit'] or ''}"
        return found[0]

    return _AMOUNT.sub(move, rule)


def _put_together(data: dict[str, Any], number: int) -> None:
    """Leave out a criterion, or let one of two be enough, where all were needed."""
    eligible = data["eligible"]
    names = eligible.get("all") if isinstance(eligible, dict) else None
    if not names or len(names) < 3:
        return
    at = number % (len(names) - 1)
    if number % 4 == 1:
        names.pop(at)
        left = json.dumps(eligible)
        data["criteria"] = {k: v for k, v in data["criteria"].items() if f'"{k}"' in left}
        others = json.dumps({**data, "settings": {}}, default=str)
        read = set(re.findall(r"\w+", others))
        data["settings"] = {k: v for k, v in data.get("settings", {}).items() if k in read}
    elif number % 4 > 1:
        names[at : at + 2] = [{"any": names[at : at + 2]}]


def _written(data: dict[str, Any]) -> str:
    """JSON is YAML, but for days and decimals, which stand there without quotation marks."""

    def plain(value: Any) -> str:
        if not isinstance(value, (date, Decimal)):
            raise TypeError(f"{value!r} in a scheme file")
        return f"\x01{value}\x01"

    text = json.dumps(data, default=plain, ensure_ascii=False)
    return re.sub(r'"\\u0001(.*?)\\u0001"', r"\1", text)
