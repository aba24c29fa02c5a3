"""`/identity`: the pairs that wait for an answer; `/identity/decisions`: what was decided."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import decisions, reviews
from wholeplace.rooms.identity.decisions import DecisionLine
from wholeplace.rooms.identity.reviews import MOST_COUNTED, ReviewLine, Who
from wholeplace.rooms.people.references import person_ref
from wholeplace.web.gate import page, page_after
from wholeplace.web.identity.words import ANSWERS, CAUSES, undone_of, weight_in_words
from wholeplace.web.look.marks import day, link, tag
from wholeplace.web.look.model import Link, columns
from wholeplace.web.look.words import counted

SIZE = 25
COLUMNS = columns("Records", "Of", "Why you are asked", "How it looks", "Answers")
DECIDED = columns("Records", "Decided", "By", "On", "Why", "State")


def tabs(current: str) -> tuple[Link, ...]:
    """The two lists, and the model that asks."""
    pages = (
        ("Waiting", "/identity"),
        ("Decided", "/identity/decisions"),
        ("The model", "/identity/model"),
    )
    return tuple(Link(words, href, current=href == current) for words, href in pages)


@page("identity.decide")
def waiting(request: HttpRequest) -> HttpResponse:
    """Pairs that nobody has decided and this reader has not answered, the likeliest first."""
    found = reviews.queue(after=page_after(request), size=SIZE + 1)
    lines, number = found[:SIZE], reviews.waiting()
    audit.record("identity.queue", people=[one for line in lines for one in (line.a, line.b)])
    more = f"?{urlencode({'after': lines[-1].id})}" if len(found) > SIZE else ""
    over = number > MOST_COUNTED
    context = {
        "tabs": tabs("/identity"),
        "count": f"More than {MOST_COUNTED} pairs wait" if over else _count(number),
        "columns": COLUMNS,
        "rows": [_row(line) for line in lines],
        "next": more,
        "first": "/identity" if page_after(request) else "",
    }
    return render(request, "identity/queue.html", context)


def _count(number: int) -> str:
    return f"{counted(number, 'pair')} {'waits' if number == 1 else 'wait'}"


def pair_href(one: str, other: str) -> str:
    """The address of a pair."""
    return f"/identity/pairs/{one}/{other}"


def _row(line: ReviewLine) -> tuple[object, ...]:
    names = line.a_name if line.a_name == line.b_name else f"{line.a_name} and {line.b_name}"
    whose = line.a_agency if line.a_agency == line.b_agency else f"{line.a_agency}; {line.b_agency}"
    return (
        link(names, pair_href(line.a_ref, line.b_ref)),
        whose,
        CAUSES[line.cause],
        weight_in_words(line.weight),
        _answers(line),
    )


def _answers(line: ReviewLine) -> str:
    if line.needed == 1:
        return "One is enough"
    return (
        f"{line.given} of {line.needed}, unseen by each other" if line.given else "Two are needed"
    )


@page("identity.decide")
def decided(request: HttpRequest) -> HttpResponse:
    """What was decided, and what of it was undone, the newest first."""
    found = decisions.decisions(before=page_after(request), size=SIZE + 1)
    lines = found[:SIZE]
    people = [one for line in lines for one in (line.a, line.b)]
    audit.record("identity.decisions", people=people)
    names = reviews.who(people)
    more = f"?{urlencode({'after': lines[-1].id})}" if len(found) > SIZE else ""
    context = {
        "tabs": tabs("/identity/decisions"),
        "columns": DECIDED,
        "rows": [_decided(line, names) for line in lines],
        "next": more,
        "first": "/identity/decisions" if page_after(request) else "",
    }
    return render(request, "identity/decisions.html", context)


def _decided(line: DecisionLine, names: dict[int, Who]) -> tuple[object, ...]:
    refs = [person_ref(one) for one in (line.a, line.b)]
    shown = [names[one].name if one in names else person_ref(one) for one in (line.a, line.b)]
    return (
        link(" and ".join(dict.fromkeys(shown)), pair_href(*refs)),
        ANSWERS[line.answer],
        line.by_name,
        day(timezone.localdate(line.recorded_at), short=True),
        line.reasons,
        undone_of(line) or tag("In force", "green"),
    )
