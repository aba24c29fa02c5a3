"""`/people/new`: record somebody new, once whoever it may be has been looked at.

The boxes are sent, and what was typed is matched against everybody before anything is saved. The
worker then says that it is one of those shown, or somebody new. Nothing typed stands in an
address, and nothing is kept between the two pages but in the page itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from wholeplace.flows.match_record import Possible, match_record
from wholeplace.flows.record_person import WrongField, checked, choose_person, record_person
from wholeplace.web.gate import page
from wholeplace.web.look.inputs import PARTS
from wholeplace.web.look.marks import day, link
from wholeplace.web.look.model import Column, SummaryRow
from wholeplace.web.look.words import listed, long_day
from wholeplace.web.people.new_forms import NEW, NewPerson, Who
from wholeplace.web.submit import mistakes_on, posted

COMPARED = (Column("What was compared", heading=True), Column("It speaks"))


@page("person.record", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """The boxes; sent and right, the page of those who may be the person."""
    form = NewPerson(posted(request))
    if request.method == "POST" and form.is_valid():
        said = _checked(form)
        if said is not None:
            return _decide(request, form, said)
    status = 422 if form.errors else 200
    return render(request, "people/new.html", {"form": form}, status=status)


def _checked(form: NewPerson) -> dict[str, Any] | None:
    """What was typed as agencies store it; None, with the box's fault on the form, if it is not."""
    try:
        return checked(form.cleaned_data)
    except WrongField as wrong:
        form.add_error(wrong.field, str(wrong))
        return None


def _decide(request: HttpRequest, form: NewPerson, said: dict[str, Any]) -> HttpResponse:
    """Do what the worker says; until they say something that was asked, ask it."""
    answered = "who" in request.POST
    if answered and request.POST["who"] == NEW:
        with mistakes_on(form):
            ref = record_person(said=said, key=form.cleaned_data["key"])
            messages.success(request, "The person is recorded.")
            return HttpResponseRedirect(f"/people/{ref}")
    found = match_record(said)
    who = Who(request.POST if answered else None, possible=_choices(found.possible))
    if answered and who.is_valid():
        return HttpResponseRedirect(f"/people/{choose_person(ref=who.cleaned_data['who'])}")
    context = {
        "form": form,
        "who": who,
        "typed": _typed(said),
        "sent": _sent(request),
        "compared": found.compared,
        "ring": found.ring,
        "possible": [_shown(one) for one in found.possible],
        "columns": COMPARED,
    }
    status = 422 if form.errors or who.errors else 200
    return render(request, "people/new_check.html", context, status=status)


def _choices(possible: Iterable[Possible]) -> list[tuple[str, str]]:
    return [(one.ref, f"It is {_called(one)}") for one in possible]


def _called(one: Possible) -> str:
    born = f", born {long_day(one.date_of_birth)}" if one.date_of_birth else ""
    return f"{one.name}{born}"


def _typed(said: dict[str, Any]) -> list[SummaryRow]:
    labels = {name: field.label for name, field in NewPerson.base_fields.items()}
    sexes = dict(NewPerson.base_fields["sex"].choices)
    return [
        SummaryRow(
            str(labels[name]),
            day(value) if name == "date_of_birth" else sexes[value] if name == "sex" else value,
        )
        for name, value in said.items()
    ]


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, to be sent once more; only what is a box of the form."""
    form = NewPerson()
    names = [name for name in form.fields if name != "date_of_birth"]
    names += [f"date_of_birth_{part}" for part in PARTS]
    return [(name, request.POST[name]) for name in names if request.POST.get(name)]


def _shown(one: Possible) -> dict[str, object]:
    rows = [(_sentence(said.words), _speaks(said.bits)) for said in one.because]
    return {
        "title": _called(one),
        "href": link(f"Open {one.name}", f"/people/{one.ref}"),
        "known": listed(list(one.agencies)) if one.agencies else "",
        "rows": rows,
        "sure": f"{one.probability:.0%}" if one.probability < 0.995 else "more than 99%",
    }


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _speaks(bits: float) -> str:
    much = "strongly " if abs(bits) >= 8 else ""
    return f"{much}for the same person" if bits > 0 else f"{much}against it"
