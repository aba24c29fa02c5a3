"""`/letters/<id>`: a letter as it prints, and that it was printed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from wholeplace.rooms.documents import actions, queries
from wholeplace.web.gate import actor_of, page


@page()
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """The letter itself; the tools above it do not print."""
    found = queries.letter(letter_id)
    context = {
        "found": found,
        "person_href": f"/people/{found.person_ref}",
        "may": actor_of(request).can("contact.write"),
    }
    return render(request, "documents/letter.html", context)


@page("contact.write", hidden=True, methods=("POST",))
def printed(request: HttpRequest, letter_id: int) -> HttpResponse:
    """`/letters/<id>/printed`: say that it was printed and sent."""
    queries.letter(letter_id)
    actions.mark_printed(letter_id=letter_id)
    return HttpResponseRedirect(f"/letters/{letter_id}")
