"""The system administrator's home: what runs, what waits, what failed; nobody's content."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.flows.health import Health, health
from wholeplace.web.look.marks import moment
from wholeplace.web.look.model import Column, SummaryRow
from wholeplace.web.look.words import counted

MEGABYTE = 1_000_000


def state(request: HttpRequest) -> HttpResponse:
    """How the installation stands now."""
    now = health()
    context = {
        "rows": _rows(now),
        "columns": (Column("Kind of work", heading=True), Column("Failed", numeric=True)),
        "failures": now.jobs.failures,
        "worker_missing": not now.workers,
    }
    return render(request, "system/state.html", context)


def _rows(now: Health) -> list[SummaryRow]:
    jobs = now.jobs
    oldest = moment(jobs.oldest_waiting) if jobs.oldest_waiting else "Nothing waits"
    return [
        SummaryRow("Database", f"PostgreSQL {now.database}"),
        SummaryRow("Size of the database", f"{now.database_bytes / MEGABYTE:,.0f} MB"),
        SummaryRow("Migrations applied", now.migrations),
        SummaryRow("People signed in", now.sessions, note="sessions that have not run out"),
        SummaryRow("Workers", counted(now.workers, "worker"), note="heard from in the last minute"),
        SummaryRow("Waiting", counted(jobs.waiting, "job")),
        SummaryRow("Oldest waiting since", oldest),
        SummaryRow("Running", counted(jobs.running, "job")),
        SummaryRow("Done", counted(jobs.done, "job")),
        SummaryRow("Audit trail", counted(now.audit.links, "sealed event")),
        SummaryRow("Not yet sealed", counted(now.audit.unsealed, "event")),
    ]
