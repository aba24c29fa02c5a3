"""The pages of the gallery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from look_gallery import samples
from wholeplace.core.kernel.errors import Stale
from wholeplace.web.charts.bars import bar_figure
from wholeplace.web.charts.boundaries import boundary_figure
from wholeplace.web.charts.columns import column_figure
from wholeplace.web.charts.hexagons import hexagon_figure
from wholeplace.web.charts.lines import line_figure
from wholeplace.web.look.forms import ActionForm, DateField, MoneyField
from wholeplace.web.look.model import Link, Shell

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'"
)


def strict_content_policy(get_response: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sends the strictest policy that the pages must live with: nothing inline at all."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return respond


class Everything(ActionForm):
    """Every kind of box."""

    name = forms.CharField(label="Employer’s name", help_text="As it is on the offer letter")
    hours = forms.IntegerField(
        label="Hours a week", widget=forms.TextInput(attrs={"class": "govuk-input--width-3"})
    )
    started = DateField(
        label="When did the job start?",
        called="The date the job started",
        help_text="For example, 1 6 2026",
        latest=date(2026, 12, 31),
    )
    amount = MoneyField(label="Rent a week", called="The rent", most=200_000)
    kind = forms.ChoiceField(
        label="Kind of home",
        choices=[("", "Choose one"), ("council", "Council"), ("private", "Private rent")],
    )
    channel = forms.ChoiceField(
        label="How shall we write to you?",
        widget=forms.RadioSelect,
        choices=[("post", "By post"), ("email", "By email"), ("none", "Do not write to me")],
        help_text="We never write to an unsafe address",
    )
    evidence = forms.MultipleChoiceField(
        label="What have you seen?",
        widget=forms.CheckboxSelectMultiple,
        choices=[("offer", "Job offer"), ("payslip", "Payslip"), ("tenancy", "Tenancy")],
    )
    reasons = forms.CharField(label="Reasons", widget=forms.Textarea(attrs={"rows": 4}))
    agreed = forms.BooleanField(label="I have told the resident", help_text="In words they follow")


class OneQuestion(ActionForm):
    """One question a page: its label is the page's heading."""

    heading_field = "started"
    started = DateField(label="When did the job start?", called="The date the job started")


class Narrow(forms.Form):
    """A filter."""

    answer = forms.ChoiceField(
        label="Answer",
        required=False,
        widget=forms.RadioSelect,
        choices=[("yes", "Yes"), ("possible", "Possible")],
    )
    ward = forms.CharField(label="Ward", required=False)


WRONG = {
    "key": "6f1b2c1e-43cf-4b0e-a7a8-0f2b6f7c9f10",
    "name": "",
    "hours": "a few",
    "started_day": "31",
    "started_month": "",
    "started_year": "2026",
    "amount": "lots",
    "kind": "",
    "reasons": "",
}


def page(request: HttpRequest, name: str, shell: Shell, **context: Any) -> HttpResponse:
    """One gallery page in the layout."""
    return render(request, f"look_gallery/{name}.html", {"s": samples, "shell": shell, **context})


def index(request: HttpRequest) -> HttpResponse:
    """Links to all the others."""
    return page(request, "index", samples.SHELL, names=[Link(n, f"/{n}/") for n in PAGES])


def components(request: HttpRequest) -> HttpResponse:
    """Every component, full."""
    pages = Paginator(range(412), 10)
    return page(
        request,
        "components",
        samples.SHELL,
        rows=samples.rows(),
        page=pages.page(7),
        filter=Narrow({"answer": "yes", "ward": ""}),
        chosen=[Link("Yes", "?answer=")],
        messages=[
            Message(25, "The award is decided"),
            Message(30, "The fund is nearly spent"),
        ],
    )


def empty(request: HttpRequest) -> HttpResponse:
    """Every component with nothing in it, for nobody signed in."""
    return page(request, "empty", Shell(sign_in_url="#in"), page=Paginator([], 10).page(1))


def long(request: HttpRequest) -> HttpResponse:
    """The longest names there are."""
    return page(request, "long", samples.LONG_SHELL, rows=samples.rows())


def filled_form(request: HttpRequest) -> HttpResponse:
    """A form as it opens."""
    return page(request, "form", samples.SHELL, form=Everything(version=3))


def wrong_form(request: HttpRequest) -> HttpResponse:
    """The same form sent with everything wrong."""
    form = Everything(WRONG)
    form.is_valid()
    return page(request, "form", samples.SHELL, form=form)


def question(request: HttpRequest) -> HttpResponse:
    """One question a page, in error."""
    form = OneQuestion(
        {"key": WRONG["key"], "started_day": "30", "started_month": "Feb", "started_year": "2026"}
    )
    form.is_valid()
    return page(request, "question", samples.SHELL, form=form)


def explanations(request: HttpRequest) -> HttpResponse:
    """Why: yes, no and not known."""
    return page(request, "why", samples.SHELL)


def pictures(request: HttpRequest) -> HttpResponse:
    """Every chart and both maps."""
    return page(
        request,
        "pictures",
        samples.SHELL,
        bars=bar_figure(samples.BARS),
        lines=line_figure(samples.LINES),
        columns=column_figure(samples.WEEKLY),
        hexagons=hexagon_figure(samples.WORDS, samples.hexagons()),
        shapes=boundary_figure(
            samples.MapWords(
                "shapes",
                "The same with boundaries",
                "Twelve areas.",
                "Claimants",
                marked="Priority area",
            ),
            samples.shapes(),
        ),
    )


def letter(request: HttpRequest) -> HttpResponse:
    """A letter as it prints."""
    return page(request, "letter", samples.SHELL)


def refusals(request: HttpRequest) -> HttpResponse:
    """Forbidden, not found, changed by somebody else, and an error of our own."""
    error = Stale(
        "This award was changed by somebody else",
        why="It was ended on 3 June 2026.",
        do="Open it again.",
    )
    return page(request, "refusals", samples.SHELL, error=error)


PAGES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "components": components,
    "empty": empty,
    "long": long,
    "forms": filled_form,
    "forms-wrong": wrong_form,
    "question": question,
    "why": explanations,
    "pictures": pictures,
    "letter": letter,
    "refusals": refusals,
}
