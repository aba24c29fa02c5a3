"""`/identity/model`: what the model that links has learnt, and how far it can be relied on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.text import capfirst

from wholeplace.core.identity.care import Estimate
from wholeplace.flows.model_care import Care, ComparisonLines, Doubt, model_care, versions
from wholeplace.rooms.identity.care import Taught
from wholeplace.web.charts.pairs import PairedBar, PairedChart, in_percent, paired_figure
from wholeplace.web.gate import page
from wholeplace.web.identity.queue import tabs
from wholeplace.web.identity.words import name_of
from wholeplace.web.look.marks import link, moment
from wholeplace.web.look.model import Column, Figure, SummaryRow

ONE, TWO = "Pairs of one person", "Pairs of two people"
DOUBTS = (
    Column("Pairs", heading=True),
    Column("Waiting or decided", numeric=True),
    Column("Decided", numeric=True),
    Column("Of those, one person"),
)
CAUSES = {
    "between": "Left apart because too little spoke for one person",
    "refused": "Left apart because something spoke against it",
}
VERSIONS = (
    Column("Version", heading=True),
    Column("Learnt"),
    Column("Records", numeric=True),
    Column("Records' fingerprint"),
)
COUNTED = {
    "birth_date": "birth dates",
    "birth_year": "years of birth",
    "home": "addresses",
    "phone": "telephone numbers",
    "email": "e-mail addresses",
    "nhs": "NHS numbers",
    "ni": "National Insurance numbers",
    "upn": "pupil numbers",
}


@page("identity.decide")
def model(request: HttpRequest, version: int | None = None) -> HttpResponse:
    """The model as the last full linking learnt it, or one version of it."""
    every = versions()
    if version is None and not every:
        return render(request, "identity/model.html", {"tabs": tabs("/identity/model")})
    told = model_care(version)
    context = {
        "tabs": tabs("/identity/model"),
        "care": told,
        "newest": every[0].run_id == told.version,
        "facts": _facts(told),
        "moved": _moved(told),
        "figures": [_figure(made) for made in told.comparisons],
        "doubt_columns": DOUBTS,
        "doubts": [_doubt(one) for one in told.doubts],
        "version_columns": VERSIONS,
        "versions": [_version(one, told.version) for one in every],
    }
    return render(request, "identity/model.html", context)


def _facts(told: Care) -> list[SummaryRow]:
    learnt = f"{told.pairs:,} pairs of records" if told.pairs else "Too few pairs: set figures hold"
    rows = [
        SummaryRow("Version", format_html("Linking {}, {}", told.version, moment(told.at))),
        SummaryRow("Records", f"{told.records:,}"),
        SummaryRow("Learnt from", learnt),
        SummaryRow("Fingerprint of the records", told.fingerprint[:16]),
        SummaryRow("One person's, of pairs taken at random", f"1 in {1 / told.prior:,.0f}"),
    ]
    if told.emptied:
        words = [f"{rows:,} {COUNTED.get(name, name)}" for name, rows in told.emptied.items()]
        rows.append(SummaryRow("Counted for nothing", ", ".join(words)))
    crowded = [f"{keys:,} of {name}" for name, keys in told.blocks.items()]
    rows.append(SummaryRow("Too crowded to compare", ", ".join(crowded) or "Nothing"))
    return rows


def _moved(told: Care) -> list[str]:
    """What moved since the version before, in sentences; the furthest first."""
    if told.drift is None:
        return []
    words = {made.name: [level.words for level in made.levels] for made in told.comparisons}
    return [
        f"{name_of(one.comparison)}, “{words[one.comparison][one.place]}”: "
        f"from {one.before:+.1f} to {one.now:+.1f} bits"
        for one in told.drift.moved
        if one.comparison in words
    ]


def _figure(made: ComparisonLines) -> Figure:
    bits = tuple(f"{level.bits:+.1f}" for level in made.levels)
    before = tuple("–" if one.before is None else f"{one.before:+.1f}" for one in made.levels)
    chart = PairedChart(
        id=f"model-{made.name}",
        title=name_of(made.name),
        summary=_summary(made),
        bars=tuple(PairedBar(capfirst(one.words), one.m, one.u) for one in made.levels),
        one=ONE,
        other=TWO,
        name_heading="How two records stand",
    )
    columns = (Column("Bits", numeric=True), Column("Before", numeric=True))
    return paired_figure(chart, tuple(zip(columns, (bits, before), strict=True)))


def _summary(made: ComparisonLines) -> str:
    most = max(made.levels, key=lambda level: level.bits)
    return (
        f"“{capfirst(most.words)}” says most: {in_percent(most.m)} of one person's pairs,"
        f" {in_percent(most.u)} of two people's. The upper bar is one person's pairs, the lower"
        " two people's."
    )


def _doubt(one: Doubt) -> tuple[str, str, str, str]:
    words = CAUSES.get(one.cause, one.cause)
    return words, f"{one.asked:,}", f"{one.decided:,}", _share(one.same)


def _share(same: Estimate | None) -> str:
    if same is None:
        return "Nobody has decided yet"
    return (
        f"{in_percent(same.share)}; between {in_percent(same.low)} and {in_percent(same.high)}"
        " with 95% confidence"
    )


def _version(one: Taught, shown: int) -> tuple[object, ...]:
    name = f"Linking {one.run_id}"
    return (
        name if one.run_id == shown else link(name, f"/identity/model/{one.run_id}"),
        moment(one.at),
        f"{one.records:,}",
        one.model["records"][:16],
    )
