"""Which of many schemes can be counted, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.snapshot.open import Snapshot
from wholeplace.population.trawl.permission import check_trawl


def countable(
    snapshot: Snapshot, schemes: Iterable[Scheme], as_at: date
) -> tuple[list[Scheme], list[tuple[Scheme, UserMistake]]]:
    """The schemes that may be trawled for on a day, and the others with the reason of each.

    What `check_trawl` refuses is left out. Nothing is read.
    """
    those: list[Scheme] = []
    others: list[tuple[Scheme, UserMistake]] = []
    for scheme in schemes:
        try:
            check_trawl(snapshot, scheme, as_at)
        except UserMistake as why:
            others.append((scheme, why))
        else:
            those.append(scheme)
    return those, others
