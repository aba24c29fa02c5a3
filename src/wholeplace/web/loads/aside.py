"""`/loads/aside`: what stands set aside, by reason; the rows of one; one row as it stood."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.http import urlencode

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows import mend_rejects
from wholeplace.flows.mend_rejects import Described
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.records import quarantine
from wholeplace.rooms.records.quarantine import AsideRow, Corrected, Line, Narrowed, Reason
from wholeplace.rooms.records.source.wrong import place
from wholeplace.web.gate import actor_of, page, page_after
from wholeplace.web.loads.forms import STATES, Narrow
from wholeplace.web.loads.words import (
    breakable,
    in_words,
    line_of,
    place_in_words,
    plain,
    source_name,
)
from wholeplace.web.look.marks import day, link, moment, tag
from wholeplace.web.look.model import Link, SummaryRow, columns
from wholeplace.web.look.words import counted

SIZE = 25
SHORT = 80  # characters of a value in a list
COLOURS = {"open": "orange", "mended": "green", "dropped": "grey"}
REASONS = columns(
    "Why", "Source", "File and field", "Rows", "Days", "For example", numeric=("Rows",)
)
ROWS = columns("Row", "Its key", "Value", "Delivery of", "Load")
VALUES = columns("Column", "As it stood", "What is wrong")


def tabs(current: str) -> list[Link]:
    """The three pages about what was loaded."""
    pages = (("Loads", "/loads"), ("Set aside", "/loads/aside"), ("Quality", "/loads/quality"))
    return [Link(words, address, current=address == current) for words, address in pages]


@page("load.read")
def reasons(request: HttpRequest) -> HttpResponse:
    """By source and reason, the most rows first. Values may be a person's: a view."""
    narrowed = narrowed_of(request)
    found = quarantine.reasons(narrowed)
    audit.record("rejects.list", detail={"state": narrowed.state, "reasons": len(found)})
    context = {
        "tabs": tabs("/loads/aside"),
        "form": Narrow(found, {**request.GET.dict(), "state": narrowed.state}),
        "chosen": list(_filters(narrowed)),
        "state": narrowed.state,
        "total": counted(sum(one.rows for one in found), "fault"),
        "said": STATES[narrowed.state].lower(),
        "columns": REASONS,
        "rows": [_reason(one, narrowed) for one in found],
    }
    return render(request, "loads/aside.html", context)


def _reason(one: Reason, narrowed: Narrowed) -> tuple[object, ...]:
    exactly = Narrowed(one.source, one.file, one.reason, one.field, narrowed.state)
    return (
        link(one.reason, href("/loads/aside/rows", exactly)),
        source_name(one.source),
        place_in_words(one.file, one.field),
        f"{one.rows:,}",
        _days(one),
        short(one.example),
    )


def _days(one: Reason) -> object:
    """From the first to the last, or the one that it is."""
    if one.first_day == one.last_day:
        return day(one.last_day, short=True)
    first, last = day(one.first_day, short=True), day(one.last_day, short=True)
    return format_html("<span>{} to {}</span>", first, last)


