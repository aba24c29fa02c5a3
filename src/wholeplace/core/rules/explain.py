"""Why a scheme fits, does not fit, or might: as data, for page, letter, API and terminal.

Explanations are filtered by the reader's information classes. Where a fact is not for the
reader, neither its name nor its value is given, nor the value of a criterion that it
decided; the reader is told whom to ask. For such a reader everything but the answer is worked
out as if protected facts were unknown (`seen`), so that nothing tells their values, nor whether
they are held: not what failed, not what is asked, not when time changes the answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from fractions import Fraction

from wholeplace.core.kernel.money import format_pence
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking.ask import Enough, next_question, sufficient_set
from wholeplace.core.rules.asking.openness import MOST_KEPT, Asked
from wholeplace.core.rules.computed import WorkedOut
from wholeplace.core.rules.decide import ANSWERS, Evaluation
from wholeplace.core.rules.explain_later import LookAhead
from wholeplace.core.rules.explanation import (
    CriterionShown,
    Explanation,
    FactShown,
    Later,
    Likeliest,
    PayShown,
    Question,
    Sufficient,
)
from wholeplace.core.rules.figures import figures_named
from wholeplace.core.rules.rates import RateMissing
from wholeplace.core.rules.schemes import AS_AT, EVERY, Criterion, Pay, Scheme, as_written
from wholeplace.core.rules.seen import Masked, May, hides, may_see, may_see_move
from wholeplace.core.rules.shown import show_date, show_value
from wholeplace.core.rules.stated import FactsProvider

__all__ = [
    "PROTECTED",
    "TRUTH",
    "CriterionShown",
    "Explanation",
    "FactShown",
    "Later",
    "Likeliest",
    "PayShown",
    "Question",
    "Sufficient",
    "explain",
]

TRUTH = {True: "yes", False: "no", None: "unknown"}
PROTECTED = "protected"


def explain(
    scheme: Scheme,
    provider: FactsProvider,
    as_at: dt.date,
    *,
    classes: Collection[str] | None = None,
    ahead: bool = True,
    enough: bool = False,
) -> Explanation:
    """Explains what `scheme` says of one person as at a day.

    Args:
        classes: information classes (`P0` to `P5`) that the reader may see; None for all.
        ahead: whether to look for the day on which time alone changes a no; lists need not.
        enough: whether to find questions that settle an open answer whatever is said.
    """
    run = Evaluation(scheme, provider, as_at)
    return _Explainer(run, classes, ahead, enough).whole()


NOT_ABOUT = {
    "household": "The scheme is for households, and somebody else answers for this one.",
    "benefit unit": "The scheme is for benefit units, and somebody else answers for this one.",
    "child": "The scheme is for children under 18, and this person is not one.",
}
UNSURE_WHOM = {
    "household": "It is not known whether this person answers for the household.",
    "benefit unit": "It is not known whether this person answers for the benefit unit.",
    "child": "It is not known whether this person is under 18.",
}


class _Explainer:
    """`_run` knows everything and gives the answer; `_seen` knows what the reader may see."""

    def __init__(
        self, run: Evaluation, classes: Collection[str] | None, ahead: bool, enough: bool
    ) -> None:
        self._run = self._seen = run
        self._scheme = run.scheme
        self._may = may_see(run.scheme, classes)
        self._enough = enough
        if classes is not None and hides(run.scheme, self._may):
            self._seen = Evaluation(run.scheme, _masked(run, classes, self._may), run.as_at)
        looks = ahead and run.eligible is False
        self._later = LookAhead(self._moving(classes)) if looks else None

    def _moving(self, classes: Collection[str] | None) -> Evaluation:
        """What the reader may know of how the person's facts move."""
        run = self._run
        if self._seen is run:
            return run
        told = Masked(run.provider, may_see_move(run.scheme, classes))
        return Evaluation(run.scheme, told, run.as_at)

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
            failed=tuple(item.key for item in self._seen.failed()),
            missing=self._missing(),
            assumed=self._assumed(criteria),
            pays=tuple(self._pay(pay) for pay in scheme.pays.values()),
            notes=self._notes(),
            closed=self._scheme.closed_on(run.as_at),
            next_question=self._next(),
            enough=self._sufficient(),
            later=self._later.shown if self._later else None,
            ahead=self._later.words if self._later else "",
        )

    def _notes(self) -> tuple[str, ...]:
        found = []
        if closed := self._scheme.closed_on(self._run.as_at):
            found.append(closed)
            found += self._from_opening()
        if self._seen.subject is not True:
            unsure = self._seen.subject is None
            found.append((UNSURE_WHOM if unsure else NOT_ABOUT)[self._scheme.about])
        return tuple(found)

    def _from_opening(self) -> list[str]:
        """Before the first day, for somebody who qualifies already: from when they do."""
        run, opens = self._run, self._scheme.valid_from
        if run.as_at >= opens or run.eligible is not True:
            return []
        try:
            fits = Evaluation(self._scheme, self._seen.provider, opens).eligible
        except RateMissing:  # the figures of the opening day are not known yet
            return []
        return [f"Eligible from {show_date(opens)}, if nothing else changes."] if fits else []

    def _assumed(self, criteria: tuple[CriterionShown, ...]) -> tuple[str, ...]:
        shown = [f"{f.fact}: {f.shown}" for c in criteria for f in c.facts if f.assumed]
        return tuple(dict.fromkeys(shown))

    # -- criteria and facts -----------------------------------------------------------
    def _criterion(self, item: Criterion) -> CriterionShown:
        value = self._seen.criteria[item.key]
        facts = self._facts(item.rule.tree, item.on)
        if item.on != AS_AT:
            facts = (self._fact(t.FactKey(item.on), AS_AT, decided=value is None), *facts)
        hidden = value is None and any(fact.protected and fact.decided for fact in facts)
        turns, becomes = self._later.of(item.key) if self._later else (None, "")
        return CriterionShown(
            key=item.key,
            text=item.text,
            value=PROTECTED if hidden else TRUTH[value],
            on=item.on,
            day=_iso(self._seen.day(item.on)),
            rule=item.rule.text,
            facts=facts,
            settings=self._figures(item.rule),
            note=self._ask() if hidden else "",
            from_day=turns,
            becomes=becomes,
        )

    def _ask(self) -> str:
        return f"A protected fact decided this; ask {self._scheme.owner}."

    def _facts(self, tree: t.Node, on: str) -> tuple[FactShown, ...]:
        decided = {use.key for use in self._seen.deciding(tree, on)}
        return tuple(
            self._fact(use.key, on, decided=use.key in decided, assumed=use.assumed)
            for use in self._uses(tree)
        )

    def _uses(self, tree: t.Node) -> tuple[t.FactUse, ...]:
        """The facts that one of the scheme's own trees reads, looked up once."""
        held, place = self._scheme.compiled, ("uses", id(tree))
        if place not in held:
            held[place] = t.fact_uses(tree)
        found: tuple[t.FactUse, ...] = held[place]
        return found

    def _figures(self, rule: t.Rule) -> tuple[str, ...]:
        """The figures that a rule names, those of the day; most rules name none of a day."""
        held, place = self._scheme.compiled, ("figures", id(rule), self._run.as_at)
        if place not in held:
            if len(held) > MOST_KEPT:
                held.clear()
            held[place] = figures_named(rule.tree, self._scheme.place, self._run.as_at)
        found: tuple[str, ...] = held[place]
        return found

    def _fact(
        self, key: t.FactKey, on: str, *, decided: bool, assumed: t.Value | None = None
    ) -> FactShown:
        if not self._may(key.name) or not (on == AS_AT or self._may(on)):
            note = "a protected fact"
            return FactShown(note, "", None, note, PROTECTED, None, decided=decided, protected=True)
        kept = self._seen.known.kept  # the schemes of one person say the same of a fact
        place = ("shown", key, self._seen.day(on), decided, assumed)
        if place not in kept:
            kept[place] = self._made(key, on, decided=decided, assumed=assumed)
        found: FactShown = kept[place]
        return found

    def _made(
        self, key: t.FactKey, on: str, *, decided: bool, assumed: t.Value | None
    ) -> FactShown:
        spec = self._scheme.place.facts[key.name]
        held = self._seen.fact(key, on)
        value = assumed if held.value is None else held.value
        dated = held.recorded or held.happened
        return FactShown(
            fact=as_written(key, self._scheme.place.facts),
            meaning=spec.meaning,
            value=_plain(value),
            shown=show_value(spec, value),
            state=str(held.state),
            day=_iso(self._seen.day(on)),
            source=held.source,
            happened=_iso(held.happened),
            recorded=_iso(held.recorded),
            age_days=(self._run.as_at - dated).days if dated else None,
            information_class=spec.information_class,
            agency=spec.agency,
            decided=decided,
            assumed=held.value is None and assumed is not None,
            came_from=self._came_from(key, on, decided=decided),
        )

    def _came_from(self, key: t.FactKey, on: str, *, decided: bool) -> tuple[FactShown, ...]:
        """The person's own facts that a fact was worked out from, unless it is held itself."""
        working = self._scheme.place.workings.of(key.name)
        day = self._seen.day(on)
        if working is None or day is None or working.spec.derive.kind != "rule":
            return ()
        if self._seen.provider.fact(key.name, key.args, day).value is not None:
            return ()
        return tuple(self._fact(inner, on, decided=decided) for inner in working.inputs)

    # -- questions --------------------------------------------------------------------
    def _missing(self) -> tuple[Question, ...]:
        if self._run.eligible is not None:
            return ()
        asked: dict[t.FactKey, list[str]] = {}
        for item in self._seen.undecided():
            for key in self._seen.open_facts(item.rule.tree, item.on):
                asked.setdefault(key, []).append(item.key)
        order = sorted(asked, key=lambda key: -len(asked[key]))
        return self._questions((Asked(key, AS_AT), tuple(asked[key])) for key in order)

    def _questions(self, asked: Iterable[tuple[Asked, tuple[str, ...]]]) -> tuple[Question, ...]:
        return tuple(dict.fromkeys(self._question(one, criteria) for one, criteria in asked))

    def _question(self, asked: Asked, criteria: tuple[str, ...]) -> Question:
        if not self._may(asked.key.name) or not (asked.on == AS_AT or self._may(asked.on)):
            text = f"A protected fact is needed; ask {self._scheme.owner}."
            return Question("a protected fact", text, (), protected=True)
        spec = self._scheme.place.facts[asked.key.name]
        written = as_written(asked.key, self._scheme.place.facts)
        return Question(written, spec.question, criteria, on=asked.on)

    def _next(self) -> Likeliest | None:
        if self._run.eligible is not None:
            return None
        found = next_question(self._seen, lambda key: self._may(key.name))
        if found is None:
            return None
        return Likeliest(self._question(found.asked, found.criteria), found.settling, found.answers)

    def _sufficient(self) -> Sufficient | None:
        if not self._enough or self._run.eligible is not None:
            return None
        found: Enough | None = sufficient_set(self._seen)
        if found is None:
            return None
        asked = self._questions((one, ()) for one in found.asked)
        return Sufficient(asked, found.smallest, found.exact)

    # -- payments ---------------------------------------------------------------------
    def _pay(self, pay: Pay) -> PayShown:
        pence = self._seen.pence(pay)
        facts = self._facts(pay.amount.tree, pay.on)
        hidden = any(fact.protected for fact in facts)
        keys = self._seen.open_facts(pay.amount.tree, pay.on) if pence is None else []
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
            missing=self._questions((Asked(key, AS_AT), (pay.key,)) for key in keys),
            every=pay.every,
            settings=self._figures(pay.amount),
        )


def _masked(run: Evaluation, classes: Collection[str], may: May) -> WorkedOut:
    """What a reader of these classes may see of a person; one for all the schemes of a place."""
    kept, place = run.known.kept, ("masked", frozenset(classes))
    if place not in kept:
        provider = Masked(run.provider, may)
        kept[place] = WorkedOut.over(provider, run.scheme.place.workings, run.as_at)
    found: WorkedOut = kept[place]
    return found


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _plain(value: t.Value | None) -> bool | int | float | str | None:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value
