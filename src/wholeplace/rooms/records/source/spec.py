"""A source file: whose extract it is, on what basis it is read, and how each row is checked.

`places/<place>/sources/NAME.yaml`. A file becomes one table of statements; its columns become
fields with a type and limits. Stored units: money in whole pence, dates as days, flags as
true or false; an empty value is stored as NULL and means that it is not known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from wholeplace.core.rules.files.faults import Fault, FileMistake, listed, meant_or_list
from wholeplace.core.rules.files.strict import Strict, read_model
from wholeplace.core.rules.files.yaml import Document

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Table = Literal[
    "resident",
    "address",
    "household",
    "member",
    "benefit_spell",
    "job",
    "account",
    "tenancy",
    "school_place",
    "attendance",
    "involvement",
]
Delivers = Literal["full", "changes"]

LONGEST_KEY = 60
# What a staged row holds besides its fields.
RESERVED = ("source_key", "person_key", "change", "fine", "raw", "said")
EARLIEST = dt.date(1900, 1, 1)
LATEST = dt.date(2100, 12, 31)


class _Field(Strict):
    """What every field has: the file's column, and whether a row may leave it empty."""

    column: Words
    required: bool = False


class TextField(_Field):
    """Words, with at most `most` characters and no control characters but line ends."""

    type: Literal["text"]
    most: Annotated[int, Field(ge=1, le=10_000)] = 200


class CodeField(_Field):
    """One of a list of codes, exactly as written; or of theirs, each with the one stored."""

    type: Literal["code"]
    codes: (
        Annotated[list[Words], Field(min_length=1)]
        | Annotated[dict[Words, Words], Field(min_length=1)]
    )

    @property
    def stored(self) -> dict[str, str]:
        """Code in the file → code stored."""
        return self.codes if isinstance(self.codes, dict) else {code: code for code in self.codes}


class DateField(_Field):
    """A day written `2026-06-01`, or `01/06/2026` where `format` is `day_month_year`.

    `latest: load_day` allows none after the day of loading. `ages: [0, 120]`, on a birth date,
    allows ages in whole years from one to the other on the day of which the file tells.
    """

    type: Literal["date"]
    format: Literal["iso", "day_month_year"] = "iso"
    earliest: dt.date = EARLIEST
    latest: dt.date | Literal["load_day"] = LATEST
    ages: (
        Annotated[list[Annotated[int, Field(ge=0, le=150)]], Field(min_length=2, max_length=2)]
        | None
    ) = None


class MoneyField(_Field):
    """Pounds written `123.45` or `123`; stored in pence."""

    type: Literal["money"]
    least: Decimal | int = 0
    most: Decimal | int = 1_000_000


class IntegerField(_Field):
    """A whole number."""

    type: Literal["integer"]
    least: int = 0
    most: Annotated[int, Field(le=2_000_000_000)] = 1_000_000


class NumberField(_Field):
    """A number with at most four decimals, such as hours a week."""

    type: Literal["number"]
    least: Decimal | int = 0
    most: Decimal | int = 1_000_000


class FlagField(_Field):
    """Yes or no, in the words of the file."""

    type: Literal["flag"]
    yes: Words = "Y"
    no: Words = "N"


class NiNumberField(_Field):
    """A National Insurance number, with or without spaces; `also` lists prefixes never issued."""

    type: Literal["ni_number"]
    also: list[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]] = []


class NhsNumberField(_Field):
    """An NHS number, with or without spaces; `also_invented` allows those that begin with 999.

    Source of the rule: NHS Data Dictionary, attribute NHS NUMBER.
    """

    type: Literal["nhs_number"]
    also_invented: bool = False


class UpnField(_Field):
    """A unique pupil number, temporary ones among them.

    Source of the rule: Department for Education, "Unique pupil numbers: guide for schools and
    local authorities".
    """

    type: Literal["upn"]


