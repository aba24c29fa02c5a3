"""Adding up what many schemes come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.snapshot.open import Snapshot
from wholeplace.population.trawl.asking import needs_all
from wholeplace.population.trawl.bits import Truth, everybody, left_after, ones, whole
from wholeplace.population.trawl.questions import Questions
from wholeplace.population.trawl.result import FLAGS, CriterionCount, TrawlResult
from wholeplace.population.trawl.subjects import SUBJECT, asked_of, whole_of


@dataclass
class _SchemeTally:
    """One scheme so far; `left` has a number a criterion, `flagged` one a flag."""

    yes: int = 0
    possible: int = 0
    left: list[int] = field(default_factory=list)
    flagged: list[int] = field(default_factory=list)


class Tally:
    """What some schemes come to among the persons added so far.

    Args:
        questions: of these schemes, in this order.
    """

    def __init__(self, schemes: Sequence[Scheme], questions: Questions) -> None:
        self._schemes = schemes
        self._of = questions.of
        self._persons = 0
        self._asked = [(0, 0, 0)] * len(questions.asked)
        self._tallies = [
            _SchemeTally(left=[0] * len(keys), flagged=[0] * len(FLAGS)) for keys in questions.of
        ]

    def add(self, persons: int, flags: Sequence[Truth], answers: Sequence[Truth]) -> None:
        """Count more persons: a `Truth` for each of `FLAGS`, and one a question, in order."""
        counted = [answer.counts(persons) for answer in answers]
        self._persons += persons
        self._asked = [
            (sums[0] + new[0], sums[1] + new[1], sums[2] + new[2])
            for sums, new in zip(self._asked, counted, strict=True)
        ]
        for scheme, keys, tally in zip(self._schemes, self._of, self._tallies, strict=True):
            criteria = {key: answers[place] for key, place in keys.items()}
            _add(tally, scheme, criteria, flags, persons)

    def results(self, snapshot: Snapshot, as_at: date) -> Iterator[TrawlResult]:
        """Each scheme's result so far, without a list."""
        for scheme, keys, tally in zip(self._schemes, self._of, self._tallies, strict=True):
            yield TrawlResult.of(
                snapshot,
                scheme,
                as_at,
                people=self._persons,
                yes=tally.yes,
                possible=tally.possible,
                funnel=self._funnel(scheme, keys, tally),
                flagged=dict(zip(FLAGS, tally.flagged, strict=True)),
            )

    def _funnel(
        self, scheme: Scheme, keys: Mapping[str, int], tally: _SchemeTally
    ) -> Iterator[CriterionCount]:
        whole_funnel = needs_all(scheme)
        for criterion, left in zip(asked_of(scheme), tally.left, strict=True):
            if criterion.key == SUBJECT:
                continue
            fell = self._asked[keys[criterion.key]]
            yield CriterionCount.of(criterion, fell, left if whole_funnel else None)


def _add(
    tally: _SchemeTally,
    scheme: Scheme,
    criteria: Mapping[str, Truth],
    flags: Sequence[Truth],
    persons: int,
) -> None:
    fits = whole(whole_of(scheme), criteria)
    yes, _, possible = fits.counts(persons)
    tally.yes += yes
    tally.possible += possible
    found = everybody(persons) ^ fits.no
    for place, flag in enumerate(flags):
        tally.flagged[place] += ones(found & flag.yes)
    if needs_all(scheme):
        for place, left in enumerate(left_after(list(criteria.values()), persons)):
            tally.left[place] += left
