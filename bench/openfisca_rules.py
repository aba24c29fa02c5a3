"""The scheme files' rules as OpenFisca's users would write them, from the checked trees.

Two ways. Three-valued: each fact has a second variable that says whether it is known, each
condition two variables, is true and is false. Two-valued, as OpenFisca is used: a fact that is
not known is its type's default, and a condition is true or false. What several conditions share
is a variable of its own, so OpenFisca calculates it once and keeps it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.rates import figure_on, on_day, step_on
from wholeplace.core.rules.schemes import FactNeed, Part, Scheme
from wholeplace.population.trawl.questions import Day, Questions, meaning
from wholeplace.population.trawl.subjects import whole_of

VALUE_TYPES = {
    t.Kind.BOOLEAN: "bool",
    t.Kind.NUMBER: "float",
    t.Kind.PERCENT: "float",
    t.Kind.MONEY: "int",
    t.Kind.DURATION: "int",
    t.Kind.DATE: "date",
    t.Kind.CODE: "int",
}
_HEAD = '''"""Written by the benchmark from the scheme files; not part of the program."""

import datetime

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

Person = build_entity("person", "persons", "A person", is_person=True)


def add_months(days, months):
    month = days.astype("datetime64[M]")
    day_of_month = days - month
    last = (month + months + 1).astype("datetime64[D]") - 1
    return numpy.minimum((month + months).astype("datetime64[D]") + day_of_month, last)
'''
_VARIABLE = """

class {name}(Variable):
    value_type = {kind}
    entity = Person
    definition_period = DateUnit.DAY
    label = {label!r}
"""
_FORMULA = """
    def formula(person, period):
        return {formula}