class PostcodeField(_Field):
    """A postcode, stored as people write it: capitals, one space."""

    type: Literal["postcode"]


class ReferenceField(_Field):
    """The key of a row of another of the source's files."""

    type: Literal["reference"]
    to: Name


AnyField = Annotated[
    TextField
    | CodeField
    | DateField
    | MoneyField
    | IntegerField
    | NumberField
    | FlagField
    | NiNumberField
    | NhsNumberField
    | UpnField
    | PostcodeField
    | ReferenceField,
    Field(discriminator="type"),
]


class PersonLink(Strict):
    """Whose row it is: a column that holds the key of the file of people."""

    column: Words
    to: Name


class ChangeColumn(Strict):
    """The column that says what became of a row, in a delivery of changes, and its codes.

    Of a row that ended only the key is read.
    """

    column: Words
    added: Words
    changed: Words
    ended: Words

    @property
    def codes(self) -> dict[str, str]:
        """Code in the file → `added`, `changed` or `ended`."""
        return {self.added: "added", self.changed: "changed", self.ended: "ended"}


@dataclass(frozen=True)
class Reading:
    """How a file is read.

    Args:
        day: the day of loading, after which nothing can have happened.
        as_at: the day of which the file tells, on which ages are counted.
        changes: whether it holds what changed, and not everything.
    """

    day: dt.date
    as_at: dt.date
    changes: bool = False


class FileSpec(Strict):
    """One file of an extract, as CSV (UTF-8) or, under the same name but `.parquet`, as Parquet.

    `key` is the column whose value names a row; `makes_people` marks the file with one row a
    person; `person` links a row to one. `change` is the column that only a delivery of changes
    has. `in_order` lists pairs of date fields of which the first must not come after the
    second. `ignored_columns` may stand in the file and are not read. When more than
    `most_set_aside_percent` of a file's rows fail their checks, or more than
    `most_vanished_percent` of what was current is no longer in it, or is ended by a delivery of
    changes, the load is refused: such a file is more likely to be wrong than the world to have
    changed so.
    """

    file: Words
    what: Words
    table: Table
    key: Words
    makes_people: bool = False
    person: PersonLink | None = None
    change: ChangeColumn | None = None
    fields: dict[Name, AnyField]
    in_order: list[Annotated[list[Name], Field(min_length=2, max_length=2)]] = []
    ignored_columns: list[Words] = []
    most_set_aside_percent: Annotated[int, Field(ge=0, le=100)] = 25
    most_vanished_percent: Annotated[int, Field(ge=0, le=100)] = 25

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, once each, the key first."""
        names = [self.key, *([self.person.column] if self.person else [])]
        names += [field.column for field in self.fields.values()]
        return tuple(dict.fromkeys(names))

    @cached_property
    def references(self) -> tuple[tuple[str, str], ...]:
        """(column, file it refers to) of each reference, the person's among them."""
        found = [(self.person.column, self.person.to)] if self.person else []
        fields = self.fields.values()
        found += [(field.column, field.to) for field in fields if isinstance(field, ReferenceField)]
        return tuple(found)


