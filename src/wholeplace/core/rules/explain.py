"""Why a scheme fits, does not fit, or might: as data, for page, letter, API and terminal.

Explanations are filtered by the reader's information classes. Where a fact is not for the
reader, neither its name nor its value is given, nor the value of a criterion that it
decided; the reader is told whom to ask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, is_dataclass
from fractions import Fraction
from typing import Any

from wholeplace.core.kernel.money import format_pence
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.decide import ANSWERS, Evaluation
from wholeplace.core.rules.figures import figures_named
from wholeplace.core.rules.schemes import AS_AT, EVERY, Criterion, Pay, Scheme, as_written
from wholeplace.core.rules.shown import show_value
from wholeplace.core.rules.stated import FactsProvider

TRUTH = {True: "yes", False: "no", None: "unknown"}
PROTECTED = "protected"


@dataclass(frozen=True)
class FactShown:
    """A fact that a criterion read. `value`: pence, days, ISO date, code or number.

    `age_days` is how old the statement was on the day of the answer, where its source
    says when it was recorded (or, failing that, since when it was true).
    """

    fact: str
    meaning: str
    value: bool | int | float | str | None
    shown: str
    state: str
    day: str | None
    source: str = ""
    happened: str | None = None
    recorded: str | None = None
    age_days: int | None = None
    information_class: str = ""
    agency: str = ""
    decided: bool = False
    assumed: bool = False
    protected: bool = False


@dataclass(frozen=True)
class CriterionShown:
    """A criterion: its words, `yes`/`no`/`unknown`/`protected`, its day, rule and facts.

    `settings` says what each figure named in the rule is: `most_a_week is £35.00`.
    """

    key: str
    text: str
    value: str
    on: str
    day: str | None
    rule: str
    facts: tuple[FactShown, ...]
    settings: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Question:
    """Something to ask because the answer is still open."""

    fact: str
    question: str
    criteria: tuple[str, ...]
    protected: bool = False


@dataclass(frozen=True)
class PayShown:
    """A payment for this person; `amount_pence` None while a fact is missing.

    every: `week`, `month`, `year` or `once`. weeks: for how many; None when no end is set.
    settings: the figures named in the formula, as in `CriterionShown`.
    """

    key: str
    text: str
    amount_pence: int | None
    shown: str
    rule: str
    weeks: int | None
    counting: str
    statutory_weeks: int
    funding: tuple[str, ...]
    facts: tuple[FactShown, ...]
    missing: tuple[Question, ...]
    every: str = "week"
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """The whole answer. `answer` is `yes`, `no` or `possible`.

    failed: keys of the criteria that made it no. missing: what to ask while it is
    possible, most useful first; empty once the answer is settled.
    """

    scheme: str
    name: str
    version: str
    as_at: str
    answer: str
    criteria: tuple[CriterionShown, ...]
    failed: tuple[str, ...]
    missing: tuple[Question, ...]
    assumed: tuple[str, ...]
    pays: tuple[PayShown, ...]
    notes: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Plain lists, dicts, texts and numbers, ready for JSON."""
        data: dict[str, Any] = _as_data(self)
        return data


def _as_data(value: Any) -> Any:
    """As `dataclasses.asdict`, which copies every leaf; these cannot change, so they stay."""
    if isinstance(value, tuple):
        return tuple(_as_data(one) for one in value)
    if is_dataclass(value):
        return {name: _as_data(one) for name, one in vars(value).items()}
    return value


def explain(
    scheme: Scheme,
    provider: FactsProvider,
    as_at: dt.date,
    *,
    classes: Collection[str] | None = None,
) -> Explanation:
    """Explains what `scheme` says of one person as at a day.

    Args:
        classes: information classes (`P0` to `P5`) that the reader may see; None for all.
    """
    return _Explainer(Evaluation(scheme, provider, as_at), classes).whole()


