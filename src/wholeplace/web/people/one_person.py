"""Why records of several agencies are taken for one person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.flows import why_one as flow
from wholeplace.flows.single_view import NUMBERS
from wholeplace.flows.why_one import Compared, Pair
from wholeplace.rooms.identity.decisions import DECIDE
from wholeplace.rooms.records.together import Saying
from wholeplace.web.corrections.words import TITLES
from wholeplace.web.gate import actor_of, page
from wholeplace.web.look.model import columns
from wholeplace.web.people.held import full_name

# From how many bits on a thing speaks so; every bit makes it twice as likely.
STRENGTHS = (
    (8.0, "Strongly for one person"),
    (1.0, "For one person"),
    (-1.0, "For neither"),
    (-8.0, "Against"),
    (float("-inf"), "Strongly against"),
)
AGENCY = "agency"  # whether both are of one: it counts, and tells a reader nothing
COMPARED = columns("What was compared", "How they stand", "It speaks")
FIGURES = columns("What was compared", "Figure", numeric=("Figure",))


@page(hidden=True)
def why_one(request: HttpRequest, ref: str) -> HttpResponse:
    """`/people/<ref>/one-person`: by the records that the reader may see, and no others."""
    found = flow.why_one(ref)
    context = {
        "person": found.person,
        "base": f"/people/{found.person.ref}",
        "identity": found.identity,
        "pairs": [_pair(pair) for pair in found.pairs],
        "decides": actor_of(request).can(DECIDE),
        "columns": {"compared": COMPARED, "figures": FIGURES},
    }
    return render(request, "people/one_person.html", context)


def _pair(pair: Pair) -> dict[str, object]:
    known = [one for one in pair.compared if one.known]
    return {
        "title": f"{_called(pair.one)} and {_called(pair.other)}",
        "refs": (pair.one.ref, pair.other.ref),
        "rows": [
            (_thing(one), _begun(one.words), strength(one.bits))
            for one in known
            if one.name != AGENCY
        ],
        "figures": [(_thing(one), f"{one.bits:.1f}") for one in known],
        "sum": sum(one.bits for one in known),
        "unknown": [f"{_thing(one)}: {one.words}" for one in pair.compared if not one.known],
    }


def strength(bits: float) -> str:
    """How strongly a thing speaks, in words."""
    return next(words for least, words in STRENGTHS if bits >= least)


def _called(one: Saying) -> str:
    return f"{one.agency}: {full_name(one.values)}"


def _thing(one: Compared) -> str:
    return TITLES[one.name] if one.name in NUMBERS else _begun(one.name.replace("_", " "))


def _begun(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