class SourceSpec(Strict):
    """One agency's extract.

    `delivers` says whether its files hold everything (`full`), what changed since the last
    (`changes`), or which of the two each manifest says (`either`); `every`, how often they come.
    The day of which they tell stands in the manifest: with `dated_by: manifest` it must; with
    `load_day` it is the day of loading where no manifest tells it.
    """

    source: Slug
    name: Words
    agency: Slug
    lawful_basis: Slug
    what: Words
    delivers: Delivers | Literal["either"] = "full"
    every: Literal["day", "week", "month", "term", "year"] | None = None
    dated_by: Literal["manifest", "load_day"] = "load_day"
    files: Annotated[dict[Name, FileSpec], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_file_of_people(self) -> SourceSpec:
        if sum(file.makes_people for file in self.files.values()) != 1:
            raise ValueError("exactly one file has `makes_people: true`")
        return self


def source_of(document: Document, name: str) -> SourceSpec:
    """The source of one loaded document, which must be called `name`.

    Raises:
        FileMistake: every fault found, with its line.
    """
    spec = read_model(document, SourceSpec)
    faults = list(_faults(document, spec, name))
    if faults:
        raise FileMistake(faults)
    return spec


def _faults(document: Document, spec: SourceSpec, stem: str) -> Iterator[Fault]:
    if spec.source != stem:
        what = f"the source is called `{spec.source}` and its file `{stem}.yaml`"
        yield document.fault(("source",), what, "give both the same name")
    earlier: list[str] = []
    for name, file in spec.files.items():
        yield from _link_faults(document, name, file, earlier)
        yield from _person_faults(document, name, spec)
        yield from _order_faults(document, name, file)
        yield from _field_faults(document, name, file)
        yield from _change_faults(document, name, spec)
        earlier.append(name)


def _link_faults(
    document: Document, name: str, file: FileSpec, earlier: list[str]
) -> Iterator[Fault]:
    """A file may refer only to files that stand before it, so that they are checked first."""
    for column, to in file.references:
        if to not in earlier:
            do = meant_or_list(to, earlier) or "put the file that it refers to before it"
            what = f"`{column}` refers to `{to}`, which does not stand before this file"
            yield document.fault(("files", name), what, do, key=True)


def _order_faults(document: Document, name: str, file: FileSpec) -> Iterator[Fault]:
    dates = [field for field, spec in file.fields.items() if isinstance(spec, DateField)]
    for pair in file.in_order:
        for field in pair:
            if field not in dates:
                what = f"`in_order` names `{field}`, which is no date of this file"
                yield document.fault(("files", name, "in_order"), what, f"use {listed(dates)}")


def _person_faults(document: Document, name: str, spec: SourceSpec) -> Iterator[Fault]:
    """A person is a row of the file that makes people, and of no other."""
    file = spec.files[name]
    people = next(other for other, one in spec.files.items() if one.makes_people)
    if file.makes_people and file.table != "resident":
        what = f"a file that makes people holds residents, and this one holds `{file.table}`"
        yield document.fault(("files", name, "table"), what, "use `table: resident`")
    if file.person and file.person.to in spec.files and file.person.to != people:
        what = f"`person` refers to `{file.person.to}`, which does not make people"
        yield document.fault(("files", name, "person", "to"), what, f"use `{people}`")


def _field_faults(document: Document, name: str, file: FileSpec) -> Iterator[Fault]:
    for field, spec in file.fields.items():
        place = ("files", name, "fields", field)
        if field in RESERVED:
            what = f"`{field}` is what the program itself calls something of every row"
            yield document.fault(place, what, "call the field otherwise", key=True)
        if isinstance(spec, DateField) and spec.ages and spec.ages[0] > spec.ages[1]:
            what = f"nobody is at least {spec.ages[0]} and at most {spec.ages[1]} years old"
            yield document.fault((*place, "ages"), what, "put the lower age first")


def _change_faults(document: Document, name: str, spec: SourceSpec) -> Iterator[Fault]:
    """A source that sends changes says for each file how they are marked; no other does."""
    change, place = spec.files[name].change, ("files", name)
    if change is None:
        if spec.delivers != "full":
            what = (
                f"the source delivers {spec.delivers}, and `change` does not say how it marks them"
            )
            yield document.fault(place, what, "name the column and its codes", key=True)
        return
    if spec.delivers == "full":
        what = "`change` is given, but the source delivers only full pictures"
        yield document.fault((*place, "change"), what, "say `delivers: either`", key=True)
    if len(change.codes) < 3:
        what = "two kinds of change have one code"
        yield document.fault((*place, "change"), what, "give each its own", key=True)
    if change.column in spec.files[name].columns:
        what = f"`{change.column}` is also read as another column of the file"
        yield document.fault((*place, "change", "column"), what, "name the column of changes")