@page("load.read", hidden=True)
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of one reason, the newest first; each is about a person, or may be: a view."""
    narrowed = narrowed_of(request)
    after = page_after(request)
    found = quarantine.lines(narrowed, after=after, size=SIZE + 1)
    shown = found[:SIZE]
    _note_people(shown)
    more = len(found) > SIZE
    may_mend = actor_of(request).can("load.mend") and narrowed.state == "open"
    context = {
        "narrowed": narrowed,
        "title": narrowed.reason or "Rows set aside",
        "about": _about_reason(narrowed),
        "columns": ROWS,
        "rows": [_line(one) for one in shown],
        "again": href("/loads/aside/again", narrowed) if may_mend and shown else "",
        "next": href("/loads/aside/rows", narrowed, after=shown[-1].id) if more else "",
        "first": href("/loads/aside/rows", narrowed) if after else "",
        "back": href("/loads/aside", Narrowed(state=narrowed.state)),
    }
    return render(request, "loads/rows.html", context)


def _note_people(shown: list[Line]) -> None:
    """Write down who stands in the list, of those whom the agency knows already."""
    keys = mend_rejects.person_keys(shown)
    known = quarantine.people_of(keys.values())
    audit.record("rejects.list", people=sorted(set(known.values())), detail={"rows": len(shown)})


def _about_reason(narrowed: Narrowed) -> list[SummaryRow]:
    facts = (("Source", narrowed.source), ("File", narrowed.file), ("Field", narrowed.field))
    told = [SummaryRow(name, in_words(name.lower(), value)) for name, value in facts if value]
    return [*told, SummaryRow("State", state_tag(narrowed.state))]


def _line(one: Line) -> tuple[object, ...]:
    where = line_of(one.file, one.line)
    return (
        link(where.capitalize(), f"/loads/aside/{one.id}", about=f"of {plain(one.file)}"),
        one.source_key or "Cannot be read",
        short(one.value),
        day(one.day, short=True),
        link(one.load_id, f"/loads/{one.load_id}", about="load"),
    )


@page("load.read", hidden=True)
def row(request: HttpRequest, reject_id: int) -> HttpResponse:
    """`/loads/aside/<id>`: every column as it stood, what is wrong, and what became of it."""
    about = mend_rejects.described(reject_id)
    note_view(about)
    one = about.row
    may_mend = actor_of(request).can("load.mend") and one.state == "open" and not one.later
    context = {
        "row": one,
        "title": f"{plain(one.file)}, {line_of(one.file, one.line)}",
        "wrong": _how_many(one),
        "about": _about_row(one),
        "columns": VALUES,
        "values": values_of(about),
        "kept": bool(one.row),
        "corrected": [_correction(each) for each in one.corrections],
        "may_mend": may_mend and bool(one.row),
        "may_drop": may_mend,
        "later": f"/loads/aside/{one.later}" if one.later else "",
        "back": href("/loads/aside", Narrowed(one.source, one.file)),
    }
    return render(request, "loads/row.html", context)


def _how_many(one: AsideRow) -> str:
    if one.state == "open":
        return counted(len(one.wrong), "thing is", "things are")
    return counted(len(one.wrong), "thing was", "things were")


def note_view(about: Described) -> None:
    """Write down that the row was seen, and whom it is about where the agency knows them."""
    key = about.person_key
    person = quarantine.people_of([key]).get(key) if key else None
    audit.record("reject.view", person_id=person, record=f"reject {about.row.id}")


def _about_row(one: AsideRow) -> list[SummaryRow]:
    told = [
        SummaryRow("Source", source_name(one.source)),
        SummaryRow("File", place(one.file, one.line)),
        SummaryRow("Load", link(f"Load {one.load_id}", f"/loads/{one.load_id}")),
        SummaryRow("Delivery of", day(one.day)),
        SummaryRow("Its key", one.source_key or "Cannot be read"),
        SummaryRow("State", state_tag(one.state)),
    ]
    if one.state != "open":
        told += [SummaryRow("Closed", moment(one.closed_at)), SummaryRow("Why", one.why_closed)]
    if one.closed_load_id:
        closed = link(f"Load {one.closed_load_id}", f"/loads/{one.closed_load_id}")
        told.append(SummaryRow("Closed by", closed))
    return told


def values_of(about: Described) -> list[tuple[object, ...]]:
    """Every column in the order of the file; what is wrong stands beside its value."""
    wrong: dict[str, list[str]] = {}
    for each in about.row.wrong:
        wrong.setdefault(each.field, []).append(each.reason)
    stood = about.row.row or {each.field: each.value for each in about.row.wrong}
    columns = [*about.columns, *(name for name in stood if name not in about.columns)]
    return [
        (
            breakable(column),
            format_html('<span class="wp-long">{}</span>', value) if value else "Empty",
            _faults(wrong.get(column, [])),
        )
        for column in columns
        if column in stood
        for value in [stood[column]]
    ]


def _faults(told: list[str]) -> object:
    if not told:
        return "–"
    return format_html("<span>{} {}</span>", tag("Wrong", "red"), " ".join(told))


def _correction(one: Corrected) -> dict[str, object]:
    rows = [SummaryRow(column, value or "Empty") for column, value in one.values.items()]
    return {
        "rows": rows,
        "why": one.why,
        "by": one.by_name,
        "when": moment(one.recorded_at),
        "load": link(f"load {one.load_id}", f"/loads/{one.load_id}"),
    }


def state_tag(state: str) -> object:
    """A row's state in words."""
    return tag(STATES[state], COLOURS[state])


def short(value: str) -> object:
    """A value as a list shows it; nothing is said to be nothing."""
    cut = value if len(value) <= SHORT else f"{value[:SHORT]}…"
    return format_html('<span class="wp-long">{}</span>', cut) if value else "Empty"


def narrowed_of(request: HttpRequest) -> Narrowed:
    """Which rows the address means; raises NotFound for a state that there is not."""
    said = {name: request.GET.get(name, "") for name in ("source", "file", "reason", "field")}
    state = request.GET.get("state") or "open"
    if state not in STATES or any("\0" in value for value in said.values()):
        raise NotFound("There is no such row.")
    return Narrowed(**said, state=state)


def href(address: str, narrowed: Narrowed, **more: object) -> str:
    """An address that means these rows."""
    said = {name: value for name, value in narrowed.values(**more).items() if value}
    if said.get("state") == "open":
        del said["state"]
    return f"{address}?{urlencode(said)}" if said else address


def _filters(narrowed: Narrowed) -> Iterable[Link]:
    said = narrowed.values()
    names = ("source", "file", "reason", "field")
    for name in names:
        if said[name]:
            rest = {each: "" if each == name else said[each] for each in names}
            kept = Narrowed(**rest, state=narrowed.state)
            yield Link(in_words(name, str(said[name])), href("/loads/aside", kept))
