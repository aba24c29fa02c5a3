"""`/adoptions`: orders, the old records and the new, who confirmed them, and who looked.

Only adoption workers of the service that recorded an order have these pages. Each view is
written down, and read in the trail by that service alone.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html

from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.audit import queries as trail
from wholeplace.rooms.identity.queries import linked_people
from wholeplace.rooms.people import queries as people
from wholeplace.rooms.people import seal_queries, seals
from wholeplace.rooms.people.references import person_ref
from wholeplace.rooms.people.seal_queries import Order
from wholeplace.rooms.people.seals import CEASED, NUMBERS
from wholeplace.rooms.records.withheld import Withheld, withheld_from
from wholeplace.web.adoptions.forms import Decide, RecordOrder
from wholeplace.web.audit.words import happening
from wholeplace.web.gate import actor_of, page
from wholeplace.web.look.marks import day, link, moment, tag
from wholeplace.web.look.model import Column, SummaryRow
from wholeplace.web.submit import Asking, ask, posted

STANDS = {
    None: ("Waits for a second worker", "orange"),
    "confirmed": ("Confirmed", "green"),
    "withdrawn": ("Taken back", "grey"),
}
ORDERS = (
    Column("Child as they were", heading=True),
    Column("Now"),
    Column("Order"),
    Column("State"),
)
OLD = (Column("Record", heading=True), Column("Reference"), Column("Born"), Column("Agency"))
WITHHELD = (Column("Number", heading=True), Column("Arrived from"), Column("On"), Column("For"))
LOOKED = (Column("When", heading=True), Column("Who"), Column("What"))
AT_MOST = 20
CLOSES = (
    "Every record that you tick is closed at once: for everybody outside the adoption service it "
    "is no longer there. A second adoption worker then confirms the order, and the child has a "
    "new record with the new name and nothing of the old one but the birth date.",
)


@page("adoption.seal")
def orders(request: HttpRequest) -> HttpResponse:
    """`/adoptions`: every order of the service."""
    return list_page(request)


def list_page(request: HttpRequest) -> HttpResponse:
    """The orders, those that wait for a second worker first: also the home of who does this."""
    found = seal_queries.orders()
    audit.record("adoption.list", people=[one for each in found for one in each.people])
    context = {"columns": ORDERS, "rows": [_row(one) for one in found]}
    return render(request, "adoptions/orders.html", context)


@page("adoption.seal", hidden=True)
def order(request: HttpRequest, number: int) -> HttpResponse:
    """`/adoptions/<n>`: the old records, the new one, and who decided and looked."""
    found = _viewed(number)
    old = [one.person.id for one in found.old]
    told = {one.id: one for person in old for one in trail.about(person, at_most=AT_MOST)}
    looked = [told[key] for key in sorted(told, reverse=True) if told[key].at >= found.recorded_at]
    context = {
        "order": found,
        "facts": _facts(found),
        "waits": found.outcome is None,
        "confirm_href": f"/adoptions/{number}/confirm",
        "withdraw_href": f"/adoptions/{number}/withdraw",
        "mine": found.by_user_id == actor_of(request).user_id,
        "old_columns": OLD,
        "old": [_old(one) for one in found.old],
        "withheld_columns": WITHHELD,
        "withheld": [_withheld(one) for one in withheld_from(old)],
        "looked_columns": LOOKED,
        "looked": [_looked(one) for one in looked[:AT_MOST]],
    }
    return render(request, "adoptions/order.html", context)


@page("adoption.seal", hidden=True, methods=("GET", "POST"))
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """`/adoptions/<n>/confirm`: the second worker says that the order is right."""
    found = _viewed(number)
    asking = Asking(
        title="Confirm this adoption order",
        button="Confirm the order",
        back=f"/adoptions/{number}",
        intro=(
            f"The child’s new record is made: {found.called.given_names}"
            f" {found.called.family_name}. An order that was confirmed stays so.",
        ),
        done="The order is confirmed, and the new record is made.",
    )

    def act(said: dict[str, Any]) -> str:
        seals.confirm_order(seal=number, reason=said["reason"])
        return f"/adoptions/{number}"

    return ask(request, asking, Decide(posted(request)), act)


@page("adoption.seal", hidden=True, methods=("GET", "POST"))
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """`/adoptions/<n>/withdraw`: the second worker takes back an order recorded in error."""
    _viewed(number)
    asking = Asking(
        title="Take this adoption order back",
        button="Take it back",
        kind="warning",
        back=f"/adoptions/{number}",
        warning="The records that it closed are open again to everybody who saw them before.",
        done="The order is taken back.",
    )

    def act(said: dict[str, Any]) -> str:
        seals.withdraw_order(seal=number, reason=said["reason"])
        return f"/adoptions/{number}"

    return ask(request, asking, Decide(posted(request)), act)


@page("adoption.seal", hidden=True, methods=("GET", "POST"))
def record(request: HttpRequest, ref: str) -> HttpResponse:
    """`/people/<ref>/adoption`: close this child's records; of a closed one, its order."""
    found = people.person(ref)
    standing = seal_queries.order_of(found.id)
    if standing is not None:
        return HttpResponseRedirect(f"/adoptions/{standing}")
    others = linked_people(found.id)
    audit.record("person.view", person_id=found.id)
    choices = [(found.ref, f"{found.ref}: {found.name}, this record")]
    choices += [
        (person_ref(one.person_id), f"{person_ref(one.person_id)}: {one.agency}") for one in others
    ]
    form = RecordOrder(choices, posted(request))
    asking = Asking(
        title=f"Adoption order for {found.name}",
        button="Record the order",
        back=f"/people/{found.ref}",
        intro=CLOSES,
        done="The order is recorded, and the records are closed.",
    )

    def act(said: dict[str, Any]) -> str:
        return f"/adoptions/{_recorded(form, said)}"

    return ask(request, asking, form, act)


