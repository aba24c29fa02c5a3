"""`/`: the first page of each role: what is due, what is new, who waits."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.ledger import queries as ledger
from wholeplace.rooms.schemes import queries as schemes
from wholeplace.rooms.schemes.queries import RunLine
from wholeplace.web.adoptions import views as adoptions
from wholeplace.web.audit import views as audit
from wholeplace.web.casework.applications import COLUMNS as APPLICATION_COLUMNS
from wholeplace.web.casework.applications import OPEN
from wholeplace.web.casework.applications import row_of as application_row
from wholeplace.web.gate import actor_of, page
from wholeplace.web.identity import queue as identity
from wholeplace.web.ledger.views import QUEUE, budget_of, queue_rows
from wholeplace.web.ledger.weeks import weekly_figures
from wholeplace.web.loads import aside as loads
from wholeplace.web.look.model import Task
from wholeplace.web.look.words import counted, long_day, pounds
from wholeplace.web.my import views as my
from wholeplace.web.people import search
from wholeplace.web.system import views as system


@page()
def home(request: HttpRequest) -> HttpResponse:
    """The home of the role that is acting."""
    rights = actor_of(request).rights
    return next(view for right, view in HOMES if not right or right in rights)(request)


def assessor(request: HttpRequest) -> HttpResponse:
    """What is due, what is new, what was offered."""
    counts = casework.home_counts()
    newest = schemes.current_runs()
    late = counts.get("applications_overdue", 0)
    waiting = [line for state in OPEN for line in casework.applications(state=state, size=20)]
    waiting.sort(key=lambda line: line.due_on or line.received_on)
    context = {
        "tasks": [*_findings(newest), *_awards(counts)],
        "newest": newest,
        "columns": APPLICATION_COLUMNS,
        "applications": [application_row(line) for line in waiting],
        "overdue": late,
        "late": f"{counted(late, 'application')} should have been decided by now.",
    }
    return render(request, "home/assessor.html", context)


def finance(request: HttpRequest) -> HttpResponse:
    """What falls due, and the fund."""
    counts = casework.home_counts()
    due = counts.get("payments_due", 0)
    amount = pounds(counts.get("payments_due_pence", 0))
    context = {
        "due": due,
        "sentence": f"{counted(due, 'payment')} due by today, {amount} in all.",
        "budgets": [(line.id, budget_of(line)) for line in ledger.budgets()],
    }
    return render(request, "home/finance.html", context)


def manager(request: HttpRequest) -> HttpResponse:
    """The fund, who waits for it, and the latest trawl."""
    counts = casework.home_counts()
    newest = schemes.current_runs()
    context = {
        "tasks": [*_findings(newest), *_awards(counts), *_checks(counts)],
        "newest": newest,
        "budgets": [(line.id, budget_of(line)) for line in ledger.budgets()],
        "weekly": weekly_figures(due=actor_of(request).can("payment.read")),
        "queue_columns": QUEUE,
        "queue": queue_rows(),
    }
    return render(request, "home/manager.html", context)


def _findings(newest: list[RunLine]) -> list[Task]:
    """Whom the current trawl of each scheme found and who has not applied yet, by answer."""
    return [
        task
        for line in newest
        for task in _found_by(line, line.scheme_name if len(newest) > 1 else "")
    ]


def _found_by(line: RunLine, name: str) -> list[Task]:
    """One trawl's tasks; `name` says of which scheme, where there are several."""
    found = casework.counted(line)
    scheme, it = (f"“{name}”", f"“{name}”") if name else ("the scheme", "it")
    shown = (
        ("yes", f"whom {scheme} fits", f"Every test is met, read as at {long_day(line.as_at)}"),
        ("possible", f"whom {it} may fit", "Something is not known yet: ask them"),
    )
    tasks = []
    for answer, words, hint in shown:
        left, others = (found.of(answer, applied=applied) for applied in (False, True))
        more = f". {counted(others, 'person has', 'people have')} applied already" if others else ""
        task = Task(
            f"{counted(left, 'person', 'people')} {words}",
            f"/trawls/{line.id}?answer={answer}&applied=no",
            hint=f"{hint}{more}",
            status=answer,
        )
        tasks += [task] if left else []
    return tasks


def _awards(counts: dict[str, int]) -> list[Task]:
    offered, queued = counts.get("awards_offered", 0), counts.get("awards_queued", 0)
    tasks = []
    if offered:
        tasks.append(
            Task(
                f"{counted(offered, 'award')} can be confirmed",
                "/fund",
                hint="Money is free again and was offered to the oldest",
                status="offered",
            )
        )
    if queued:
        tasks.append(
            Task(f"{counted(queued, 'award')} waiting for money", "/fund", status="queued")
        )
    return tasks


def _checks(counts: dict[str, int]) -> list[Task]:
    waiting = counts.get("checks_waiting", 0)
    if not waiting:
        return []
    return [Task(f"{counted(waiting, 'award')} to be checked", "/fund", hint="Over £500.00")]


# The first right that somebody holds decides which page is their home.
HOMES: tuple[tuple[str, Callable[[HttpRequest], HttpResponse]], ...] = (
    ("own.read", my.record),
    ("audit.read", audit.search),
    ("system.read", system.state),
    ("payment.release", finance),
    ("award.decide", assessor),
    ("load.mend", loads.reasons),
    ("trawl.read", manager),
    ("adoption.seal", adoptions.list_page),
    ("identity.decide", identity.waiting),
    ("person.search", search.search_page),
    ("", lambda request: render(request, "home/plain.html")),
)
