"""`{% load look %}`: the components of every page as template tags.

Leaves (tags, days, money) are written in Python for speed; the rest are short templates in
`templates/components/`, whose structure is what the design system's styles ask for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wholeplace.web.charts.budget import budget_figure
from wholeplace.web.look import lists, marks, words
from wholeplace.web.look.forms import problems_of
from wholeplace.web.look.model import Budget, Column, Figure, Flag, Link, SummaryRow, Task, Why

register = template.Library()

register.simple_tag(marks.tag, name="tag")
register.simple_tag(marks.status, name="status")
register.simple_tag(marks.day, name="day")
register.simple_tag(marks.moment, name="moment")
register.simple_tag(marks.money, name="money")
register.filter("pounds", words.pounds)
register.filter("long_day", words.long_day)
register.filter("short_day", words.short_day)
register.filter("long_moment", words.long_moment)


@register.filter
def counted(number: int, nouns: str) -> str:
    """`{{ 3|counted:"person,people" }}` → "3 people"."""
    return words.counted(number, *nouns.split(","))


@register.filter
def known(value: object) -> object:
    """The value, or the words for one that nobody has said."""
    return marks.unknown() if value is None or value == "" else value


@register.inclusion_tag("components/button.html")
def button(
    text: str, href: str = "", kind: str = "", name: str = "", value: str = "", about: str = ""
) -> dict[str, Any]:
    """A button, or a link that looks like one. `kind`: "", secondary, warning or inverse."""
    if kind not in ("", "secondary", "warning", "inverse"):
        raise KeyError(f"There is no button kind {kind!r}.")
    return {"text": text, "href": href, "kind": kind, "name": name, "value": value, "about": about}


@register.simple_tag
def back_link(href: str, text: str = "Back") -> SafeString:
    """The way back, above the main heading."""
    return format_html(
        '<nav aria-label="Back"><a href="{}" class="govuk-back-link">{}</a></nav>', href, text
    )


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(items: Iterable[Link]) -> dict[str, Any]:
    """Where this page is: links from home to its parent."""
    return {"items": items}


NOTHING_SAVED = "Nothing was saved. What you typed is still here."


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm | None = None, errors: Iterable[Link] = ()) -> dict[str, Any]:
    """Every problem with a form, each a link to the box that it is about; nothing when none."""
    found = list(errors)
    if form is not None:
        found = problems_of(form) + found
    return {"errors": found, "lead": getattr(form, "nothing_done", NOTHING_SAVED)}


@register.inclusion_tag("components/notice.html")
def notice(
    heading: str, text: object = "", kind: str = "", href: str = "", link: str = "", id: str = ""
) -> dict[str, Any]:
    """A notification banner. `kind` "success" for what was just done, else important."""
    success = kind == "success"
    return {
        "heading": heading,
        "text": text,
        "success": success,
        "title": "Done" if success else "Important",
        "href": href,
        "link": link,
        "id": id or "notice-title",
    }


@register.inclusion_tag("components/notices.html")
def notices(messages: Iterable[Any] | None) -> dict[str, Any]:
    """Django's messages as notification banners: success ones green, all others important."""
    return {"messages": list(messages or ())}


@register.inclusion_tag("components/panel.html")
def panel(title: str, body: object = "", note: str = "") -> dict[str, Any]:
    """The green panel that ends a journey: what happened, and its reference."""
    return {"title": title, "body": body, "note": note}


@register.inclusion_tag("components/warning.html")
def warning(text: object) -> dict[str, Any]:
    """A warning that must be read before going on."""
    return {"text": text}


@register.simple_block_tag
def inset(content: SafeString) -> SafeString:
    """`{% inset %}…{% endinset %}`: a passage set apart."""
    return format_html('<div class="govuk-inset-text">{}</div>', content)


@register.simple_block_tag
def details(content: SafeString, summary: str, open: bool = False) -> SafeString:
    """`{% details "Why we ask" %}…{% enddetails %}`: what only some readers need."""
    return format_html(
        '<details class="govuk-details"{}><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>',
        SafeString(" open") if open else "",
        summary,
        content,
    )


@register.simple_block_tag
def scroll(content: SafeString, label: str) -> SafeString:
    """`{% scroll "Payments" %}…{% endscroll %}`: a named part that scrolls sideways."""
    return format_html(
        '<div class="wp-scroll" role="region" aria-label="{}" tabindex="0">{}</div>',
        label,
        content,
    )


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Iterable[SummaryRow], border: bool = True) -> dict[str, Any]:
    """Facts about one thing, each with its own links."""
    return {"rows": lists.summary_rows(rows), "border": border}


