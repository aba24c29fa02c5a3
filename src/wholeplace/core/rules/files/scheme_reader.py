"""Checks the parts of a scheme or funding file, and gathers every fault with its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from wholeplace.core.kernel.money import is_amount
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import (
    Setting,
    Vocabulary,
    check_literal,
    check_ordered,
    check_rule,
)
from wholeplace.core.rules.computed import Workings
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.files.faults import Fault, FileMistake, meant, meant_or_list
from wholeplace.core.rules.files.scheme_file import UNKNOWN, CriterionFile, PayFile, SchemeFile
from wholeplace.core.rules.files.yaml import Document, KeyPath
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.schemes import AS_AT, EVERY, Criterion, Part, Pay, PlaceRules
from wholeplace.core.rules.stated import (
    FIRST_YEAR,
    LAST_YEAR,
    FactMistake,
    FactState,
    Since,
    fact_named,
    read_value,
)
from wholeplace.core.rules.tree import Kind

_TERM = re.compile(r"[1-9][0-9]{0,3} (working days?|days?|weeks?|months?)", re.ASCII)
_WORD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_TARGET = re.compile(r"[0-9]{1,3}(\.[0-9]+)?%", re.ASCII)


class Reader:
    """Checks the parts of one document and gathers the faults."""

    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        self._document = document
        self._vocabulary = vocabulary
        self._workings = Workings(vocabulary.facts, vocabulary.rates)
        self.faults: list[Fault] = []

    def fault(self, path: KeyPath, what: str, do: str = "", *, key: bool = False) -> None:
        self.faults.append(self._document.fault(path, what, do, key=key))

    def finish(self) -> None:
        if self.faults:
            raise FileMistake(self.faults)

    # -- rules ------------------------------------------------------------------------
    def rule(self, path: KeyPath, text: str, kind: Kind) -> t.Rule | None:
        """The checked rule, or None with its fault noted."""
        return self._checked(path, lambda: check_rule(text, self._vocabulary, kind))

    def ordered_rule(self, path: KeyPath, text: str) -> t.Rule | None:
        """The same for a value by which people can be put in order."""
        return self._checked(path, lambda: check_ordered(text, self._vocabulary))

    def _checked(self, path: KeyPath, check: Callable[[], t.Rule]) -> t.Rule | None:
        try:
            return check()
        except RuleMistake as problem:
            self.faults.append(
                self._document.fault_in_text(
                    path, problem.offset, problem.fault_what, problem.fault_do
                )
            )
            return None

    def check_on(self, path: KeyPath, on: str) -> None:
        spec = self._vocabulary.facts.get(on)
        if on == AS_AT or (spec is not None and spec.type == "date"):
            return
        dates = [f.name for f in self._vocabulary.facts.values() if f.type == "date"]
        what = f"`{on}` is not a dated fact" if spec else f"there is no fact called `{on}`"
        self.fault(path, what, meant_or_list(on, [*dates, AS_AT]))

    def criteria(self, files: dict[str, CriterionFile], path: KeyPath) -> dict[str, Criterion]:
        found: dict[str, Criterion] = {}
        for key, file in files.items():
            self.check_on((*path, key, "on"), file.on)
            rule = self.rule((*path, key, "when"), file.when, Kind.BOOLEAN)
            if rule is not None:
                found[key] = Criterion(key, file.text, file.on, rule)
        return found

    def eligible(self, value: Any, path: KeyPath, file: SchemeFile) -> Part | None:
        if isinstance(value, str):
            if value in file.criteria:
                return Part("criterion", value)
            do = meant_or_list(value, list(file.criteria))
            self.fault(path, f"there is no criterion called `{value}`", do)
            return None
        if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in _JOINS:
            what = "this is not how criteria are joined"
            self.fault(path, what, "write `{all: [a, b]}`, `{any: [a, b]}` or `{not: a}`")
            return None
        join, inner = next(iter(value.items()))
        if join == "not":
            part = self.eligible(inner, (*path, join), file)
            return Part("not", parts=(part,)) if part else None
        if not isinstance(inner, list) or not inner:
            self.fault((*path, join), f"`{join}` needs a list of criteria")
            return None
        parts = [self.eligible(item, (*path, join, i), file) for i, item in enumerate(inner)]
        return Part(join, parts=tuple(part for part in parts if part))

    def unused(self, file: SchemeFile, eligible: Part | None) -> None:
        """A criterion that decides nothing is a slip: the reader would believe it counts."""
        for key in file.criteria:
            if eligible and key not in set(eligible.keys()):
                what = f"the criterion `{key}` decides nothing"
                self.fault(("criteria", key), what, "name it in `eligible` or remove it", key=True)

    def unused_settings(self, file: SchemeFile) -> None:
        """The same of a setting: who changes its value would believe that it counts.

        Looked for once the rules are right: the name may be misspelt in one of them.
        """
        if self.faults:
            return
        texts = [item.when for item in file.criteria.values()]
        texts += [pay.amount for pay in file.pays.values()]
        for order in file.orders.values():
            texts += [band.when or "" for band in order.bands]
            texts += [step.value for step in order.by if not isinstance(step, str)]
        texts.append(file.journey.quality_check_over or "")
        read = {word for text in texts for word in _WORD.findall(text)}
        for key in file.settings:
            if key not in read:
                what = f"no rule reads the setting `{key}`"
                do = meant(key, read & set(file.settings)) or "name it in a rule or remove it"
                self.fault(("settings", key), what, do, key=True)

    # -- figures ----------------------------------------------------------------------
    def settings(self, file: SchemeFile) -> dict[str, Setting]:
        found: dict[str, Setting] = {}
        for key, setting in file.settings.items():
            path = ("settings", key, "value")
            if key in self._vocabulary.facts:
                self.fault(("settings", key), f"`{key}` is already the name of a fact", key=True)
            if key in self._vocabulary.rates:
                self.fault(("settings", key), f"`{key}` is already the name of a rate", key=True)
            if isinstance(setting.value, list):
                found[key] = Setting(key, codes=tuple(setting.value))
                continue
            try:
                found[key] = Setting(key, check_literal(str(setting.value)))
            except RuleMistake as problem:
                self.fault(path, problem.fault_what, problem.fault_do)
        return found

    def assume(self, file: SchemeFile) -> dict[str, t.Value]:
        found: dict[str, t.Value] = {}
        for written, value in file.assume.items():
            try:
                spec = fact_named(written, self._vocabulary.facts)
                read = read_value(spec, value)
            except FactMistake as problem:
                where, what, do = ("assume", written), problem.fault_what, problem.fault_do
                self.fault(where, what, do, key=problem.of_name)
                continue
            if isinstance(read, (FactState, Since)):
                self.fault(("assume", written), "an assumption is one plain value")
            else:
                found[spec.name] = read
        return found

    def pays(self, file: SchemeFile, place: PlaceRules) -> dict[str, Pay]:
        found: dict[str, Pay] = {}
        for key, pay in file.pays.items():
            path = ("pays", key)
            self.check_on((*path, "on"), pay.on)
            self._funding(path, pay.funding, place)
            self._weeks((*path, "for"), pay)
            rule = self.rule((*path, "amount"), pay.amount, Kind.MONEY)
            if rule is None:
                continue
            runs = pay.for_
            found[key] = Pay(
                key,
                pay.text,
                pay.on,
                rule,
                runs.weeks if runs else None,
                runs.counting if runs else "",
                runs.statutory_weeks if runs else 0,
                tuple(pay.funding),
                pay.every,
            )
        return found

    def _weeks(self, path: KeyPath, pay: PayFile) -> None:
        if pay.for_ is None:
            return
        if pay.every != "week":
            what = f"`for` counts weeks, and this is paid {EVERY[pay.every]}"
            self.fault(path, what, "leave it out, or write `every: week`", key=True)
        if pay.for_.counting == "total" and pay.for_.weeks <= pay.for_.statutory_weeks:
            self.fault(path, "no week is left after the statutory ones")

    def _funding(self, path: KeyPath, names: list[str], place: PlaceRules) -> None:
        for at, name in enumerate(names):
            if name not in place.funding:
                what = f"there is no funding source called `{name}`"
                do = meant_or_list(name, list(place.funding))
                self.fault((*path, "funding", at), what, do)

    # -- governance -------------------------------------------------------------------
    def governance(
        self,
        file: SchemeFile,
        place: PlaceRules,
        criteria: dict[str, Criterion],
        pays: dict[str, Pay],
    ) -> None:
        basis = place.bases.get(file.lawful_basis)
        if basis is None:
            what = f"there is no lawful basis called `{file.lawful_basis}`"
            self.fault(("lawful_basis",), what, meant_or_list(file.lawful_basis, list(place.bases)))
        for at, agency in enumerate(file.may_read):
            if basis and agency not in basis.agencies:
                what = f"`{file.lawful_basis}` does not allow reading `{agency}`"
                self.fault(("may_read", at), what, meant_or_list(agency, basis.agencies))
        for key, item in criteria.items():
            self.may_read(("criteria", key, "when"), item.rule, file)
            self.may_read_name(("criteria", key, "on"), item.on, file)
        for key, pay in pays.items():
            self.may_read(("pays", key, "amount"), pay.amount, file)

    def may_read(self, path: KeyPath, rule: t.Rule, file: SchemeFile) -> None:
        for use in t.fact_uses(rule.tree):
            spec = self._vocabulary.facts[use.name]
            if what := self._left_out(spec, file.may_read):
                do = "add the agency, or use another fact"
                self.faults.append(self._document.fault_in_text(path, use.start, what, do))

    def may_read_name(self, path: KeyPath, on: str, file: SchemeFile) -> None:
        spec = self._vocabulary.facts.get(on)
        if spec and (what := self._left_out(spec, file.may_read)):
            self.fault(path, what)

    def _left_out(self, spec: FactSpec, may_read: list[str]) -> str:
        """Whose data the fact needs that may not be read; empty when all of it may be."""
        for name in self._workings.read_for(spec.name):
            inner = self._vocabulary.facts[name]
            if inner.agency not in (*may_read, *OPEN_TO_ALL):
                whose = f"held by `{inner.agency}`, which `may_read` leaves out"
                if name == spec.name:
                    return f"`{spec.written}` is {whose}"
                return f"`{spec.written}` is worked out from `{inner.written}`, {whose}"
        return ""

    # -- promises and cases -----------------------------------------------------------
    def the_rest(self, file: SchemeFile) -> None:
        self._journey(file)
        if file.valid.to and file.valid.to < file.valid.from_:
            self.fault(("valid", "to"), "the last day lies before the first")
        for key, milestone in file.milestones.items():
            self.check_on(("milestones", key, "after"), milestone.after)
            if not _TARGET.fullmatch(milestone.target):
                what = f"`{milestone.target}` is not a percentage"
                self.fault(("milestones", key, "target"), what, "write it like `91%`")
        named: set[str] = set()
        for at, case in enumerate(file.cases):
            if case.name in named:
                what = f"another case above is called “{case.name}” too"
                self.fault(("cases", at, "name"), what, "give each case a name of its own")
            named.add(case.name)
            self.case_day(("cases", at, "as_at"), case.as_at)
            self._case_names(("cases", at), case.expect.because or [], file)
            self._case_pays(("cases", at, "expect", "pays"), case.expect.pays or {}, file)
            self.case_facts(("cases", at, "facts"), case.facts)

    def case_day(self, path: KeyPath, day: dt.date) -> None:
        """A worked case speaks of a day that can be asked about."""
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fault(path, f"the year is not between {FIRST_YEAR} and {LAST_YEAR}")

    def _journey(self, file: SchemeFile) -> None:
        for key in ("decide_within", "pay_within", "reconsider_within", "answer_within"):
            term = getattr(file.journey, key)
            if term is not None and not _TERM.fullmatch(term):
                do = "write it like `10 working days`, `14 days` or `1 month`"
                self.fault(("journey", key), f"`{term}` is not a length of time", do)
        limit = file.journey.quality_check_over
        if limit is not None:
            self.rule(("journey", "quality_check_over"), limit, Kind.MONEY)

    def _case_names(self, path: KeyPath, names: list[str], file: SchemeFile) -> None:
        for at, name in enumerate(names):
            if name not in file.criteria:
                do = meant_or_list(name, list(file.criteria))
                where = (*path, "expect", "because", at)
                self.fault(where, f"there is no criterion called `{name}`", do)

    def _case_pays(self, path: KeyPath, amounts: dict[str, str], file: SchemeFile) -> None:
        for key, text in amounts.items():
            if key not in file.pays:
                do = meant_or_list(key, list(file.pays))
                self.fault((*path, key), f"there is no payment called `{key}`", do, key=True)
            elif text != UNKNOWN and not is_amount(text):
                do = "write it like `£35.00`, or `unknown` where a fact that it needs is"
                self.fault((*path, key), f"`{text}` is not an amount of money", do)

    def case_facts(self, path: KeyPath, facts: dict[str, Any]) -> None:
        for written, value in facts.items():
            try:
                read_value(fact_named(written, self._vocabulary.facts), value)
            except FactMistake as problem:
                where, what, do = (*path, written), problem.fault_what, problem.fault_do
                self.fault(where, what, do, key=problem.of_name)


_JOINS = ("all", "any", "not")
OPEN_TO_ALL = ("open-data", "stated")
"""Published indicators and what the person says themselves need no agency's leave."""
