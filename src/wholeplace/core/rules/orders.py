"""Puts people in the order of a scheme: band, steps, tie rule; slow, obvious, explained.

Only those who qualify have a place. Who may qualify, or whose band or value is not known,
waits beside the order with what is to be asked; nobody is placed by a guess.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.schemes import Band, Order, OrderStep, Scheme
from wholeplace.core.rules.stated import FactsProvider

BANDS = "bands"
LOT, TOGETHER = "lot", "together"
# Ends of a value that come first when the larger value comes first.
LARGEST_FIRST = ("latest", "most", "yes")


@dataclass(frozen=True)
class Placed:
    """Somebody with a place.

    Attributes:
        ref: who.
        place: from 1; people who share a place have the same, and the next place is left out.
        band: key of the band; empty when the order has none.
        values: what each step came to, in the order of the steps; a band is its number from 0.
        lot: the number drawn, as text, where a lot was needed; smaller goes first.
    """

    ref: str
    place: int
    band: str
    values: tuple[t.Value, ...]
    lot: str = ""


@dataclass(frozen=True)
class Waiting:
    """Somebody without a place yet: `open_steps` of the order, or whether they qualify, is open.

    missing: the facts that keep it open.
    """

    ref: str
    open_steps: tuple[str, ...]
    missing: tuple[t.FactKey, ...]


@dataclass(frozen=True)
class Ranking:
    """An order as it came out on a day."""

    order: Order
    as_at: dt.date
    lot: str
    placed: tuple[Placed, ...]
    waiting: tuple[Waiting, ...]
    left_out: tuple[str, ...]


def rank(
    scheme: Scheme,
    order: Order,
    people: Iterable[tuple[str, FactsProvider]],
    as_at: dt.date,
    *,
    lot: str = "",
) -> Ranking:
    """Everybody's place in `order`, as at a day.

    Args:
        people: each person's name for the list (once), and what is known of them.
        lot: the word that lots are drawn with, published beforehand, such as the advert's
            number: the same word and people always give the same draw.

    Raises:
        UserMistake: a lot is needed and no word was given; or a name stands twice.
    """
    found: dict[str, _Person] = {}
    for ref, provider in people:
        if ref in found:
            raise UserMistake(f"{ref} stands twice in the list.", do="List each person once.")
        found[ref] = _Person(ref, Evaluation(scheme, provider, as_at), order)
    ready = [one for one in found.values() if one.qualifies and not one.open_steps]
    waiting = [one.waiting() for one in found.values() if one.waits]
    left_out = tuple(ref for ref, one in found.items() if one.run.eligible is False)
    return Ranking(order, as_at, lot, tuple(_placed(ready, order, lot)), tuple(waiting), left_out)


class _Person:
    """One person's standing: each step's value, or why it has none."""

    def __init__(self, ref: str, run: Evaluation, order: Order) -> None:
        self.ref, self.run, self._order = ref, run, order
        self.values = {step.key: self._value(step) for step in order.steps}
        self.open_steps = tuple(key for key, value in self.values.items() if value is None)

    @property
    def qualifies(self) -> bool:
        return self.run.eligible is True

    @property
    def waits(self) -> bool:
        return self.run.eligible is None or (self.qualifies and bool(self.open_steps))

    def _value(self, step: OrderStep) -> t.Value | None:
        if step.rule is None:
            return band_of(self.run, self._order.bands)
        return self.run.value(step.rule.tree, step.on)

    def waiting(self) -> Waiting:
        missing: list[t.FactKey] = []
        for item in self.run.undecided():
            missing += self.run.open_facts(item.rule.tree, item.on)
        for step in self._order.steps:
            if step.key in self.open_steps:
                missing += self._open_facts(step)
        return Waiting(self.ref, self.open_steps, tuple(dict.fromkeys(missing)))

    def _open_facts(self, step: OrderStep) -> list[t.FactKey]:
        if step.rule is not None:
            return self.run.open_facts(step.rule.tree, step.on)
        for band in self._order.bands:
            if band.rule and self.run.value(band.rule.tree, band.on) is None:
                return self.run.open_facts(band.rule.tree, band.on)
        return []

    def key(self) -> tuple[Fraction, ...]:
        """What sorts people: smaller goes first."""
        return tuple(_sorting(step, self.values[step.key]) for step in self._order.steps)


def band_of(run: Evaluation, bands: Sequence[Band]) -> int | None:
    """The number, from 0, of the first band that the person is in.

    None when a band before it is open. Somebody in no band stands after the last.
    """
    for number, band in enumerate(bands):
        within = True if band.rule is None else run.value(band.rule.tree, band.on)
        if within is None:
            return None
        if within:
            return number
    return len(bands)


def _sorting(step: OrderStep, value: t.Value | None) -> Fraction:
    assert value is not None and not isinstance(value, str)
    number = Fraction(value.toordinal() if isinstance(value, dt.date) else value)
    return -number if step.kind in LARGEST_FIRST else number


def _placed(ready: list[_Person], order: Order, lot: str) -> Iterable[Placed]:
    place = 1
    for _, group in groupby(sorted(ready, key=_Person.key), key=_Person.key):
        tied = sorted(group, key=lambda one: one.ref)
        drawn = {one.ref: "" for one in tied}
        if order.ties == LOT and len(tied) > 1:
            drawn = {one.ref: draw(lot, one.ref) for one in tied}
            tied.sort(key=lambda one: (drawn[one.ref], one.ref))
        for number, one in enumerate(tied):
            own = place + number if order.ties == LOT else place
            yield _place(one, order, own, drawn[one.ref])
        place += len(tied)


def _place(one: _Person, order: Order, place: int, lot: str) -> Placed:
    values = tuple(value for value in one.values.values() if value is not None)
    band = one.values.get(BANDS)
    key = order.bands[band].key if isinstance(band, int) and band < len(order.bands) else ""
    return Placed(one.ref, place, key, values, lot)


def draw(lot: str, ref: str) -> str:
    """A person's lot: 64 hexadecimal digits of SHA-256 over the word and the person's name.

    Anybody who knows the word can draw again. Raises UserMistake without a word.
    """
    if not lot:
        raise UserMistake(
            "People stand equal, and no word was given to draw lots with.",
            do="Give one that was published beforehand, such as the advert's number.",
        )
    return hashlib.sha256(f"{lot}\n{ref}".encode()).hexdigest()


def why(ranking: Ranking, ref: str) -> tuple[str, ...]:
    """A place in words that a resident could read: who stands before, by which step.

    Says nothing of other people but how many they are. Raises UserMistake for somebody who
    is not in the ranking.
    """
    mine = next((one for one in ranking.placed if one.ref == ref), None)
    if mine is None:
        return _why_not(ranking, ref)
    order = ranking.order
    said = [f"Place {mine.place} of {len(ranking.placed)}."]
    if mine.band:
        text = next(band.text for band in order.bands if band.key == mine.band)
        said.append(f"Band {mine.band.replace('_', ' ')}: {text}.")
    counts = _before(ranking, mine)
    for key, words in _step_words(order).items():
        if counts.get(key):
            said.append(f"{_people(counts[key])} before you: {words}.")
    if mine.lot:
        said.append(f"Your lot, drawn with the word “{ranking.lot}”, begins {mine.lot[:8]}.")
    elif order.ties == TOGETHER and counts.get(TOGETHER):
        said.append(f"{counts[TOGETHER]} more share this place.")
    return tuple(said)


def _why_not(ranking: Ranking, ref: str) -> tuple[str, ...]:
    if ref in ranking.left_out:
        return ("No place: the scheme does not fit.",)
    if any(one.ref == ref for one in ranking.waiting):
        return ("No place yet: something must be asked first.",)
    raise UserMistake(f"{ref} is not in this list.")


def _people(count: int) -> str:
    return "1 person is" if count == 1 else f"{count} people are"


def _step_words(order: Order) -> dict[str, str]:
    words = {step.key: step.text for step in order.steps}
    return {**words, **({BANDS: "they are in a higher band"} if order.bands else {}), LOT: "by lot"}


def _before(ranking: Ranking, mine: Placed) -> dict[str, int]:
    """How many stand before by each step; under `together`, how many share the place."""
    steps = [step.key for step in ranking.order.steps]
    counts: dict[str, int] = {}
    for other in ranking.placed:
        if other.ref == mine.ref:
            continue
        key = next(
            (k for k, a, b in zip(steps, other.values, mine.values, strict=True) if a != b), ""
        )
        if other.place == mine.place:
            key = TOGETHER
        elif other.place > mine.place:
            continue
        counts[key or LOT] = counts.get(key or LOT, 0) + 1
    return counts


def as_data(ranking: Ranking, names: Mapping[str, str] | None = None) -> dict[str, object]:
    """The ranking as plain lists and texts for `--json`; `names` replace refs in it."""
    shown = names or {}
    return {
        "order": ranking.order.key,
        "as_at": ranking.as_at.isoformat(),
        "lot": ranking.lot,
        "placed": [
            {
                "ref": shown.get(one.ref, one.ref),
                "place": one.place,
                "band": one.band,
                "why": list(why(ranking, one.ref)),
            }
            for one in ranking.placed
        ],
        "waiting": [
            {
                "ref": shown.get(one.ref, one.ref),
                "open": list(one.open_steps),
                "missing": [key.slug for key in one.missing],
            }
            for one in ranking.waiting
        ],
        "left_out": [shown.get(ref, ref) for ref in ranking.left_out],
    }
