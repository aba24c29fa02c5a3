"""Counts that everybody may read: put here suppressed, read without signing in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import TruncDate
from django.utils import timezone

from wholeplace.core.evidence.suppression import Between, Publishing, suppressed, total_of
from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.schemes.map_queries import found_by_area
from wholeplace.rooms.schemes.models import PublishedCount, TrawlRun

ANSWERS = ("yes", "possible")


@dataclass(frozen=True)
class AreaCount:
    """About how many people of one area; None: from one to `few`. No code: no ward is known."""

    code: str
    name: str
    yes: int | None
    possible: int | None


@dataclass(frozen=True)
class PublicCounts:
    """The counts of a scheme's current trawl, as everybody may read them.

    Attributes:
        few: counts from 1 to this many are not shown.
        round_to: others are rounded to a multiple of this.
        totals: answer (`yes`, `possible`) → how few and how many there can be in all, from what
            is shown alone.
    """

    scheme: str
    as_at: dt.date
    few: int
    round_to: int
    totals: Mapping[str, Between]
    areas: tuple[AreaCount, ...]


@transaction.atomic
def publish(run_id: int, rule: Publishing) -> None:
    """Count the people of a whole trawl by ward and put the counts, suppressed, for everybody.

    A look ahead is nobody's count: of a trawl read as at a later day nothing is put.

    Raises:
        Refused: the actor may not run trawls.
        NotFound: no such trawl.
    """
    require_actor().require("trawl.run")
    run = TrawlRun.objects.filter(pk=run_id, state="whole").first()
    if run is None:
        raise NotFound("There is no such trawl.")
    if run.as_at > timezone.localdate(run.recorded_at):
        return
    areas = found_by_area(run_id)
    columns = zip(*((yes, possible) for _, _, yes, possible in areas), strict=True)
    rows = [
        PublishedCount(
            run=run,
            scheme=run.scheme,
            as_at=run.as_at,
            area_code=code,
            area_name=name,
            answer=answer,
            people=people,
            threshold=rule.few,
            round_to=rule.round_to,
        )
        for answer, counts in zip(ANSWERS, columns, strict=False)
        for (code, name, _, _), people in zip(areas, suppressed(counts, rule).parts, strict=True)
    ]
    PublishedCount.objects.bulk_create(rows, batch_size=1000)
    audit.record("counts.publish", record=f"trawl {run_id}", detail={"areas": len(areas)})


def public_counts(scheme: str) -> PublicCounts | None:
    """The current counts of a scheme; None when it has none. Nobody need be signed in.

    Of the latest day, and of that day the newest. Earlier releases put looks ahead too.
    """
    put = PublishedCount.objects.filter(scheme=scheme, as_at__lte=TruncDate("recorded_at"))
    newest = put.order_by("-as_at", "-run_id").first()
    if newest is None:
        return None
    found: dict[str, dict[str, int | None]] = {}
    names: dict[str, str] = {}
    of_run = PublishedCount.objects.filter(run_id=newest.run_id).order_by("id")
    for code, name, answer, people in of_run.values_list(
        "area_code", "area_name", "answer", "people"
    ):
        names[code] = name
        found.setdefault(code, {})[answer] = people
    rule = Publishing(few=newest.threshold, round_to=newest.round_to)
    return PublicCounts(
        scheme=scheme,
        as_at=newest.as_at,
        few=rule.few,
        round_to=rule.round_to,
        totals={
            answer: total_of([one[answer] for one in found.values()], rule) for answer in ANSWERS
        },
        areas=tuple(
            AreaCount(code, names[code], one["yes"], one["possible"]) for code, one in found.items()
        ),
    )
