"""What a trawl may read: the scheme's agencies, under its lawful basis, and no more."""

from __future__ import annotations

from datetime import date

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.figures import check_figures
from wholeplace.core.rules.files.scheme_reader import OPEN_TO_ALL
from wholeplace.core.rules.schemes import Scheme, needs
from wholeplace.population.facts.fits import check_fact, tables_of
from wholeplace.population.snapshot.open import Snapshot
from wholeplace.population.trawl.patterns import MOST
from wholeplace.population.trawl.subjects import TABLES


class TrawlRefused(UserMistake):
    """The scheme may not be looked for in this data, or not on this day."""


def check_trawl(snapshot: Snapshot, scheme: Scheme, as_at: date) -> None:
    """Make sure that a scheme may be trawled for.

    Raises:
        TrawlRefused: the scheme is not found by trawls, takes nobody on the day, has no lawful
            basis of that day, or needs rows of an agency that it may not read.
        RateMissing: a criterion, an amount, a fact that they read, or a day that they are read
            at, goes by a dated figure that has no value for the day.
        FactRefused: a fact that it needs cannot be derived from a snapshot.
    """
    if "trawl" not in scheme.found_by:
        raise _refused(scheme, "its `found_by` does not name trawls", "Add `trawl` to it.")
    if not scheme.open_on(as_at):
        raise _refused(scheme, f"it takes nobody on {show_day(as_at)}", "Ask for another day.")
    if len(scheme.used_criteria()) > MOST:
        raise _refused(scheme, f"it has more than {MOST} criteria")
    basis = scheme.place.bases.get(scheme.lawful_basis)
    if basis is None:
        raise _refused(scheme, f"its lawful basis `{scheme.lawful_basis}` is not on record")
    if not basis.valid.holds_on(as_at):
        why = f"its lawful basis `{scheme.lawful_basis}` holds {basis.valid.shown}"
        raise _refused(scheme, f"{why}, not on {show_day(as_at)}", "Ask for another day.")
    check_figures(scheme, as_at)
    for table in TABLES.get(scheme.about, ()):
        _check_table(snapshot, scheme, table, f"which {scheme.about} there is")
    for need in needs(scheme):
        _check_need(snapshot, scheme, need.key.name)


def _check_need(snapshot: Snapshot, scheme: Scheme, name: str) -> None:
    spec = scheme.place.facts[name]
    readable = {*scheme.may_read, *OPEN_TO_ALL}
    if spec.agency not in readable:
        why = f"`{spec.written}` is held by `{spec.agency}`, which its `may_read` leaves out"
        raise _refused(scheme, why)
    check_fact(spec)
    for table in tables_of(spec):
        _check_table(snapshot, scheme, table, f"`{spec.written}`")


def _check_table(snapshot: Snapshot, scheme: Scheme, table: str, what: str) -> None:
    for agency in snapshot.agencies(table):
        if agency not in (*scheme.may_read, *OPEN_TO_ALL):
            why = f"{what} is read from {table}, which hold rows of `{agency}` here"
            do = f"Make a snapshot of {table} without them, or let the scheme read them."
            raise _refused(scheme, why, do)


def _refused(scheme: Scheme, why: str, do: str = "") -> TrawlRefused:
    return TrawlRefused(f"No trawl for {scheme.name} was made.", why=f"Reason: {why}.", do=do)
