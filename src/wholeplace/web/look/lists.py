"""Prepares the longer components for their templates, so that the templates only lay out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.formats import localize
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from wholeplace.web.look import marks, words
from wholeplace.web.look.model import Column, Criterion, Fact, SummaryRow, TimelineItem, Why

LAYOUTS = ("stack", "scroll", "plain")
ANSWERS = ("yes", "no", "unknown", "not-applicable", "protected")
HEADLINES = {
    "yes": "Yes. This scheme fits.",
    "no": "No. This scheme does not fit.",
    "unknown": "Possibly. We need to know more before anyone can say.",
}
# The mark before each criterion: a shape, so that colour is never the only sign.
SIGNS = {"yes": "✓", "no": "✗", "unknown": "?", "not-applicable": "–", "protected": "•"}
# A source that begins so says how a value was found, and reads wrongly after "from".
HOW = ("worked out", "not worked out", "it is ", "it cannot ")


def shown(value: object) -> object:
    """A value for a cell; nothing at all is shown as not known, never as an empty cell."""
    return marks.unknown() if value is None or value == "" else value


def summary_rows(rows: Iterable[SummaryRow]) -> list[dict[str, Any]]:
    """Each fact with its value made plain."""
    return [
        {"key": row.key, "value": shown(row.value), "note": row.note, "actions": row.actions}
        for row in rows
    ]


def table_parts(
    caption: str,
    columns: Iterable[Column],
    rows: Iterable[Iterable[object]],
    layout: str,
    empty: str,
    hide_caption: bool,
) -> dict[str, Any]:
    """The head and rows of a table. Every row must have as many cells as there are columns."""
    if layout not in LAYOUTS:
        raise KeyError(f"There is no table layout {layout!r}.")
    head = tuple(columns)
    return {
        "caption": caption,
        "columns": head,
        "body": table_rows(head, rows),
        "layout": layout,
        "empty": empty,
        "hide_caption": hide_caption,
    }


def table_rows(head: tuple[Column, ...], rows: Iterable[Iterable[object]]) -> list[SafeString]:
    """The cells of each row as HTML, in Python for speed: a page holds hundreds of them."""
    tags = [_cell_tags(column) for column in head]
    return [
        mark_safe(
            "".join(
                f"{opening}{conditional_escape(localize(shown(cell)))}{closing}"
                for (opening, closing), cell in zip(tags, row, strict=True)
            )
        )
        for row in rows
    ]


def _cell_tags(column: Column) -> tuple[str, str]:
    tag, role, kind = (
        ("th", 'scope="row" role="rowheader"', "header")
        if column.heading
        else ("td", 'role="cell"', "cell")
    )
    numeric = f" govuk-table__{kind}--numeric" if column.numeric else ""
    label = escape(column.text)
    return f'<{tag} {role} class="govuk-table__{kind}{numeric}" data-label="{label}">', f"</{tag}>"


def pagination_parts(page: Any, query: QueryDict | None, parameter: str) -> dict[str, Any]:
    """The numbered links of a Django `Page`: first, last and the neighbours of this one."""
    kept = query.copy() if query is not None else QueryDict(mutable=True)

    def address(number: int) -> str:
        kept[parameter] = str(number)
        return f"?{kept.urlencode()}"

    numbers = [
        None if not isinstance(number, int) else (number, address(number), number == page.number)
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "many": page.paginator.num_pages > 1,
        "numbers": numbers,
        "previous": address(page.number - 1) if page.has_previous() else "",
        "next": address(page.number + 1) if page.has_next() else "",
        "first": page.start_index(),
        "last": page.end_index(),
        "total": page.paginator.count,
    }


def timeline_items(items: Iterable[TimelineItem]) -> Iterator[dict[str, Any]]:
    """Each event with its time already written out."""
    for item in items:
        mark = marks.moment if isinstance(item.when, datetime) else marks.day
        yield {
            "title": item.title,
            "by": item.by,
            "text": item.text,
            "href": item.href,
            "when": mark(item.when),
        }


def worked_out(fact: Fact) -> str:
    """What a fact was worked out from, each with its value; empty where it was not."""
    inner = [f"{one.meaning}: {one.value}" for one in fact.came_from]
    return f"worked out; {'; '.join(inner)}" if inner else ""


def fact_line(fact: Fact) -> SafeString:
    """A fact as one line: "Weekly rent: £92.00. From council tax, 1 June 2026, 3 weeks old"."""
    parts = []
    if fact.source:
        parts.append(fact.source if fact.source.startswith(HOW) else f"from {fact.source}")
    if fact.as_at is not None:
        parts.append(words.long_day(fact.as_at))
    if fact.age_days is not None:
        parts.append(words.age_in_words(fact.age_days))
    if fact.assumed:
        parts.insert(0, "assumed by the scheme, not held")
    origin = worked_out(fact) or ", ".join(parts)
    tail = (
        format_html(' <span class="wp-why__source">({})</span>', origin) if origin else SafeString()
    )
    return format_html("{}: {}{}", fact.meaning, shown(fact.value), tail)


def _criterion(criterion: Criterion) -> dict[str, Any]:
    if criterion.answer not in ANSWERS:
        raise KeyError(f"There is no answer {criterion.answer!r}.")
    return {
        "text": criterion.text,
        "answer": criterion.answer,
        "sign": SIGNS[criterion.answer],
        "words": marks.STATES[criterion.answer][0],
        "facts": [fact_line(fact) for fact in criterion.facts],
        "question": criterion.question,
        "note": criterion.note,
        "on": criterion.on,
        "from_day": criterion.from_day,
        "becomes": criterion.becomes,
    }


def why_parts(answer: Why) -> dict[str, Any]:
    """The explanation with its headline and the sentence that counts the criteria."""
    rows = [_criterion(criterion) for criterion in answer.criteria]
    count = {kind: sum(row["answer"] == kind for row in rows) for kind in ANSWERS}
    parts = [
        f"{count['yes']} met" if count["yes"] else "",
        f"{count['no']} not met" if count["no"] else "",
        f"{count['unknown'] + count['protected']} not known yet"
        if count["unknown"] + count["protected"]
        else "",
        f"{count['not-applicable']} not needed" if count["not-applicable"] else "",
    ]
    return {
        "why": answer,
        "headline": answer.headline or HEADLINES[answer.answer],
        "tally": f"{words.counted(len(rows), 'test')}: {', '.join(part for part in parts if part)}."
        if rows
        else "",
        "criteria": rows,
    }
