"""`/identity/pairs/<one>/<other>`: two records side by side, and whether they are one person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst

from wholeplace.core.identity.believed import same_value
from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows import decide_identity as flow
from wholeplace.flows import why_one
from wholeplace.flows.single_view import LAST, NUMBERS
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import decisions, reviews
from wholeplace.rooms.identity.decisions import DecisionLine
from wholeplace.rooms.identity.reviews import ReviewShown, Who
from wholeplace.rooms.people.references import person_ref
from wholeplace.rooms.records.held import statements_of
from wholeplace.rooms.records.together import Saying, Told, together
from wholeplace.web.charts.waterfall import Waterfall, waterfall_figure
from wholeplace.web.corrections.words import TITLES, in_words
from wholeplace.web.gate import page
from wholeplace.web.identity.change import changes
from wholeplace.web.identity.forms import Answer, Undo
from wholeplace.web.identity.queue import pair_href
from wholeplace.web.identity.words import (
    ANSWERS,
    CAUSES,
    compared,
    steps_of,
    undone_of,
    weight_in_words,
)
from wholeplace.web.look.marks import day
from wholeplace.web.look.model import Column, Figure, SummaryRow, TimelineItem, columns
from wholeplace.web.look.words import long_day
from wholeplace.web.people.held import to
from wholeplace.web.submit import Asking, ask, posted

Cells = tuple[object, ...]
SHOWN = (
    *("given_names", "family_name", "previous_family_name", "known_as", "date_of_birth", "sex"),
    *("address", "phone", "email", "nhs_number", "upn", "ni_number", "date_of_death"),
)
MORE = {"previous_family_name": "Family name before", "known_as": "Known as"}
# What each row's comparison is called in the model, where it is not the row's own name.
STANDS = {
    "given_names": "first_name",
    "family_name": "surname",
    "date_of_birth": "birth_date",
    "address": "home",
}
NOT_KNOWN_OR = "Not known, or "  # how the model begins what it says of a surname
WORKERS = columns("Agency", "Record", "Team", "Worker", "Role", "Phone", "From", "To")


@page("identity.decide", hidden=True, methods=("GET", "POST"))
def pair(request: HttpRequest, one: str, other: str) -> HttpResponse:
    """What agrees, how much it counts, what would change; and the answer."""
    a, b = flow.pair_of(one, other)
    for number in (a, b):
        audit.record("person.view", person_id=number, record="as a pair")
    shown = reviews.shown(a, b)
    made = [line for line in decisions.decisions_of([a]) if {line.a, line.b} == {a, b}]
    stands = next((line for line in made if not line.undone_at), None)
    base = pair_href(person_ref(a), person_ref(b))
    asking = Asking(
        title="Are these one person?",
        button="Answer",
        back=base,
        template="identity/pair.html",
        done="Your answer is kept.",
        more={"base": base, "stands": stands, "may_answer": stands is None and not _mine(shown)}
        | _context(a, b, shown, made),
    )

    def act(said: dict[str, Any]) -> str:
        flow.answer_pair(a=one, b=other, answer=said["answer"], reasons=said["reasons"])
        return base

    return ask(request, asking, Answer(posted(request)), act)


def _mine(shown: ReviewShown | None) -> bool:
    """Whether this reader has answered since the last decision, and so waits for another."""
    opinions = shown.opinions if shown else ()
    return any(one.own and one.current and one.answer != "unsure" for one in opinions)


def _context(a: int, b: int, shown: ReviewShown | None, made: list[DecisionLine]) -> dict[str, Any]:
    names = reviews.who((a, b))
    homes = {number: held.homes for number, held in statements_of([a, b], ("homes",)).items()}
    told = {number: together({number: names[number].ref}, homes) for number in (a, b)}
    says = [next(iter(told[number].sayings), None) for number in (a, b)]
    levels = _levels(shown, says)
    return {
        "people": [names[number] for number in (a, b)],
        "hrefs": [f"/people/{names[number].ref}" for number in (a, b)],
        "about": _about(shown, decided=any(not line.undone_at for line in made)),
        "columns": _columns(names[a], names[b]),
        "rows": list(_rows(says, levels)),
        "picture": _picture(shown),
        "changes": [] if any(not line.undone_at for line in made) else changes(a, b),
        "workers": [
            _worker(names[number], one) for number in (a, b) for one in told[number].involvements
        ],
        "worker_columns": WORKERS,
        "timeline": _timeline(shown, made),
    }


def _levels(shown: ReviewShown | None, says: list[Saying | None]) -> dict[str, str]:
    """How each thing stands, by the linking; where it kept nothing, by what the reader sees."""
    if shown and shown.levels:
        return {key: said for key, _, said in compared(shown.levels)}
    one, other = says
    if one is None or other is None:
        return {}
    found = why_one.compared(one, other)
    return {made.name: made.words[:1].upper() + made.words[1:] for made in found}


def _about(shown: ReviewShown | None, *, decided: bool) -> list[SummaryRow]:
    if shown is None:
        return [SummaryRow("How it looks", weight_in_words(None))]
    rows = [
        SummaryRow("Why you are asked", CAUSES[shown.cause]),
        SummaryRow("How it looks", weight_in_words(shown.weight)),
    ]
    if shown.needed > 1 and not decided:
        note = "Either may be a child: a second reviewer answers without seeing the first answer."
        rows.append(SummaryRow("Answers", f"{shown.given} so far; two must agree", note=note))
    return rows


def _columns(one: Who, other: Who) -> tuple[Column, ...]:
    first, second = (f"{who.name}, {who.agency}" for who in (one, other))
    if first == second:
        first, second = (f"{words} ({who.ref})" for words, who in ((first, one), (second, other)))
    return columns("Of what", first, second, "How they stand")


def _rows(says: list[Saying | None], levels: dict[str, str]) -> list[Cells]:
    """A row for each thing that either record says."""
    found = []
    for field in SHOWN:
        values = [_value(field, one) for one in says]
        if any(value is not None for value in values):
            title = MORE.get(field) or TITLES[field]
            stand = levels.get(STANDS.get(field, field))
            if all(value is not None for value in values):
                stand = _both_known(stand, *values)
            found.append((title, *values, stand))
    return found


def _both_known(stand: str | None, one: object, other: object) -> str:
    """How two known things stand, also where no comparison is about them alone."""
    if stand is None:
        return "The same" if same_value(str(one), str(other)) else "Different"
    return capfirst(stand.removeprefix(NOT_KNOWN_OR))


def _value(field: str, says: Saying | None) -> object:
    value = says.values.get(field) if says else None
    if value is None or value == "":
        return None
    if field in NUMBERS:
        return f"ends in {str(value)[-LAST:]}"
    return in_words(field, str(value))


def _picture(shown: ReviewShown | None) -> Figure | None:
    steps = steps_of(shown) if shown else ()
    if not steps:
        return None
    chart = Waterfall(
        "weights",
        "How much each comparison counts",
        "In bits: each bit more makes it twice as likely that the two are one person. Any two "
        "records start far below nought; what agrees adds, and what differs takes away.",
        steps,
        name_heading="What was compared",
        words_heading="How they stand",
        unit="Bits",
    )
    return waterfall_figure(chart)


def _worker(who: Who, one: Told) -> Cells:
    said = one.values
    return (
        one.agency,
        who.name,
        said["team"],
        said["worker"],
        str(said["role"] or "").replace("_", " ").capitalize() or None,
        said["phone"],
        day(said["from_date"], short=True),
        to(said["to_date"]),
    )


def _timeline(shown: ReviewShown | None, made: list[DecisionLine]) -> list[TimelineItem]:
    items = [
        TimelineItem(f"Answered: {ANSWERS[one.answer].lower()}", one.recorded_at, one.by_name,
                     one.reasons)
        for one in (shown.opinions if shown else ())
    ]  # fmt: skip
    for line in made:
        words = f"Decided: {ANSWERS[line.answer].lower()}"
        items.append(TimelineItem(words, line.recorded_at, line.by_name))
        if line.undone_at:
            items.append(
                TimelineItem(
                    "The decision was undone", line.undone_at, line.undone_by, line.undone_reasons
                )
            )
    return sorted(items, key=lambda item: long_key(item), reverse=True)


def long_key(item: TimelineItem) -> str:
    """When it happened, so that two moments compare."""
    return item.when.isoformat()


@page("identity.decide", hidden=True, methods=("GET", "POST"))
def undo(request: HttpRequest, decision: int) -> HttpResponse:
    """`/identity/decisions/<id>/undo`: say that a decision was wrong; who is who goes back."""
    found = decisions.decision(decision)
    names = reviews.who((found.a, found.b))
    if len(names) < 2:
        raise NotFound("There is no such record.")
    for number in names:
        audit.record("person.view", person_id=number, record="a decision to undo")
    back = pair_href(person_ref(found.a), person_ref(found.b))
    said = f"{found.by_name} decided on {long_day(timezone.localtime(found.recorded_at).date())}"
    asking = Asking(
        title="Undo this decision",
        button="Undo it",
        back=back,
        kind="warning",
        intro=(
            " and ".join(f"{who.name}, {who.agency} ({who.ref})" for who in names.values()),
            f"{said}: {ANSWERS[found.answer].lower()}. {found.reasons}",
            undone_of(found)
            or "Who is who becomes what it was before. No case, payment or restriction moves.",
        ),
        done="The decision is undone.",
    )

    def act(sent: dict[str, Any]) -> str:
        flow.undo_decision(decision=decision, reasons=sent["reasons"])
        return back

    return ask(request, asking, Undo(posted(request)), act)