"""


@dataclass(frozen=True)
class Input:
    """A fact as an input: its variable, the column of ours, its type, what stands in for it.

    Attributes:
        assumed: the value that the scheme takes where the fact is not known, which in the
            two-valued way is put in with the rest.
    """

    name: str
    column: str
    kind: t.Kind
    codes: tuple[str, ...]
    assumed: t.Value | None


@dataclass
class Rules:
    """A tax and benefit system's text, its inputs, and the variables that are asked for.

    Attributes:
        questions, schemes: the names of variables; three-valued those for (yes, no).
    """

    text: str = _HEAD
    inputs: dict[str, Input] = field(default_factory=dict)
    questions: list[tuple[str, ...]] = field(default_factory=list)
    schemes: list[tuple[str, ...]] = field(default_factory=list)


class RulesWriter:
    """Writes the rules of some schemes as OpenFisca variables, three-valued or two-valued."""

    def __init__(self, as_at: dt.date, *, three_valued: bool) -> None:
        self._as_at = as_at
        self._three = three_valued
        self._day = Day()
        self._conditions: dict[object, tuple[str, ...]] = {}
        self._rules = Rules()

    def write(self, schemes: Sequence[Scheme], questions: Questions) -> Rules:
        """The whole text."""
        for question in questions.asked:
            self._day = question.day
            self._rules.questions.append(self._condition(question.tree))
        for number, (scheme, places) in enumerate(zip(schemes, questions.of, strict=True)):
            names = {key: self._rules.questions[place] for key, place in places.items()}
            whole = self._part(whole_of(scheme), names)
            self._rules.schemes.append(self._pair(f"scheme_{number}", scheme.name, whole))
        return self._rules

    # -- variables ----------------------------------------------------------------------
    def _variable(self, name: str, kind: str, label: str, formula: str = "") -> str:
        self._rules.text += _VARIABLE.format(name=name, kind=kind, label=label)
        if formula:
            self._rules.text += _FORMULA.format(formula=formula)
        return name

    def _pair(self, stem: str, label: str, formulas: Sequence[str]) -> tuple[str, ...]:
        ends = ("_yes", "_no") if self._three else ("",)
        return tuple(
            self._variable(stem + end, "bool", label, formula)
            for end, formula in zip(ends, formulas, strict=True)
        )

    def _condition(self, node: t.Node) -> tuple[str, ...]:
        """The variables of a condition; the same for conditions that mean the same."""
        same = (meaning(node), self._day)
        if same not in self._conditions:
            stem = f"condition_{len(self._conditions)}"
            self._conditions[same] = ()  # the name is taken before its parts take theirs
            self._conditions[same] = self._pair(stem, stem, self._formulas(node, stem))
        return self._conditions[same]

    def _formulas(self, node: t.Node, stem: str) -> list[str]:
        match node:
            case t.And(parts=parts) | t.Or(parts=parts):
                return self._joined([self._condition(part) for part in parts], type(node) is t.And)
            case t.Not(operand=operand):
                return self._turned(self._condition(operand))
            case t.If(condition=condition, then=then, otherwise=otherwise):
                return self._choice(*map(self._condition, (condition, then, otherwise)))
            case t.Compare(operator=sign, left=left) if left.type.kind == t.Kind.BOOLEAN:
                return self._same(sign, self._condition(left), self._condition(node.right))
        value, known = self._simple(node)
        if not self._three:
            return [value]
        both = " & ".join(dict.fromkeys([*known, value]))
        return [both, " & ".join([*dict.fromkeys(known), f"~{_ask(stem + '_yes')}"])]

    def _part(self, part: Part, names: dict[str, tuple[str, ...]]) -> list[str]:
        if part.kind == "criterion":
            return [_ask(name) for name in names[part.key]]
        inner = [self._part(each, names) for each in part.parts]
        if part.kind == "not":
            return list(reversed(inner[0])) if self._three else [f"~({inner[0][0]})"]
        signs = ("&", "|") if part.kind == "all" else ("|", "&")
        return [
            "(" + f" {sign} ".join(each[place] for each in inner) + ")"
            for place, sign in enumerate(signs[: 2 if self._three else 1])
        ]

    def _joined(self, parts: Sequence[tuple[str, ...]], every: bool) -> list[str]:
        signs = ("&", "|") if every else ("|", "&")
        return [
            f" {sign} ".join(_ask(part[place]) for part in parts)
            for place, sign in enumerate(signs[: 2 if self._three else 1])
        ]

    def _turned(self, part: tuple[str, ...]) -> list[str]:
        return [_ask(part[1]), _ask(part[0])] if self._three else [f"~{_ask(part[0])}"]

    def _choice(self, *parts: tuple[str, ...]) -> list[str]:
        asked, then, otherwise = ([_ask(name) for name in part] for part in parts)
        if not self._three:
            return [f"numpy.where({asked[0]}, {then[0]}, {otherwise[0]})"]
        return [
            f"({asked[0]} & {then[place]}) | ({asked[1]} & {otherwise[place]})" for place in (0, 1)
        ]

    def _same(self, sign: str, left: tuple[str, ...], right: tuple[str, ...]) -> list[str]:
        one, two = [_ask(name) for name in left], [_ask(name) for name in right]
        if not self._three:
            return [f"{one[0]} {'==' if sign == '=' else '!='} {two[0]}"]
        alike = f"({one[0]} & {two[0]}) | ({one[1]} & {two[1]})"
        other = f"({one[0]} & {two[1]}) | ({one[1]} & {two[0]})"
        return [alike, other] if sign == "=" else [other, alike]

    # -- values -------------------------------------------------------------------------
    def _simple(self, node: t.Node) -> tuple[str, list[str]]:
        """A condition about values, and what must be known for it."""
        match node:
            case t.Compare(operator=sign, left=left, right=right):
                (one, known), (two, more) = self._value(left), self._value(right)
                return f"({one} {'==' if sign == '=' else sign} {two})", known + more
            case t.Between():
                value, known = self._value(node.value)
                (low, more), (high, most) = self._value(node.low), self._value(node.high)
                return f"(({value} >= {low}) & ({value} <= {high}))", known + more + most
            case t.In(value=inner, items=items):
                value, known = self._value(inner)
                listed = ", ".join(self._literal(item, inner.type) for item in items)
                return f"numpy.isin({value}, [{listed}])", known
        return self._value(node)

    def _value(self, node: t.Node) -> tuple[str, list[str]]:
        match node:
            case t.Literal():
                return self._literal(node, node.type), []
            case t.AsAt():
                return _shown(self._as_at), []
            case t.FactUse():
                return self._fact(node)
            case t.RateUse():
                return _shown(figure_on(node, self._as_at)), []
            case t.Negate(operand=operand):
                value, known = self._value(operand)
                return f"(-{value})", known
            case t.Extreme(name=name, parts=parts):
                shown = [self._value(part) for part in parts]
                word = "minimum" if name == "min" else "maximum"
                listed = ", ".join(value for value, _ in shown)
                return f"numpy.{word}.reduce(numpy.broadcast_arrays({listed}))", _all(shown)
            case t.Arithmetic():
                return self._arithmetic(node)
            case t.TableUse():
                return self._table(node)
            case t.Round():
                return self._round(node)
        raise NotImplementedError(f"{type(node).__name__} is not written for OpenFisca")

    def _literal(self, node: t.Literal, like: t.Type) -> str:
        if isinstance(node.value, str):
            return str(sorted(like.codes).index(node.value))
        return _shown(node.value)

    def _fact(self, use: t.FactUse) -> tuple[str, list[str]]:
        column = FactNeed(use.key, self._day.label).column
        name = "".join(sign if sign.isalnum() else "_" for sign in column)
        if use.assumed is not None:
            name += "_or_" + "".join(sign if sign.isalnum() else "_" for sign in str(use.assumed))
        if name not in self._rules.inputs:
            kind = use.type.kind
            codes = tuple(sorted(use.type.codes))
            self._rules.inputs[name] = Input(name, column, kind, codes, use.assumed)
            self._variable(name, VALUE_TYPES[kind], column)
            if self._three:
                self._variable(f"{name}_known", "bool", f"{column} is known")
        if not self._three or use.assumed is None:
            return _ask(name), [_ask(f"{name}_known")] if self._three else []
        stand_in = self._literal(t.Literal(use.type, 0, 0, use.assumed), use.type)
        return f"numpy.where({_ask(name + '_known')}, {_ask(name)}, {stand_in})", []

    def _arithmetic(self, node: t.Arithmetic) -> tuple[str, list[str]]:
        (one, known), (two, more) = self._value(node.left), self._value(node.right)
        left, right = node.left.type.kind, node.right.type.kind
        result = f"({one} {node.operator} {two})"
        if node.operator == "*" and t.Kind.PERCENT in (left, right):
            result = f"({one} * {two} / 100)"
        elif left == t.Kind.DATE and right == t.Kind.DATE:
            result = f"({one} - {two}).astype(int)"
        elif left == t.Kind.DATE and right == t.Kind.MONTHS:
            result = f"add_months({one}, {node.operator}{two})"
        return result, known + more

    def _table(self, node: t.TableUse) -> tuple[str, list[str]]:
        value, known = self._value(node.by)
        rows = on_day(node.name, node.tables, self._as_at).rows
        ends = ", ".join(_shown(row.up_to) for row in rows if row.up_to is not None)
        gives = ", ".join(_shown(row.value) for row in rows)
        return f"numpy.array([{gives}])[numpy.searchsorted([{ends}], {value})]", known

    def _round(self, node: t.Round) -> tuple[str, list[str]]:
        value, known = self._value(node.value)
        step = _shown(step_on(node.step, self._as_at))
        if node.how == "nearest":
            whole = f"numpy.sign({value}) * numpy.floor(numpy.abs({value}) / {step} + 0.5)"
        else:
            whole = f"numpy.{'ceil' if node.how == 'up' else 'floor'}({value} / {step})"
        return f"({whole} * {step})", known


def _all(shown: Sequence[tuple[str, list[str]]]) -> list[str]:
    return [each for _, known in shown for each in known]


def _ask(name: str) -> str:
    return f'person("{name}", period)'


def _shown(value: object) -> str:
    if isinstance(value, dt.date):
        return f'numpy.datetime64("{value.isoformat()}")'
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else repr(float(value))
    return repr(value)
