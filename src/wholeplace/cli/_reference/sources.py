"""What an agency's extract holds, file by file and column by column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from wholeplace.cli._reference.markdown import begin, code, codes, ended, table, whole, words
from wholeplace.core.rules.schemes import PlaceRules
from wholeplace.core.rules.shown import show_date
from wholeplace.rooms.records.source import spec as s

PLAIN = {
    "text": "words",
    "date": "a day",
    "money": "pounds, `123.45`",
    "integer": "a whole number",
    "number": "a number of at most four decimals",
    "ni_number": "a National Insurance number",
    "nhs_number": "an NHS number",
    "upn": "a unique pupil number, permanent or temporary",
    "postcode": "a postcode",
}
WRITTEN = {"iso": "`2026-06-01`", "day_month_year": "`01/06/2026`"}
DELIVERS = {
    "full": "Each delivery holds everything",
    "changes": "Each delivery holds what changed since the last",
    "either": "A delivery holds everything, or what changed since the last",
}


def page(sources: Sequence[s.SourceSpec], place: PlaceRules) -> str:
    """The whole page, a section a source and a table a file."""
    lines = begin("Sources", "the place's files sources/*.yaml")
    lines += [
        "",
        "What agencies send. Files are CSV in UTF-8 with a header line, or Parquet under the same",
        "name but `.parquet`, whose columns may be typed. Columns may stand in any order, and an",
        "empty value means that it is not known. A file in another layout is refused whole; a row",
        "that fails a check is set aside with its line, field, value and reason.",
        "[A guide](guides/a-new-extract.md) goes through it.",
    ]
    for source in sources:
        lines += _source(source, place)
    return whole(lines)


def _source(source: s.SourceSpec, place: PlaceRules) -> Iterator[str]:
    basis = place.bases[source.lawful_basis]
    yield ""
    yield f"## {source.name}"
    yield ""
    yield f"{ended(source.what)} From {words(source.agency)}; lawful basis: {ended(basis.name)}"
    yield ""
    yield _delivery(source)
    for file in source.files.values():
        yield from _file(source, file)


def _delivery(source: s.SourceSpec) -> str:
    """What arrives, how often, and which day it tells of."""
    every = f", every {source.every}" if source.every else ""
    day = "The manifest must tell the day of which it speaks."
    if source.dated_by == "load_day":
        day = "It speaks of the day that the manifest tells, or else of the day of loading."
    return f"{DELIVERS[source.delivers]}{every}. {day}"


def _file(source: s.SourceSpec, file: s.FileSpec) -> Iterator[str]:
    yield ""
    yield f"### {file.file}"
    yield ""
    yield f"{ended(file.what)} Its key is {code(file.key)}, once a row.{_person(file)}"
    rows = [(code(file.key), f"the key, at most {s.LONGEST_KEY} characters", "yes")]
    if file.person:
        to = source.files[file.person.to]
        rows.append((code(file.person.column), f"a {code(to.key)} of {code(to.file)}", "yes"))
    rows += [_column(source, field) for field in file.fields.values()]
    if file.change:
        rows.append((code(file.change.column), _change(file.change), "in changes"))
    yield from table(("Column", "Holds", "Must be given"), rows)
    yield ""
    yield from (ended(f"{_pair(file, pair)}") + "  " for pair in file.in_order)
    yield (
        f"Refused whole when more than {file.most_set_aside_percent}% of its rows are set aside,"
        f" or more than {file.most_vanished_percent}% of what was current is gone."
    )


def _change(change: s.ChangeColumn) -> str:
    kinds = (f"{code(theirs)} ({ours})" for theirs, ours in change.codes.items())
    return f"only in a delivery of changes: {', '.join(kinds)}"


def _person(file: s.FileSpec) -> str:
    return " It makes the people that the other files speak of." if file.makes_people else ""


def _pair(file: s.FileSpec, pair: Sequence[str]) -> str:
    first, second = (file.fields[name].column for name in pair)
    return f"{code(first)} does not come after {code(second)}"


def _column(source: s.SourceSpec, field: s.AnyField) -> tuple[str, str, str]:
    return code(field.column), holds(source, field), "yes" if field.required else ""


def holds(source: s.SourceSpec, field: s.AnyField) -> str:
    """What a column may hold, in words."""
    match field:
        case s.CodeField(codes=dict(known)):
            meant = (f"{code(theirs)} (kept as {code(ours)})" for theirs, ours in known.items())
            return f"one of {', '.join(meant)}"
        case s.CodeField(codes=known):
            return f"one of {codes(known)}"
        case s.FlagField(yes=yes, no=no):
            return f"{code(yes)} or {code(no)}"
        case s.ReferenceField(to=to):
            return f"a {code(source.files[to].key)} of {code(source.files[to].file)}"
        case s.DateField():
            return _day(field)
        case s.TextField(most=most):
            return f"{PLAIN['text']}, at most {most} characters"
        case s.MoneyField(least=least, most=most):
            return f"{PLAIN['money']}, from {_pounds(least)} to {_pounds(most)}"
        case s.IntegerField(least=least, most=most) | s.NumberField(least=least, most=most):
            return f"{PLAIN[field.type]}, from {least:,} to {most:,}"
        case s.NiNumberField(also=also):
            spare = f"; or one with the prefix {codes(also)}, never issued" if also else ""
            return PLAIN["ni_number"] + spare
        case s.NhsNumberField(also_invented=also):
            spare = "; or one that begins with `999`, which nobody has" if also else ""
            return PLAIN["nhs_number"] + spare
        case s.UpnField() | s.PostcodeField():
            return PLAIN[field.type]


def _pounds(amount: Decimal | int) -> str:
    return f"{'-' if amount < 0 else ''}£{abs(amount):,}"


def _day(field: s.DateField) -> str:
    day = f"{PLAIN['date']}, {WRITTEN[field.format]}"
    latest = field.latest
    to = show_date(latest) if isinstance(latest, dt.date) else "the day of loading"
    if field.ages:
        least, most = field.ages
        age = f"; at least {least} and" if least else "; born by then and"
        return f"{day}{age} at most {most} years old on the day of which the file tells"
    return f"{day}, from {show_date(field.earliest)} to {to}"
