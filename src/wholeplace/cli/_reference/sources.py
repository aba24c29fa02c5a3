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
    "date": "a day, `2026-06-01`",
    "money": "pounds, `123.45`",
    "integer": "a whole number",
    "number": "a number of at most four decimals",
    "ni_number": "a National Insurance number",
    "postcode": "a postcode",
}


def page(sources: Sequence[s.SourceSpec], place: PlaceRules) -> str:
    """The whole page, a section a source and a table a file."""
    lines = begin("Sources", "the place's files sources/*.yaml")
    lines += [
        "",
        "What agencies send. Files are UTF-8 with a header line; columns may stand in any",
    ]
    lines += ["order, and an empty value means that it is not known. A file in another layout is"]
    lines += ["refused whole; a row that fails a check is set aside with its line, field, value"]
    lines += ["and reason. [A guide](guides/a-new-extract.md) goes through it."]
    for source in sources:
        lines += _source(source, place)
    return whole(lines)


def _source(source: s.SourceSpec, place: PlaceRules) -> Iterator[str]:
    basis = place.bases[source.lawful_basis]
    yield ""
    yield f"## {source.name}"
    yield ""
    yield f"{ended(source.what)} From {words(source.agency)}; lawful basis: {ended(basis.name)}"
    for file in source.files.values():
        yield from _file(source, file)


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
    yield from table(("Column", "Holds", "Must be given"), rows)
    yield ""
    yield from (ended(f"{_pair(file, pair)}") + "  " for pair in file.in_order)
    yield (
        f"Refused whole when more than {file.most_set_aside_percent}% of its rows are set aside,"
        f" or more than {file.most_vanished_percent}% of what was current is gone."
    )


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
        case s.PostcodeField():
            return PLAIN["postcode"]


def _pounds(amount: Decimal | int) -> str:
    return f"{'-' if amount < 0 else ''}£{abs(amount):,}"


def _day(field: s.DateField) -> str:
    latest = field.latest
    to = show_date(latest) if isinstance(latest, dt.date) else "the day of loading"
    return f"{PLAIN['date']}, from {show_date(field.earliest)} to {to}"
