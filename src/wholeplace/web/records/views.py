"""`/loads`: the latest loads, and what each set aside, by reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.records import loads as queries
from wholeplace.rooms.records.loads import LoadLine
from wholeplace.web.gate import page
from wholeplace.web.look.marks import link, moment, status
from wholeplace.web.look.model import Column, SummaryRow

LOADS = (
    Column("Load", heading=True),
    Column("State"),
    Column("Rows read", numeric=True),
    Column("Set aside", numeric=True),
    Column("Finished"),
)
FILES = ("read", "added", "changed", "same", "ended", "kept", "set_aside")
REASONS = (
    Column("File", heading=True),
    Column("Field"),
    Column("Why"),
    Column("Rows", numeric=True),
    Column("First line", numeric=True),
    Column("Its value"),
)


@page("load.read")
def loads(request: HttpRequest) -> HttpResponse:
    """The newest loads."""
    rows = [
        (
            link(f"{line.source}, load {line.id}", f"/loads/{line.id}"),
            status(line.state),
            f"{_read(line):,}",
            f"{line.set_aside:,}",
            moment(line.finished_at),
        )
        for line in queries.loads()
    ]
    return render(request, "records/loads.html", {"columns": LOADS, "rows": rows})


@page("load.read", hidden=True)
def load(request: HttpRequest, load_id: int) -> HttpResponse:
    """`/loads/<id>`: one load, file by file. A value set aside may be a person's: a view."""
    found = queries.load(load_id)
    aside = queries.set_aside(load_id)
    audit.record("load.view", record=f"load {load_id}")
    context = {
        "found": found,
        "about": [
            SummaryRow("Source", found.source),
            SummaryRow("State", status(found.state)),
            SummaryRow("Began", moment(found.started_at)),
            SummaryRow("Finished", moment(found.finished_at)),
        ],
        "file_columns": (
            Column("File", heading=True),
            *(Column(name.replace("_", " ").capitalize(), numeric=True) for name in FILES),
        ),
        "files": [
            (name, *(f"{counts.get(kind, 0):,}" for kind in FILES))
            for name, counts in found.counts.items()
        ],
        "columns": REASONS,
        "aside": [
            (one.file, one.field, one.reason, one.rows, one.first_line, one.first_value or "Empty")
            for one in aside
        ],
    }
    return render(request, "records/load.html", context)


def _read(line: LoadLine) -> int:
    return sum(counts.get("read", 0) for counts in line.counts.values())