class _Explainer:
    def __init__(self, evaluation: Evaluation, classes: Collection[str] | None) -> None:
        self._run = evaluation
        self._scheme = evaluation.scheme
        self._classes = classes

    def whole(self) -> Explanation:
        run, scheme = self._run, self._scheme
        criteria = tuple(self._criterion(item) for item in scheme.used_criteria())
        return Explanation(
            scheme=scheme.key,
            name=scheme.name,
            version=scheme.version,
            as_at=run.as_at.isoformat(),
            answer=ANSWERS[run.eligible],
            criteria=criteria,
            failed=self._failed(criteria),
            missing=self._missing(),
            assumed=self._assumed(criteria),
            pays=tuple(self._pay(pay) for pay in scheme.pays.values()),
            notes=self._notes(),
        )

    def _notes(self) -> tuple[str, ...]:
        if self._scheme.open_on(self._run.as_at):
            return ()
        return ("The scheme does not take people on this day.",)

    def _failed(self, criteria: tuple[CriterionShown, ...]) -> tuple[str, ...]:
        hidden = {item.key for item in criteria if item.value == PROTECTED}
        return tuple(item.key for item in self._run.failed() if item.key not in hidden)

    def _assumed(self, criteria: tuple[CriterionShown, ...]) -> tuple[str, ...]:
        shown = [f"{f.fact}: {f.shown}" for c in criteria for f in c.facts if f.assumed]
        return tuple(dict.fromkeys(shown))

    # -- criteria and facts -----------------------------------------------------------
    def _criterion(self, item: Criterion) -> CriterionShown:
        value = self._run.criteria[item.key]
        facts = self._facts(item.rule.tree, item.on)
        if item.on != AS_AT:
            facts = (self._fact(t.FactKey(item.on), AS_AT, decided=value is None), *facts)
        hidden = any(fact.protected and fact.decided for fact in facts)
        day = self._run.day(item.on)
        return CriterionShown(
            key=item.key,
            text=item.text,
            value=PROTECTED if hidden else TRUTH[value],
            on=item.on,
            day=_iso(day) if self._may_see_day(item.on) else None,
            rule=item.rule.text,
            facts=facts,
            settings=figures_named(item.rule.tree, self._scheme.place, self._run.as_at),
            note=self._ask() if hidden else "",
        )

    def _may_see_day(self, on: str) -> bool:
        return on == AS_AT or self._may_see(on)

    def _may_see(self, name: str) -> bool:
        spec = self._scheme.place.facts[name]
        return self._classes is None or spec.information_class in self._classes

    def _ask(self) -> str:
        return f"A protected fact decided this; ask {self._scheme.owner}."

    def _facts(self, tree: t.Node, on: str) -> tuple[FactShown, ...]:
        decided = {use.key for use in self._run.deciding(tree, on)}
        return tuple(
            self._fact(use.key, on, decided=use.key in decided, assumed=use.assumed)
            for use in t.fact_uses(tree)
        )

    def _fact(
        self, key: t.FactKey, on: str, *, decided: bool, assumed: t.Value | None = None
    ) -> FactShown:
        if not self._may_see(key.name):
            note = "a protected fact"
            return FactShown(note, "", None, note, PROTECTED, None, decided=decided, protected=True)
        spec = self._scheme.place.facts[key.name]
        held = self._run.fact(key, on)
        value = assumed if held.value is None else held.value
        dated = held.recorded or held.happened
        return FactShown(
            fact=as_written(key, self._scheme.place.facts),
            meaning=spec.meaning,
            value=_plain(value),
            shown=show_value(spec, value),
            state=str(held.state),
            day=_iso(self._run.day(on)),
            source=held.source,
            happened=_iso(held.happened),
            recorded=_iso(held.recorded),
            age_days=(self._run.as_at - dated).days if dated else None,
            information_class=spec.information_class,
            agency=spec.agency,
            decided=decided,
            assumed=held.value is None and assumed is not None,
        )

    # -- questions --------------------------------------------------------------------
    def _missing(self) -> tuple[Question, ...]:
        asked: dict[t.FactKey, list[str]] = {}
        for item in self._run.undecided():
            for key in self._run.open_facts(item.rule.tree, item.on):
                asked.setdefault(key, []).append(item.key)
        order = sorted(asked, key=lambda key: -len(asked[key]))
        return self._questions({key: tuple(asked[key]) for key in order})

    def _questions(self, asked: dict[t.FactKey, tuple[str, ...]]) -> tuple[Question, ...]:
        found = []
        for key, criteria in asked.items():
            if self._may_see(key.name):
                spec = self._scheme.place.facts[key.name]
                written = as_written(key, self._scheme.place.facts)
                found.append(Question(written, spec.question, criteria))
            else:
                text = f"A protected fact is needed; ask {self._scheme.owner}."
                found.append(Question("a protected fact", text, (), protected=True))
        return tuple(dict.fromkeys(found))

    # -- payments ---------------------------------------------------------------------
    def _pay(self, pay: Pay) -> PayShown:
        pence = self._run.pence(pay)
        facts = self._facts(pay.amount.tree, pay.on)
        hidden = any(fact.protected for fact in facts)
        keys = self._run.open_facts(pay.amount.tree, pay.on) if pence is None else []
        shown = "not known yet" if pence is None else f"{format_pence(pence)} {EVERY[pay.every]}"
        return PayShown(
            key=pay.key,
            text=pay.text,
            amount_pence=None if hidden else pence,
            shown=f"A protected fact decides this; ask {self._scheme.owner}." if hidden else shown,
            rule=pay.amount.text,
            weeks=pay.weeks,
            counting=pay.counting,
            statutory_weeks=pay.statutory_weeks,
            funding=pay.funding,
            facts=facts,
            missing=self._questions(dict.fromkeys(keys, (pay.key,))),
            every=pay.every,
            settings=figures_named(pay.amount.tree, self._scheme.place, self._run.as_at),
        )


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _plain(value: t.Value | None) -> bool | int | float | str | None:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value
