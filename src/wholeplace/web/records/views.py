"""`/loads`: the latest loads, and what each set aside, by reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html

from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.records import loads as queries
from wholeplace.rooms.records.loads import LoadLine, SetAside
from wholeplace.rooms.records.quarantine import Narrowed
from wholeplace.web.gate import page
from wholeplace.web.loads.aside import href, short, tabs
from wholeplace.web.loads.words import line_of, plain, source_name
from wholeplace.web.look.marks import day, link, moment, status
from wholeplace.web.look.model import Column, SummaryRow

LOADS = (
    Column("Load", heading=True),
    Column("Agency"),
    Column("What"),
    Column("Of the day"),
    Column("State"),
    Column("Rows read", numeric=True),
    Column("Set aside", numeric=True),
    Column("Finished"),
)
WHAT = {"full": "Full picture", "changes": "Changes"}
FILES = {
    **{name: name.capitalize() for name in ("read", "added", "changed", "same", "ended")},
    "with_person": "Ended with person",
    "kept": "Kept",
    "set_aside": "Set aside",
}
REASONS = (
    Column("File", heading=True),
    Column("Field"),
    Column("Why"),
    Column("Rows", numeric=True),
    Column("First one"),
    Column("Its value"),
)


@page("load.read")
def loads(request: HttpRequest) -> HttpResponse:
    """The newest loads."""
    rows = [
        (
            link(f"{source_name(line.source)}, load {line.id}", f"/loads/{line.id}"),
            line.agency,
            _what(line),
            day(line.as_at, short=True) if line.as_at else "–",
            _state(line),
            f"{_read(line):,}",
            f"{line.set_aside:,}",
            moment(line.finished_at),
        )
        for line in queries.loads()
    ]
    context = {"tabs": tabs("/loads"), "columns": LOADS, "rows": rows}
    return render(request, "records/loads.html", context)


@page("load.read", hidden=True)
def load(request: HttpRequest, load_id: int) -> HttpResponse:
    """`/loads/<id>`: one load, file by file. A value set aside may be a person's: a view."""
    found = queries.load(load_id)
    aside = queries.set_aside(load_id)
    audit.record("load.view", record=f"load {load_id}")
    with_person = _any(found, "with_person")
    kinds = [kind for kind in FILES if kind != "with_person" or with_person]
    context = {
        "found": found,
        "about": _about(found),
        "file_columns": (
            Column("File", heading=True),
            *(Column(FILES[kind], numeric=True) for kind in kinds),
        ),
        "files": [
            (plain(name), *(f"{counts.get(kind, 0):,}" for kind in kinds))
            for name, counts in found.counts.items()
        ],
        "kept": _any(found, "kept"),
        "with_person": with_person,
        "columns": REASONS,
        "aside": [_reason(found, one) for one in aside],
    }
    return render(request, "records/load.html", context)


def _any(found: LoadLine, kind: str) -> bool:
    return any(counts.get(kind) for counts in found.counts.values())


def _about(found: LoadLine) -> list[SummaryRow]:
    return [
        SummaryRow("Source", source_name(found.source)),
        SummaryRow("Agency", found.agency),
        SummaryRow("What", _what(found)),
        SummaryRow("Of the day", day(found.as_at)),
        SummaryRow("State", status(found.state)),
        *([SummaryRow("Why", found.why_refused)] if found.why_refused else []),
        SummaryRow("Began", moment(found.started_at)),
        SummaryRow("Finished", moment(found.finished_at)),
    ]


def _reason(found: LoadLine, one: SetAside) -> tuple[object, ...]:
    why = link(one.reason, _rows_of(found, one))
    first = line_of(one.file, one.first_line).capitalize()
    file, field = plain(one.file), plain(one.field)
    return (file, field, why, one.rows, first, short(one.first_value))


def _rows_of(found: LoadLine, one: SetAside) -> str:
    """The rows of the same reason that stand by now, which may be fewer."""
    return href("/loads/aside/rows", Narrowed(found.source, one.file, one.reason, one.field))


def _what(line: LoadLine) -> str:
    if line.corrected:
        return "Rows put right"
    return WHAT.get(line.delivers, line.delivers)


def _state(line: LoadLine) -> object:
    if not line.why_refused:
        return status(line.state)
    return format_html("<span>{} {}</span>", status(line.state), line.why_refused)


def _read(line: LoadLine) -> int:
    return sum(counts.get("read", 0) for counts in line.counts.values())
