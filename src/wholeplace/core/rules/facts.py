"""What a fact is: its meaning, type, question, class, source and one kind of derivation.

A fact file is `places/<place>/facts/NAME.yaml`. Units inside the program:
boolean = True/False, number and percent = exact decimals (a percent of 25 is `25`),
money = whole pence, date = a day, duration = whole days, code = a lower-case word.
Unknown is None (NULL) and nothing else.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from wholeplace.core.rules.files.faults import FileMistake, meant
from wholeplace.core.rules.files.strict import Strict, read_model
from wholeplace.core.rules.files.yaml import Document

FactKind = Literal["boolean", "number", "money", "date", "duration", "code", "percent"]
InformationClass = Literal["P0", "P1", "P2", "P3", "P4", "P5"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Days = Annotated[int, Field(ge=0, le=36_525)]


def _area_code(text: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{3,12}", text):
        raise ValueError(f"`{text[:20]}` is no area's code; write it like `E05011121`")
    return text


AreaCode = Annotated[str, AfterValidator(_area_code)]

DAYS_IN_UNIT = {"days": 1, "weeks": 7}


class Latest(Strict):
    """The column's value in the person's latest row whose `by` day is not after the day.

    NULL when there is no such row, and when the column is NULL in that row. until: a column of
    last days; rows that ended before the day do not count.
    """

    kind: Literal["latest"] = "latest"
    table: Name
    column: Name
    by: Name
    until: Name | None = None
    where: dict[Name, str] = Field(default_factory=dict)


class Spells(Strict):
    """How long, on the day, the person has been in an unbroken spell: `time_on(NAME)`.

    Total: 0 days when not in a spell; unknown only when a row that matters has no start.
    Spells at most `permitted_gap_days` apart are one. The spell still counts while
    day <= last day + 1 + `counts_until_days`; value = min(day, last day + 1) - first day.
    """

    kind: Literal["spells"] = "spells"
    table: Name
    column: Name
    kinds: Annotated[list[Name], Field(min_length=1)]
    permitted_gap_days: Days = 0
    counts_until_days: Days = 0


class Area(Strict):
    """The area of the residence of that day: its figure, or which area it is.

    indicator: the figure; NULL when the home or the figure is missing. named: instead of a
    figure, area code (`E05011135`) → one of the fact's codes; NULL for an area not named.
    """

    kind: Literal["area"] = "area"
    of: Literal["lsoa", "ward"]
    indicator: Name | None = None
    named: dict[AreaCode, Name] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_of(self) -> Area:
        if (self.indicator is None) == (not self.named):
            raise ValueError("`area` has either `indicator` (a figure) or `named` (which area)")
        return self


class Sum(Strict):
    """The sum of a column over the latest rows (one a household and kind); NULL when none.

    until: a column of last days; then the sum is over every row that runs on the day (`by` to
    `until`), and is total: 0 when none does.
    """

    kind: Literal["sum"] = "sum"
    table: Name
    column: Name
    by: Name
    until: Name | None = None
    where: dict[Name, str] = Field(default_factory=dict)


class Count(Strict):
    """How many rows have day - `within_days` < `by` <= day. Total: 0 when there are none.

    until: a column of last days; rows that ended before the day do not count.
    """

    kind: Literal["count"] = "count"
    table: Name
    by: Name
    within_days: Days
    until: Name | None = None
    where: dict[Name, str] = Field(default_factory=dict)


class Age(Strict):
    """Whole years lived on the day; someone born on 29 February ages on 1 March."""

    kind: Literal["age"] = "age"


class Computed(Strict):
    """Worked out from other facts by a rule, all of them read at the same day.

    In the rule `as_at` is the day that the fact is read at. Unknown when the rule is.
    """

    kind: Literal["rule"] = "rule"
    of: Annotated[str, StringConstraints(min_length=1)]


Relation = Literal["partner", "children", "parents", "non_dependants", "household"]
Take = Literal["count", "any", "all", "sum", "least", "greatest"]


class Related(Strict):
    """Something about the people whom the person lives with on the day.

    who: `partner`, `children`, `parents`, `non_dependants` or `household` (everybody else).
    when: a condition on each of them (everybody when left out). of: the value that `sum`,
    `least` and `greatest` take. `count`, `any`, `all` and `sum` of nobody are 0, no, yes and 0;
    `least` and `greatest` of nobody are unknown. What one of them leaves unknown stays unknown
    by Kleene's tables.
    """

    kind: Literal["related"] = "related"
    who: Relation
    take: Take
    when: str | None = None
    of: str | None = None


class Stated(Strict):
    """Only ever asked, never held: unknown until somebody says."""

    kind: Literal["stated"] = "stated"


_KINDS = ("latest", "spells", "area", "sum", "count", "age", "rule", "related", "stated")


def _tagged(value: Any) -> Any:
    """`{latest: {...}}` as `{kind: latest, ...}`, so that one key chooses the model."""
    if isinstance(value, str) and value in _KINDS:
        block = "{}" if value in ("stated", "age") else "{…}"
        raise ValueError(f"`{value}` is a block of keys; write `derive: {{{value}: {block}}}`")
    if not isinstance(value, dict):
        return value
    if len(value) != 1 or next(iter(value)) not in _KINDS:
        hint = meant(str(next(iter(value), "")), _KINDS)
        raise ValueError(f"`derive` has exactly one of: {', '.join(_KINDS)}; {hint}")
    kind, rest = next(iter(value.items()))
    if rest is not None and not isinstance(rest, dict):
        raise ValueError(f"`{kind}` must be a block of keys")
    if "kind" in (rest or {}):
        raise ValueError(f"unknown key `kind` in `{kind}`; did you mean `kinds`?")
    return {"kind": kind, **(rest or {})}


Derive = Annotated[
    Annotated[
        Latest | Spells | Area | Sum | Count | Age | Computed | Related | Stated,
        Field(discriminator="kind"),
    ],
    BeforeValidator(_tagged),
]

_FITS: dict[str, tuple[str, ...]] = {
    "spells": ("duration",),
    "count": ("number",),
    "age": ("number",),
    "area": ("number", "percent", "code"),
    "sum": ("money", "number"),
}


_LEAST = {
    "money": r"-?£[0-9]{1,3}(,?[0-9]{3})*\.[0-9]{2}",
    "number": r"-?[0-9]{1,9}",
    "percent": r"-?[0-9]{1,4}%",
}


class FactSpec(Strict):
    """One fact file.

    `unit` says what the source column counts in (a duration: `days` or `weeks`; a number:
    any word, shown to people). `codes` maps each code to its words (type `code` only).
    `example` is a rule that uses the fact, for its page of the reference. `least` is the least
    that can be stated, as a rule writes it; without it nothing negative can (`lowest`).
    """

    name: Name
    meaning: Text
    type: FactKind
    unit: str | None = None
    question: Text
    information_class: InformationClass = Field(alias="class")
    agency: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
    example: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    codes: dict[Name, Text] = Field(default_factory=dict)
    least: str | int | None = None
    derive: Derive

    @model_validator(mode="after")
    def _consistent(self) -> FactSpec:
        fits = _FITS.get(self.derive.kind)
        if fits and self.type not in fits:
            raise ValueError(f"`{self.derive.kind}` gives {' or '.join(fits)}, not {self.type}")
        if (self.type == "code") != bool(self.codes):
            raise ValueError("`codes` is given for the type `code`, and only for it")
        if isinstance(self.derive, Area):
            self._areas_fit(self.derive)
        if self.type == "duration" and self.unit not in DAYS_IN_UNIT:
            raise ValueError("a duration needs `unit: days` or `unit: weeks`")
        if self.least is not None and (self.type not in _LEAST or self._least() is None):
            raise ValueError("`least` is an amount, a whole number or percentage: `-£500.00`")
        return self

    def _least(self) -> int | None:
        found = re.fullmatch(_LEAST[self.type], str(self.least))
        return None if found is None else int(re.sub("[£,.%]", "", found.group()))

    @property
    def lowest(self) -> int | None:
        """The least that can be stated, in the unit (pence of money); None where anything can.

        Nothing is less than 0 unless its file says so, but for what is worked out: a
        difference, such as income less outgoings, can be.
        """
        if self.least is not None:
            return self._least()
        return None if self.derive.kind in ("rule", "related") else 0

    def _areas_fit(self, derive: Area) -> None:
        if (self.type == "code") != bool(derive.named):
            raise ValueError("`named` is given for the type `code`, and only for it")
        if unlisted := sorted(set(derive.named.values()) - set(self.codes)):
            raise ValueError(f"`named` has `{unlisted[0]}`, which `codes` does not list")

    @property
    def total(self) -> bool:
        """True when the derivation answers for everybody (0 rather than nothing)."""
        running = isinstance(self.derive, Sum) and self.derive.until is not None
        return running or self.derive.kind in ("spells", "count")

    @property
    def days_in_unit(self) -> int:
        """How many days one unit of the source column is: 1 unless it counts weeks."""
        return DAYS_IN_UNIT.get(self.unit or "", 1) if self.type == "duration" else 1

    @property
    def written(self) -> str:
        """How a rule writes the fact: `age`, `time_on(qualifying_benefits)`."""
        return f"time_on({self.name})" if self.derive.kind == "spells" else self.name


def fact_of(document: Document, name: str) -> FactSpec:
    """The fact of a loaded document, which must be called `name`. Raises FileMistake."""
    spec = read_model(document, FactSpec)
    if spec.name != name:
        what = f"the fact is called `{spec.name}` and its file `{name}.yaml`"
        raise FileMistake([document.fault(("name",), what, "give both the same name")])
    return spec
