"""Points out what lies outside the days of a scheme, and who is not known to answer for it."""

from __future__ import annotations

from collections.abc import Iterator

from wholeplace.core.rules.files.faults import Fault, meant_or_list
from wholeplace.core.rules.files.yaml import Document
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.shown import show_date


def days_outside(scheme: Scheme, document: Document) -> Iterator[Fault]:
    """Days of the scheme without its lawful basis, and worked cases on days outside `valid`."""
    yield from _basis(scheme, document)
    for at, case in enumerate(scheme.cases):
        if not scheme.open_on(case.as_at):
            what = f"the scheme takes nobody on {show_date(case.as_at)}, the day of this case"
            do = f"the case “{case.name}” says what the rules would come to; choose another day"
            yield document.fault(("cases", at, "as_at"), what, do)


def _basis(scheme: Scheme, document: Document) -> Iterator[Fault]:
    """No trawl is made on a day on which the lawful basis does not hold.

    A scheme may look back on days before its basis; that is pointed out where a worked case does.
    """
    valid = scheme.place.bases[scheme.lawful_basis].valid
    which = f"`{scheme.lawful_basis}` holds {valid.shown}"
    early = [case.as_at for case in scheme.cases if case.as_at < valid.from_]
    if any(scheme.open_on(day) for day in early):
        what = f"the scheme has cases before its lawful basis: {which}"
        yield document.fault(("valid",), what, "no trawl is made of earlier days")
    if valid.to and (scheme.valid_to is None or scheme.valid_to > valid.to):
        what = f"the scheme runs on after its lawful basis: {which}"
        do = "no trawl is made of later days; end the scheme then, or name another basis"
        yield document.fault(("valid",), what, do)


def not_known(scheme: Scheme, document: Document) -> Iterator[Fault]:
    """A lead, a releaser or an owner whom the place does not name, where it names them."""
    journey, place = scheme.journey, scheme.place
    named = [
        (("owner",), scheme.owner, place.owners, "service called"),
        (("journey", "lead"), journey.lead, place.leads, "role or lead called"),
        (("journey", "release"), journey.release, place.leads, "role or lead called"),
    ]
    for path, name, known, kind in named:
        if known and name and name not in known:
            do = f"{meant_or_list(name, known)}, or add it to governance/leads.yaml"
            yield document.fault(path, f"there is no {kind} `{name}`", do)
