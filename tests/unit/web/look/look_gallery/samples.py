"""Invented people, sums and days for the gallery: ordinary, empty, and as long as names get."""

from __future__ import annotations

from datetime import UTC, date, datetime

from wholeplace.web.charts.areas import MapWords
from wholeplace.web.charts.bars import Bar, BarChart
from wholeplace.web.charts.boundaries import Shape
from wholeplace.web.charts.columns import ColumnChart
from wholeplace.web.charts.hexagons import Hexagon
from wholeplace.web.charts.lines import Line, LineChart
from wholeplace.web.look import marks
from wholeplace.web.look.model import (
    Action,
    Budget,
    Column,
    Criterion,
    Fact,
    Flag,
    Link,
    Shell,
    SignedIn,
    SummaryRow,
    Task,
    TimelineItem,
    Why,
)

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh, Maria Anunciación Guadalupe"
NAVIGATION = (
    Link("Home", "#home"),
    Link("Find a person", "#find", current=True),
    Link("Work list", "#work"),
    Link("The fund", "#fund"),
    Link("Ward map", "#map"),
)
SHELL = Shell(
    place="Birmingham",
    home_url="/",
    signed_in=SignedIn("Amina Khan", "Benefits assessor", "Birmingham City Council"),
    sign_out_url="/forms/",
    navigation=NAVIGATION,
    footer=(Link("Accessibility", "#a"), Link("Who looked at my record", "#b")),
    demonstration=True,
)
LONG_SHELL = Shell(
    place="Birmingham and Solihull Combined Demonstration Area",
    signed_in=SignedIn(LONG, "Internal auditor", "Integrated Care and Skills Partnership"),
    sign_out_url="/forms/",
    demonstration=True,
)
COLUMNS = (
    Column("Name", heading=True, sort_href="?order=name", sorted_by="ascending"),
    Column("Born", sort_href="?order=born"),
    Column("Answer"),
    Column("Job started"),
    Column("A week", numeric=True),
)


def rows() -> list[tuple[object, ...]]:
    """A work list: an ordinary row, one with gaps, one with a very long name."""
    return [
        (
            marks.link("Grace Adeyemi", "#1"),
            marks.day(date(1986, 3, 4), short=True),
            marks.status("yes"),
            marks.day(date(2026, 6, 1), short=True),
            marks.money(3500),
        ),
        (marks.link("Tom O’Neill", "#2"), None, marks.status("unknown"), None, marks.money(None)),
        (
            marks.link(LONG, "#3"),
            marks.day(date(1999, 12, 31), short=True),
            marks.status("possible"),
            marks.day(date(2026, 9, 30), short=True),
            marks.money(123450),
        ),
    ]


