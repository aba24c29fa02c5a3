"""Forms that do something: shown, sent, refused with what was typed still there, done once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake
from wholeplace.web.steps import steps_of


@dataclass(frozen=True)
class Asking:
    """A page that asks one thing and does it.

    `intro` are paragraphs before the boxes; `warning` must be read before going on. `more` goes
    to the template, which is the plain one unless the page needs its own. `steps` are what was
    done to the record so far, which a second writer is shown.
    """

    title: str
    button: str
    back: str
    intro: tuple[object, ...] = ()
    warning: str = ""
    kind: str = ""
    done: str = ""
    template: str = "shared/form.html"
    more: dict[str, Any] = field(default_factory=dict)
    steps: Iterable[Any] = ()


def ask(
    request: HttpRequest,
    asking: Asking,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
) -> HttpResponse:
    """Show a form; once sent and right, do `act` and go to the address that it returns.

    A mistake that only the action can see is shown on the form. Absent, refused and stale are
    pages of their own.
    """
    if request.method == "POST" and form.is_valid():
        try:
            with mistakes_on(form):
                address = act(form.cleaned_data)
                if asking.done:
                    messages.success(request, asking.done)
                return HttpResponseRedirect(address)
        except Stale as stale:
            return _second_writer(request, asking, stale)
    context = {"asking": asking, "form": form, **asking.more}
    return render(request, asking.template, context, status=422 if form.errors else 200)


def _second_writer(request: HttpRequest, asking: Asking, stale: Stale) -> HttpResponse:
    """Somebody was first: say so, and what they did. What was sent is undone, the view is not."""
    context = {"error": stale, "href": asking.back, "timeline": steps_of(asking.steps)}
    return render(request, "errors/stale.html", context, status=409)


@contextmanager
def mistakes_on(form: forms.Form) -> Iterator[None]:
    """Put a user's mistake on the form instead of on a page of its own; undo what was begun."""
    try:
        with transaction.atomic():
            yield
    except (NotFound, Refused, Stale):
        raise
    except UserMistake as mistake:
        form.add_error(None, str(mistake))


def posted(request: HttpRequest) -> Any:
    """What to bind a form to: what was sent, or nothing."""
    return request.POST if request.method == "POST" else None
