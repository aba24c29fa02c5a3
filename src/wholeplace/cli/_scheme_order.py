"""`wholeplace scheme order`: puts the people of a file in the order of a scheme."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.core.rules.born import check_born
from wholeplace.core.rules.files.faults import Fault, FileMistake, listed
from wholeplace.core.rules.files.stated_file import check_stated
from wholeplace.core.rules.files.unseen import unseen
from wholeplace.core.rules.files.yaml import Document, load
from wholeplace.core.rules.orders import Ranking, rank, why
from wholeplace.core.rules.schemes import PlaceRules, Scheme, as_written
from wholeplace.core.rules.stated import StatedFacts

PLAIN = "Write it in letters and digits that can be seen."


def ranking_of(scheme: Scheme, order: str, people: Path, as_at: date, lot: str) -> Ranking:
    """The order of the people whom a file names, each with facts.

    Raises:
        NotFound: the scheme has no such order.
        FileMistake: the file names nobody, or a fact in it cannot be used.
        UserMistake: people stand equal and no word to draw lots with was given.
    """
    if order not in scheme.orders:
        do = f"It has {listed(list(scheme.orders), 'and')}." if scheme.orders else ""
        raise NotFound(f"{scheme.name} has no order called `{order}`.", do=do)
    found = _people(load(people), scheme.place)
    for stated in found.values():
        check_born(stated, as_at)
    if what := unseen(lot):
        raise UserMistake("That word to draw lots with cannot be used.", why=f"{what}.", do=PLAIN)
    return rank(scheme, scheme.order(order), found.items(), as_at, lot=lot)


def _people(document: Document, place: PlaceRules) -> dict[str, StatedFacts]:
    values, faults = document.value, list[Fault]()
    if not isinstance(values, dict) or not values:
        do = "write each person's name, and their facts indented below it"
        raise FileMistake([document.fault((), "this file names nobody", do)])
    for name, facts in values.items():
        if not name.strip():
            what = "somebody here has no name"
            faults.append(document.fault((name,), what, "write it", key=True))
            continue
        if not isinstance(facts, dict):
            faults.append(document.fault((name,), f"`{name}` has no facts", "indent them below"))
            continue
        faults += check_stated(document, facts, place, (name,))
    if faults:
        raise FileMistake(faults)
    source = f"stated in {Path(document.file).name}"
    return {name: StatedFacts(facts, place.facts, source) for name, facts in values.items()}


def order_lines(scheme: Scheme, found: Ranking) -> Iterator[str]:
    """The order in words, line by line."""
    yield f"{scheme.name}: {found.order.text}, as at {show_day(found.as_at)}"
    for one in found.placed:
        yield f"{one.place}. {one.ref}"
        yield from (f"     {words}" for words in why(found, one.ref)[1:])
    if found.waiting:
        yield "No place yet, something must be asked:"
    for waiting in found.waiting:
        asked = ", ".join(as_written(key, scheme.place.facts) for key in waiting.missing)
        yield f"   - {waiting.ref}: {asked}"
    if found.left_out:
        yield f"Does not fit: {', '.join(found.left_out)}"