SUMMARY = (
    SummaryRow("Name", "Grace Adeyemi", actions=(Action("Change", "#n", "name"),)),
    SummaryRow("Date of birth", marks.day(date(1986, 3, 4)), note="Council benefits, 2 May 2026"),
    SummaryRow("Phone", None, actions=(Action("Add", "#p", "phone"), Action("Ask", "#q", "phone"))),
    SummaryRow("Employer", LONG * 2),
)
TIMELINE = (
    TimelineItem(
        "Award decided", datetime(2026, 6, 8, 8, 5, tzinfo=UTC), "Amina Khan", "8 weeks of £35.00"
    ),
    TimelineItem("Job started", date(2026, 6, 1), text="Reported by the employer", href="#job"),
    TimelineItem(f"Letter sent to {LONG}", date(2026, 5, 20), LONG, "By post"),
)
TASKS = (
    Task("Check the tenancy", "#t", "The landlord’s letter is enough", "done"),
    Task("Decide", "#d", status="due"),
    Task("Write to the resident", "#w"),
    Task("Release the first payment"),
)
FLAGS = (
    Flag("Do not contact"),
    Flag("Unsafe address", "orange"),
    Flag("Died 3 May 2026", "grey"),
)
WHY_UNKNOWN = Why(
    answer="unknown",
    as_at=date(2026, 6, 8),
    known_at=datetime(2026, 6, 8, 8, 5, tzinfo=UTC),
    criteria=(
        Criterion(
            "You lived in an area where many people are out of work on the day the job started",
            "yes",
            (
                Fact(
                    "Claimants in Alum Rock",
                    "27.3%",
                    "published claimant counts",
                    date(2026, 5, 1),
                    31,
                ),
            ),
            on=date(2026, 6, 1),
        ),
        Criterion(
            "You had been on a qualifying benefit for 26 weeks without a break",
            "no",
            (
                Fact(
                    "Time on qualifying benefits",
                    "25 weeks",
                    "council benefits",
                    date(2026, 6, 1),
                    0,
                ),
            ),
            from_day=date(2026, 6, 8),
            on=date(2026, 6, 1),
        ),
        Criterion(
            "You started a job expected to last five weeks or more",
            "unknown",
            (Fact("How long the job is expected to last", ""),),
            question="How long is the job expected to last?",
        ),
        Criterion("You are under 25, where the job is an apprenticeship", "not-applicable"),
        Criterion(
            "Nothing else stands in the way",
            "protected",
            question="A fact that you may not see decided this. Ask the duty manager.",
        ),
        Criterion(
            "Your rent is not paid in full by other help",
            "yes",
            (Fact("Other help", "£0.00 a week", assumed=True),),
            note="The scheme assumes that there is none unless somebody says so.",
        ),
    ),
    questions=("How long is the job expected to last?",),
)
WHY_YES = Why("yes", (Criterion("You live in Birmingham", "yes"),), as_at=date(2026, 6, 8))
WHY_NO = Why("no", (Criterion("You live in Birmingham", "no"),), headline="No, not yet.")
BUDGET = Budget("Crisis and Resilience Fund, housing", 5_000_000, 3_120_050, 1_859_900)
FULL = Budget("A fund with nothing left", 100_000, 60_000, 40_000)
UNSPENT = Budget("A fund that nobody has used", 100_000, 0, 0)
BARS = BarChart(
    "found",
    "People found, by how they were found",
    "Most were found by searching the council’s own data.",
    (
        Bar("Search of the council’s data", 812, "812", "#trawl"),
        Bar("Asked for it themselves", 164, "164"),
        Bar("Sent by Jobcentre Plus, a landlord, a school or a health visitor", 37, "37"),
        Bar("Sent by a provider", None, "1–5"),
        Bar("Walked in", 0, "None"),
    ),
    "How",
    "People",
)
MONTHS = ("Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026", "May 2026", "Jun 2026", "Jul 2026")
LINES = LineChart(
    "paid",
    "Money paid and promised each month",
    "Payments have kept up with promises since April.",
    MONTHS,
    (
        Line("Paid", (0, 120000, 240000, 515000, 640000, 655000, 702000)),
        Line("Promised", (310000, 400000, 420000, 540000, None, 660000, 690000)),
        Line("Handed back", (None, None, 30000, None, None, 12000, 15000)),
    ),
    say=lambda pence: f"£{pence / 100:,.0f}",
)
WEEKLY = ColumnChart(
    "weekly",
    "Paid each week",
    "Most in June.",
    MONTHS,
    (0, 120000, 240000, 515000, 640000, 655000, 702000),
    say=lambda pence: f"£{pence / 100:,.0f}",
    value_heading="Paid",
)
WORDS = MapWords(
    "wards",
    "People claiming because they are out of work",
    "It is highest in the wards east and north-west of the centre.",
    "Claimants, of people aged 16 to 64",
    say=lambda value: f"{value:.1f}%",
    marked="Priority area",
)
AREA_NAMES = ("Alum Rock", "Aston", "Bournville & Cotteridge", "Ladywood", "Sutton Trinity")


def hexagons(rows: int = 9) -> list[Hexagon]:
    """A made-up city, about as many wards as Birmingham has."""
    made = []
    for r in range(rows):
        for column in range(8 if r % 2 else 7):
            place = len(made)
            value = None if place == 20 else (place * 37 % 83) / 3 + 1
            made.append(
                Hexagon(
                    f"W{place:02d}",
                    f"{AREA_NAMES[place % 5]} {place}",
                    column - r // 2,
                    r,
                    value,
                    href=f"#ward-{place}",
                    shown="1–5 people" if place == 20 else "",
                    marked=bool(value and value > 24),
                )
            )
    return made


def shapes() -> list[Shape]:
    """Twelve uneven shapes near Birmingham, one with a hole and one without a figure."""
    made = []
    for place in range(12):
        x, y = -1.95 + 0.05 * (place % 4), 52.42 + 0.04 * (place // 4)
        ring = (
            (x, y),
            (x + 0.03, y - 0.005),
            (x + 0.05, y),
            (x + 0.05, y + 0.04),
            (x + 0.02, y + 0.045),
            (x, y + 0.04),
            (x, y),
        )
        hole = (
            (x + 0.01, y + 0.01),
            (x + 0.02, y + 0.01),
            (x + 0.02, y + 0.02),
            (x + 0.01, y + 0.01),
        )
        made.append(
            Shape(
                f"S{place}",
                f"{AREA_NAMES[place % 5]} {place}",
                (ring, hole) if place == 5 else (ring,),
                None if place == 7 else place * 2.5 + 1,
                href=f"#shape-{place}",
                marked=place == 11,
            )
        )
    return made
