"""`/fund`: the budgets, each with its bar, its lines and who waits for it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.ledger import actions, queries
from wholeplace.rooms.ledger.queries import BudgetLine, TransferLine
from wholeplace.web.gate import actor_of, page
from wholeplace.web.ledger.forms import Allocate
from wholeplace.web.ledger.weeks import weekly_figures
from wholeplace.web.look.marks import day, link, money, status
from wholeplace.web.look.model import Budget, Column
from wholeplace.web.submit import Asking, ask, posted

LINES = (
    Column("Day", heading=True),
    Column("What"),
    Column("Note"),
    Column("By"),
    Column("Amount", numeric=True),
)
FUNDS = (
    Column("Source", heading=True),
    Column("Year"),
    Column("Given", numeric=True),
    Column("Promised", numeric=True),
    Column("Paid", numeric=True),
    Column("Free", numeric=True),
)
QUEUE = (
    Column("Place", numeric=True),
    Column("Award", heading=True),
    Column("Amount", numeric=True),
    Column("Waiting since"),
    Column("State"),
    Column("Why"),
)
KINDS = {
    "allocate": "Given to the fund",
    "reserve": "Promised to an award",
    "pay": "Paid",
    "release": "Given back to the fund",
    "reverse": "Reversed",
}


@page("fund.read")
def funds(request: HttpRequest) -> HttpResponse:
    """Every budget of the agency."""
    rows = [
        (
            link(line.source_name, f"/fund/{line.id}"),
            line.year_shown,
            money(line.allocation_pence),
            money(line.committed_pence),
            money(line.spent_pence),
            money(line.available_pence),
        )
        for line in queries.budgets()
    ]
    return render(request, "ledger/funds.html", {"columns": FUNDS, "rows": rows})


@page("fund.read", hidden=True)
def fund(request: HttpRequest, budget_id: int) -> HttpResponse:
    """`/fund/<id>`: one budget."""
    line = queries.budget(budget_id)
    sees_cases = actor_of(request).can("application.read")
    context = {
        "line": line,
        "budget": budget_of(line),
        "lines": LINES,
        "transfers": [_transfer(t) for t in queries.transfers(budget_id)],
        "may_allocate": actor_of(request).can("fund.allocate"),
        "allocate_href": f"/fund/{budget_id}/allocate",
        "queue_columns": QUEUE,
        "queue": queue_rows(budget_id) if sees_cases else [],
        "sees_cases": sees_cases,
        "weekly": weekly_figures(budget_id, due=actor_of(request).can("payment.read")),
    }
    audit.record("fund.view", record=f"budget {budget_id}")
    return render(request, "ledger/fund.html", context)


@page("fund.allocate", hidden=True, methods=("GET", "POST"))
def allocate(request: HttpRequest, budget_id: int) -> HttpResponse:
    """`/fund/<id>/allocate`: put money into it."""
    line = queries.budget(budget_id)
    asking = Asking(
        title=f"Put money into {line.source_name}",
        button="Put in",
        back=f"/fund/{budget_id}",
        done="The money is in the fund.",
    )

    def act(said: dict[str, object]) -> str:
        actions.allocate(
            budget_id=budget_id,
            pence=said["amount"],
            happened_on=said["happened_on"],
            memo=said["memo"],
            key=said["key"],
        )
        return f"/fund/{budget_id}"

    return ask(request, asking, Allocate(posted(request)), act)


def budget_of(line: BudgetLine) -> Budget:
    """A budget as its bar draws it."""
    return Budget(
        f"{line.source_name}, {line.year_shown}",
        line.allocation_pence,
        line.spent_pence,
        line.committed_pence,
    )


def queue_rows(budget_id: int | None = None) -> list[tuple[object, ...]]:
    """Who waits for money, the oldest first, and why."""
    return [
        (
            waiting.place,
            link(waiting.name, f"/awards/{waiting.award_id}"),
            money(waiting.total_pence),
            day(waiting.queued_at.date(), short=True),
            status(waiting.state),
            waiting.reason,
        )
        for waiting in casework.queue(budget_id)
    ]


def _transfer(line: TransferLine) -> tuple[object, ...]:
    note = ", ".join(part for part in (line.memo, line.about) if part)
    return (
        day(line.happened_on, short=True),
        KINDS.get(line.kind, line.kind),
        note or "–",
        line.by_name or "The system",
        money(line.amount_pence),
    )
