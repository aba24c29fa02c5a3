"""Correcting a row set aside and checking it again; running a reason again; dropping a row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.flows import mend_rejects
from wholeplace.flows.mend_rejects import AT_MOST, Outcome, StillWrong
from wholeplace.rooms.records import quarantine
from wholeplace.web.gate import page
from wholeplace.web.loads.aside import href, narrowed_of, note_view
from wholeplace.web.loads.forms import Correct, Why
from wholeplace.web.loads.words import line_of, place_in_words, plain, source_name
from wholeplace.web.look.words import counted
from wholeplace.web.submit import Asking, ask, posted

CORRECTING = (
    "The row is checked again as every row is, and loaded when all of it is right. What stood"
    " there is kept beside what you type."
)


@page("load.mend", hidden=True, methods=("GET", "POST"))
def correct(request: HttpRequest, reject_id: int) -> HttpResponse:
    """`/loads/aside/<id>/correct`: type what is right; the row goes through the same checks."""
    about = mend_rejects.described(reject_id)
    if not about.row.row or about.row.later:
        raise NotFound("There is no such row.")
    note_view(about)
    form = Correct(about, posted(request))
    asking = Asking(
        title=f"Correct {_called(about)}",
        button="Check again",
        back=f"/loads/aside/{reject_id}",
        intro=(CORRECTING,),
        template="loads/correct.html",
    )

    def act(said: dict[str, Any]) -> str:
        try:
            outcome = mend_rejects.mend(
                reject_id,
                form.typed(),
                why=said["why"],
                day=timezone.localdate(),
                same_person=said.get("same_person", False),
            )
        except StillWrong as wrong:
            form.tell(wrong.faults)
            raise UserMistake("The row is still wrong, so it was not loaded.") from None
        messages.success(request, _done(outcome))
        return f"/loads/aside/{reject_id}"

    return ask(request, asking, form, act)


def _done(outcome: Outcome) -> str:
    along = outcome.mended - 1
    waited = counted(along, "row that waited for it was", "rows that waited for it were")
    return "The row is right and was loaded." + (f" {waited} loaded too." if along else "")


@page("load.mend", hidden=True, methods=("GET", "POST"))
def drop(request: HttpRequest, reject_id: int) -> HttpResponse:
    """`/loads/aside/<id>/drop`: we shall never want it."""
    about = mend_rejects.described(reject_id)
    note_view(about)
    asking = Asking(
        title=f"Drop {_called(about)}",
        button="Drop the row",
        kind="warning",
        back=f"/loads/aside/{reject_id}",
        intro=("It stays here as it stood, with your reason, and is not loaded.",),
        warning="A row that was dropped cannot be opened again. It comes back only when the"
        " agency sends it again.",
        done="The row was dropped.",
    )

    def act(said: dict[str, Any]) -> str:
        mend_rejects.drop(reject_id, why=said["why"])
        return f"/loads/aside/{reject_id}"

    return ask(request, asking, Why(posted(request)), act)


@page("load.mend", hidden=True, methods=("GET", "POST"))
def again(request: HttpRequest) -> HttpResponse:
    """`/loads/aside/again?…`: all rows of a reason as they stood, now that something changed."""
    narrowed = narrowed_of(request)
    if not narrowed.source or not narrowed.reason or narrowed.state != "open":
        raise NotFound("There is no such row.")
    standing = sum(one.rows for one in quarantine.reasons(narrowed) if _meant(one, narrowed))
    asking = Asking(
        title="Run all of this reason again",
        button="Run again",
        back=href("/loads/aside/rows", narrowed),
        intro=(
            f"{narrowed.reason} {_which(narrowed)}:"
            f" {counted(standing, 'row stands', 'rows stand')} set aside.",
            "They go through the checks again as they stood. Do this when the source file’s rule"
            " was changed, or when a row that they refer to has come.",
            *([f"The newest {AT_MOST:,} are run at once."] if standing > AT_MOST else []),
        ),
    )

    def act(said: dict[str, Any]) -> str:
        outcome = mend_rejects.run_again(narrowed, why=said["why"], day=timezone.localdate())
        messages.success(request, _told(outcome))
        return href("/loads/aside/rows", narrowed)

    return ask(request, asking, Why(posted(request)), act)


def _called(about: mend_rejects.Described) -> str:
    return f"{line_of(about.row.file, about.row.line)} of {plain(about.row.file)}"


def _which(narrowed: quarantine.Narrowed) -> str:
    if not narrowed.file:
        return source_name(narrowed.source)
    return place_in_words(narrowed.file, narrowed.field or "every_field")


def _meant(one: quarantine.Reason, narrowed: quarantine.Narrowed) -> bool:
    return narrowed.field in ("", one.field)


def _told(outcome: Outcome) -> str:
    right = counted(outcome.mended, "row is right and was loaded", "rows are right and were loaded")
    return f"{right}. {counted(outcome.still_wrong, 'is', 'are')} still wrong."
