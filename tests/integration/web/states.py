"""Awards in every state that is not the usual one, of people with names as long as names get."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from tests import builders
from tests.integration.web import world as made

from wholeplace.flows import apply_and_decide
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.schemes import actions as schemes

LONG = "Maria Anunciación Guadalupe Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"
REFUSED = "The job had ended before the first week for which this scheme could pay anything."


@dataclass
class States:
    """People by what became of them, and the numbers of their cases."""

    ended: Person
    offered: Person
    queued: Person
    refused: Person
    award_ended: int
    award_offered: int
    award_queued: int
    application_refused: int
    budget: int
    run: int
    failed: int
    waiting: int


def make_states(act: made.Act) -> States:
    """One of each: ended, offered what it freed, queued behind it, refused; a failed trawl."""
    with act("system-loader"):
        made._places()
        names = ("Ende Lang", "Olive Offered", LONG, "Rita O’Refused-Nonetheless")
        people = [made.eligible(name) for name in names]
    with act("grace.lindqvist"):
        budget = builders.make_budget(400_00, year=made.financial_year())
    run, _ = made.trawled(act, people)
    with act("amina.begum"):
        awards = [made.awarded(person, budget) for person in people[:3]]
        refused = made.apply_for(people[3])
        apply_and_decide.decide_refusal(application_id=refused, version=1, reasons=REFUSED)
        apply_and_decide.end_award(
            award_id=awards[0],
            version=casework.award(awards[0]).line.version,
            happened_on=timezone.localdate(),
            reason="The job ended; the employer closed the shift.",
        )
    made.settle()
    return States(*people, *awards, refused, budget, run, *_trawls(act))


def _trawls(act: made.Act) -> tuple[int, int]:
    """A trawl that failed and one that nobody has taken up."""
    with act("amina.begum"):
        version = schemes.keep_version(scheme=made.SCHEME, name="Transition payments", text="kept")
        runs = [
            schemes.ask(scheme=made.SCHEME, version_id=version, as_at=timezone.localdate())
            for _ in range(2)
        ]
    with act("system-worker"):
        schemes.begin(run_id=runs[0])
        schemes.fail(run_id=runs[0], why="Its lawful basis `public-task` is not on record.")
    return runs[0], runs[1]