@register.inclusion_tag("components/table.html")
def table(
    caption: str,
    columns: Iterable[Column],
    rows: Iterable[Iterable[object]],
    layout: str = "stack",
    empty: str = "",
    hide_caption: bool = False,
) -> dict[str, Any]:
    """Rows under a caption. `layout` on a phone: "stack", "scroll" or "plain" (two columns)."""
    return lists.table_parts(caption, columns, rows, layout, empty, hide_caption)


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any, parameter: str = "page") -> dict[str, Any]:
    """Links to the other pages of a Django `Page`, keeping the rest of the query."""
    request = context.get("request")
    query = request.GET if request is not None else None
    return lists.pagination_parts(page, query, parameter)


@register.inclusion_tag("components/filter_panel.html")
def filter_panel(
    form: BaseForm, action: str = "", chosen: Iterable[Link] = (), clear_href: str = ""
) -> dict[str, Any]:
    """A form that narrows a list by GET. `chosen`: filters in use, each linking to its removal."""
    return {"form": form, "action": action, "chosen": list(chosen), "clear_href": clear_href}


@register.inclusion_tag("components/timeline.html")
def timeline(items: Iterable[Any], heading_level: int = 3) -> dict[str, Any]:
    """What happened, newest first or as given."""
    return {"items": lists.timeline_items(items), "heading": f"h{int(heading_level)}"}


@register.inclusion_tag("components/task_list.html")
def task_list(tasks: Iterable[Task], id: str = "tasks") -> dict[str, Any]:
    """What there is to do, with how each stands."""
    return {"tasks": list(tasks), "id": id}


@register.inclusion_tag("components/identity_bar.html")
def identity_bar(
    name: str,
    reference: str = "",
    born: date | None = None,
    flags: Iterable[Flag] = (),
    actions: Iterable[Link] = (),
    heading: bool = True,
) -> dict[str, Any]:
    """Who this is, and what nobody may miss about them. The name is the page's `<h1>`."""
    return {
        "name": name,
        "reference": reference,
        "born": born,
        "flags": list(flags),
        "actions": list(actions),
        "heading": heading,
    }


@register.inclusion_tag("components/sub_navigation.html")
def sub_navigation(items: Iterable[Link], label: str = "This record") -> dict[str, Any]:
    """The parts of one record, each a page of its own."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/empty.html")
def empty(because: str, href: str = "", link: str = "") -> dict[str, Any]:
    """`{% empty "nobody has applied" %}` → "There is nothing here yet, because …"."""
    return {"because": because.rstrip("."), "href": href, "link": link}


@register.inclusion_tag("components/problem.html")
def problem(error: Any) -> dict[str, Any]:
    """One of our own errors, as what happened, why, and what to do."""
    return {"error": error}


@register.inclusion_tag("components/why.html")
def why(answer: Why, heading_level: int = 2) -> dict[str, Any]:
    """Why an answer is what it is, in words a resident can read."""
    return {**lists.why_parts(answer), "heading": f"h{int(heading_level)}"}


def _figure(shown: Figure, open: bool) -> dict[str, Any]:
    """An open table of two columns fits a phone as it is; a wider one is stacked there."""
    return {
        "figure": shown,
        "open": open,
        "layout": "plain" if len(shown.columns) <= 2 else "stack",
    }


@register.inclusion_tag("components/figure.html")
def figure(shown: Figure, open: bool = False) -> dict[str, Any]:
    """A picture, its words, and the same facts as a table."""
    return _figure(shown, open)


@register.inclusion_tag("components/figure.html")
def budget_bar(budget: Budget, id: str = "budget") -> dict[str, Any]:
    """A fund as one bar: paid, promised, free; with the sums beneath."""
    return _figure(budget_figure(budget, id=id), True)


@register.inclusion_tag("components/post_form.html", takes_context=True)
def post_form(
    context: template.Context,
    form: BaseForm,
    action: str = "",
    button: str = "Continue",
    kind: str = "",
    cancel_href: str = "",
) -> dict[str, Any]:
    """A whole form that posts: its boxes, its button, safe against a second click."""
    return {
        "csrf_token": context.get("csrf_token"),
        "form": form,
        "action": action,
        "button": button,
        "kind": kind,
        "cancel_href": cancel_href,
    }


@register.simple_tag
def when(value: date | datetime | None) -> SafeString:
    """A day or a moment, whichever it is."""
    return marks.moment(value) if isinstance(value, datetime) else marks.day(value)