def _recorded(form: RecordOrder, said: dict[str, Any]) -> int:
    """The order's number; a reference of no record is a mistake on the form, not a lost page."""
    try:
        return seals.record_order(
            refs=form.refs(), order_on=said["order_on"], ceased=said["ceased"], new=form.new()
        )
    except NotFound as absent:
        raise UserMistake(
            "One of the references is of no record.", do="Check each of them."
        ) from absent


def _viewed(number: int) -> Order:
    """The order; each of these pages shows both sides of it, so each is a view of all of them."""
    found = seal_queries.order(number)
    audit.record("adoption.view", people=found.people, record=f"order {number}")
    return found


def _row(one: Order) -> tuple[object, ...]:
    names = list(dict.fromkeys(old.person.name for old in one.old))
    now = one.new.name if one.new else f"{one.called.given_names} {one.called.family_name}"
    return (
        link("; ".join(names), f"/adoptions/{one.id}"),
        format_html('<span class="wp-long">{}</span>', now),
        day(one.order_on, short=True),
        tag(*STANDS[one.outcome]),
    )


def _facts(one: Order) -> list[SummaryRow]:
    rows = [
        SummaryRow("Order made", day(one.order_on), note=f"{one.ceased}: {CEASED[one.ceased]}"),
        SummaryRow("Recorded", moment(one.recorded_at), note=one.by_name),
        SummaryRow("Stands", tag(*STANDS[one.outcome])),
    ]
    if one.outcome:
        said = "Confirmed" if one.outcome == "confirmed" else "Taken back"
        rows.append(
            SummaryRow(said, moment(one.decided_at), note=f"{one.decided_by}: {one.reason}")
        )
    name = f"{one.called.given_names} {one.called.family_name}"
    if one.new:
        rows.append(SummaryRow("New record", link(name, f"/people/{one.new.ref}"), one.new.ref))
    else:
        rows.append(SummaryRow("New name", name))
    return rows


def _old(one: seal_queries.OldRecord) -> tuple[object, ...]:
    person = one.person
    return (
        link(person.name, f"/people/{person.ref}"),
        person.ref,
        day(person.date_of_birth, short=True),
        one.agency,
    )


def _withheld(one: Withheld) -> tuple[object, ...]:
    words = {**NUMBERS, "ni_number": "National Insurance number"}[one.field]
    return words[0].upper() + words[1:], one.agency, day(one.on), person_ref(one.person_id)


def _looked(seen: trail.Seen) -> tuple[object, ...]:
    who = ", ".join(part for part in (seen.who, seen.role, seen.agency) if part)
    return moment(seen.at), who or "Nobody signed in", happening(seen.action, seen.record)
