"""Types and units: from syntax to a checked tree, or a message saying what to write.

The rules of types are in docs/language.md. Besides refusing what makes no sense, the
checker works out how large and how fine each value can get, so that no engine overflows.
"""

from __future__ import annotations

import math
from fractions import Fraction

from wholeplace.core.rules import arithmetic
from wholeplace.core.rules import syntax as s
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.arithmetic import MAX_FACT_BOUND, shown, too_big
from wholeplace.core.rules.facts import Count, FactSpec
from wholeplace.core.rules.files.faults import listed, meant
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.parser import parse
from wholeplace.core.rules.rates import Rate, RateTable
from wholeplace.core.rules.tree import Kind, Type
from wholeplace.core.rules.vocabulary import Setting, Vocabulary

__all__ = ["Setting", "Vocabulary"]  # found here with the checker that needs them

FACT_SCALE = 4
ROUNDINGS = {"round_up": "up", "round_down": "down", "round_nearest": "nearest"}
_CALLS = {name: f"{name}(x, £0.01)" for name in ROUNDINGS} | {"table": "table(name, value)"}
_ORDERED = (Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.DURATION, Kind.MONTHS, Kind.PERCENT)


def check_rule(text: str, vocabulary: Vocabulary, expected: Kind = Kind.BOOLEAN) -> t.Rule:
    """The checked rule of `text`, whose whole must be of the `expected` kind.

    Raises RuleMistake (with line, column, and what to write instead).
    """
    syntax = parse(text)
    tree = _Checker(text, vocabulary).check(syntax)
    if tree.type.kind != expected:
        what = f"this is {shown(tree.type.kind)}, and {shown(expected)} is needed here"
        do = "compare it with a value" if expected == Kind.BOOLEAN else ""
        raise RuleMistake(text, syntax.start, what, do)
    return t.Rule(text, tree)


def check_ordered(text: str, vocabulary: Vocabulary) -> t.Rule:
    """The checked rule of `text`, a value by which people can be put in order (or yes and no).

    Raises RuleMistake.
    """
    syntax = parse(text)
    tree = _Checker(text, vocabulary).check(syntax)
    if tree.type.kind == Kind.CODE:
        what, do = "a code has no order", "compare it: `tenure = council`, first: yes"
        raise RuleMistake(text, syntax.start, what, do)
    return t.Rule(text, tree)


def check_literal(text: str) -> t.Literal:
    """A single literal, such as the value of a setting: `£35.00`, `26 weeks`, `25.0%`."""
    found = _Checker(text, Vocabulary({})).check(parse(text))
    if isinstance(found, t.Negate) and isinstance(found.operand, t.Literal):
        inner = found.operand
        assert not isinstance(inner.value, (bool, str)) and isinstance(inner.value, (int, Fraction))
        return t.Literal(found.type, found.start, found.end, -inner.value)
    if not isinstance(found, t.Literal):
        raise RuleMistake(text, 0, "one plain value is needed here", "like `£35.00` or `26 weeks`")
    return found


def fact_type(spec: FactSpec) -> Type:
    """The type of a fact's values, with the limits that the program holds them to."""
    kind = Kind(spec.type)
    if kind == Kind.CODE:
        return Type(kind, codes=frozenset(spec.codes))
    fine = kind in (Kind.NUMBER, Kind.PERCENT) and spec.derive.kind not in ("count", "age")
    return Type(kind, scale=FACT_SCALE if fine else 0, bound=MAX_FACT_BOUND.get(kind, 0))


class _Checker:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary

    def _mistake(self, at: s.Syntax | int, what: str, do: str = "") -> RuleMistake:
        return RuleMistake(self._text, at if isinstance(at, int) else at.start, what, do)

    def check(self, node: s.Syntax) -> t.Node:
        match node:
            case s.Group(inner=inner):
                return self.check(inner)
            case s.Value():
                return self._value(node)
            case s.Today():
                return t.AsAt(Type(Kind.DATE), node.start, node.end)
            case s.Word():
                return self._word(node)
            case s.Call():
                return self._call(node)
            case s.Prefix():
                return self._prefix(node)
            case s.Chain():
                return self._chain(node)
            case s.Binary() if node.operator in ("+", "-", "*"):
                return self._arithmetic(node)
            case s.Binary():
                return self._compare(node)
            case s.Range():
                return self._range(node)
            case s.Membership():
                return self._membership(node)
            case s.Choice():
                return self._choice(node)
        raise self._mistake(node, "a list can only stand after `in`", "write `x in [a, b]`")

    def _value(self, node: s.Value) -> t.Node:
        size = node.value if isinstance(node.value, (int, Fraction)) else 0
        kind = Type(node.kind, scale=node.scale, bound=math.ceil(size))
        return t.Literal(kind, node.start, node.end, node.value)

    # -- names ------------------------------------------------------------------------
    def _word(self, node: s.Word) -> t.Node:
        if setting := self._vocabulary.settings.get(node.name):
            if setting.literal is None:
                raise self._mistake(node, f"`{node.name}` is a list", "write `x in` before it")
            literal = setting.literal
            return t.Literal(literal.type, node.start, node.end, literal.value, node.name)
        if rate := self._vocabulary.rates.get(node.name):
            return self._rate(node, rate)
        spec = self._vocabulary.facts.get(node.name)
        if spec is None:
            raise self._unknown(node)
        if spec.derive.kind == "spells":
            do = f"write `time_on({node.name})`"
            raise self._mistake(node, f"`{node.name}` is a spell", do)
        return self._fact(node, spec)

    def _rate(self, node: s.Word, rate: Rate | RateTable) -> t.Node:
        if isinstance(rate, RateTable):
            do = f"write `table({rate.name}, value)`"
            raise self._mistake(node, f"`{rate.name}` is a table", do)
        return t.RateUse(rate.type, node.start, node.end, rate.name, rate.figures)

    def _unknown(self, node: s.Word | s.Call) -> RuleMistake:
        if isinstance(node, s.Call) and self._vocabulary.held(node.name):
            return self._mistake(node, f"`{node.name}` takes no arguments", f"write `{node.name}`")
        if node.name in _CALLS:
            do = f"write `{_CALLS[node.name]}`"
            return self._mistake(node, f"`{node.name}` needs its values", do)
        homes = [f.name for f in self._vocabulary.facts.values() if node.name in f.codes]
        if homes:
            do = f"compare it with its fact, like `{homes[0]} = {node.name}`"
            return self._mistake(node, f"`{node.name}` is a code, not a fact", do)
        what = f"there is no fact or setting called `{node.name}`"
        do = meant(node.name, [*self._vocabulary.names(), *self._vocabulary.facts])
        return self._mistake(node, what, do or "`wholeplace scheme facts` names them all")

    def _fact(
        self, node: s.Syntax, spec: FactSpec, args: tuple[tuple[str, int], ...] = ()
    ) -> t.FactUse:
        key = t.FactKey(spec.name, args)
        assumed = self._vocabulary.assumed.get(spec.name)
        return t.FactUse(fact_type(spec), node.start, node.end, key, assumed)

    def _call(self, node: s.Call) -> t.Node:
        if node.name in ("min", "max"):
            return self._extreme(node)
        if node.name in ROUNDINGS:
            return self._round(node)
        if node.name == "table":
            return self._table(node)
        if node.name == "time_on":
            return self._time_on(node)
        spec = self._vocabulary.facts.get(node.name)
        if spec is None:
            raise self._unknown(node)
        if not isinstance(spec.derive, Count):
            raise self._mistake(node, f"`{node.name}` takes no arguments", f"write `{node.name}`")
        return self._fact(node, spec, (self._within(node),))

    def _within(self, node: s.Call) -> tuple[str, int]:
        label, value = node.arguments[0]
        inner = self.check(value)
        plain = isinstance(inner, t.Literal) and inner.type.kind == Kind.DURATION
        if len(node.arguments) != 1 or label != "within" or not plain:
            what = f"`{node.name}` takes one argument, `within`, in days or weeks"
            raise self._mistake(node, what, f"write `{node.name}(within: 13 weeks)`")
        assert isinstance(inner, t.Literal) and isinstance(inner.value, int)
        return "within_days", inner.value

    def _time_on(self, node: s.Call) -> t.Node:
        label, value = node.arguments[0]
        spells = [f for f in self._vocabulary.facts.values() if f.derive.kind == "spells"]
        names = [spec.name for spec in spells]
        if len(node.arguments) != 1 or label or not isinstance(value, s.Word):
            do = f"write `time_on({names[0]})`" if names else ""
            raise self._mistake(node, "`time_on` takes the name of one spell", do)
        if value.name not in names:
            do = meant(value.name, names) or (f"use {listed(names)}" if names else "")
            raise self._mistake(value, f"there is no spell called `{value.name}`", do)
        return self._fact(node, self._vocabulary.facts[value.name])

    # -- conditions -------------------------------------------------------------------
    def _boolean(self, node: s.Syntax, word: str) -> t.Node:
        found = self.check(node)
        if found.type.kind != Kind.BOOLEAN:
            needs = "needs a condition" if word == "if" else "joins conditions"
            what = f"`{word}` {needs}, and this is {shown(found.type.kind)}"
            raise self._mistake(node, what, "compare it with a value")
        return found

    def _prefix(self, node: s.Prefix) -> t.Node:
        if node.operator == "not":
            operand = self._boolean(node.operand, "not")
            return t.Not(Type(Kind.BOOLEAN), node.start, node.end, operand)
        operand = self.check(node.operand)
        if operand.type.kind in (Kind.BOOLEAN, Kind.DATE, Kind.CODE):
            raise self._mistake(node, f"there is no minus of {shown(operand.type.kind)}")
        return t.Negate(operand.type, node.start, node.end, operand)

    def _chain(self, node: s.Chain) -> t.Node:
        parts = tuple(self._boolean(part, node.operator) for part in node.parts)
        made = t.And if node.operator == "and" else t.Or
        return made(Type(Kind.BOOLEAN), node.start, node.end, parts)

    def _compare(self, node: s.Binary) -> t.Node:
        left, right = self._pair(node.left, node.right)
        self._comparable(left, right, node.at)
        if node.operator not in ("=", "!=") and left.type.kind not in _ORDERED:
            what = f"{shown(left.type.kind)} has no order"
            raise self._mistake(node.at, what, "use `=` or `!=`")
        return t.Compare(Type(Kind.BOOLEAN), node.start, node.end, node.operator, left, right)

    def _pair(self, left: s.Syntax, right: s.Syntax) -> tuple[t.Node, t.Node]:
        """Both sides; a bare word that names no fact is a code of the other side."""
        if self._may_be_code(left) and not self._may_be_code(right):
            other = self.check(right)
            return self._code_of(left, other), other
        first = self.check(left)
        return first, self._code_of(right, first)

    def _may_be_code(self, node: s.Syntax) -> bool:
        return isinstance(node, s.Word) and not self._vocabulary.held(node.name)

    def _code_of(self, node: s.Syntax, other: t.Node) -> t.Node:
        if not isinstance(node, s.Word) or other.type.kind != Kind.CODE:
            return self.check(node)
        is_code = node.name in other.type.codes
        if not self._may_be_code(node):
            if is_code:
                what = f"`{node.name}` is both a code here and the name of a fact, setting or rate"
                raise self._mistake(node, what, "rename one of them")
            return self.check(node)
        if not is_code:
            codes = sorted(other.type.codes)
            do = meant(node.name, codes) or f"use {listed(codes)}"
            raise self._mistake(node, f"`{node.name}` is not one of the codes here", do)
        return t.Literal(other.type, node.start, node.end, node.name)

    def _comparable(self, left: t.Node, right: t.Node, at: int) -> None:
        problem = arithmetic.not_comparable(left, right)
        if problem:
            raise self._mistake(at, *problem)

    def _range(self, node: s.Range) -> t.Node:
        value, low, high = (self.check(part) for part in (node.value, node.low, node.high))
        self._comparable(value, low, node.low.start)
        self._comparable(value, high, node.high.start)
        if value.type.kind not in _ORDERED:
            what = f"{shown(value.type.kind)} has no order"
            raise self._mistake(node.value, what, "use `in` with a list")
        return t.Between(Type(Kind.BOOLEAN), node.start, node.end, value, low, high)

    def _membership(self, node: s.Membership) -> t.Node:
        value = self.check(node.value)
        items = tuple(self._item(item, value) for item in self._choices(node.choices))
        found = t.In(Type(Kind.BOOLEAN), node.start, node.end, value, items)
        if node.negated:
            return t.Not(Type(Kind.BOOLEAN), node.start, node.end, found)
        return found

    def _choices(self, node: s.Syntax) -> tuple[s.Syntax, ...]:
        while isinstance(node, s.Group):
            node = node.inner
        if isinstance(node, s.Listing):
            return node.items
        setting = self._vocabulary.settings.get(node.name) if isinstance(node, s.Word) else None
        if setting and setting.codes:
            return tuple(s.Word(node.start, node.end, 1, code) for code in setting.codes)
        raise self._mistake(node, "`in` needs a list", "write `x in [a, b]`")

    def _item(self, item: s.Syntax, value: t.Node) -> t.Literal:
        found = self._code_of(item, value)
        self._comparable(value, found, item.start)
        if not isinstance(found, t.Literal):
            raise self._mistake(item, "a list holds plain values only", "use `=` with `or`")
        return found

    # -- values -----------------------------------------------------------------------
    def _arithmetic(self, node: s.Binary) -> t.Node:
        left, right = self.check(node.left), self.check(node.right)
        result = arithmetic.combine(node.operator, left, right)
        if isinstance(result, tuple):
            raise self._mistake(node.at, *result)
        self._size(result, node.at)
        return t.Arithmetic(result, node.start, node.end, node.operator, left, right)

    def _extreme(self, node: s.Call) -> t.Node:
        if len(node.arguments) < 2 or any(label for label, _ in node.arguments):
            what = f"`{node.name}` takes two values or more"
            raise self._mistake(node, what, f"write `{node.name}(a, b)`")
        parts = tuple(self.check(value) for _, value in node.arguments)
        for (_, written), part in zip(node.arguments[1:], parts[1:], strict=True):
            self._comparable(parts[0], part, written.start)
        if parts[0].type.kind not in _ORDERED:
            raise self._mistake(node, f"{shown(parts[0].type.kind)} has no order")
        kind = Type(
            parts[0].type.kind,
            scale=max(part.type.scale for part in parts),
            bound=max(part.type.bound for part in parts),
        )
        self._size(kind, node.start)
        return t.Extreme(kind, node.start, node.end, node.name, parts)

    def _choice(self, node: s.Choice) -> t.Node:
        condition = self._boolean(node.condition, "if")
        then, otherwise = self._pair(node.then, node.otherwise)
        kind = arithmetic.either(then.type, otherwise.type)
        if isinstance(kind, tuple):
            raise self._mistake(node.otherwise, *kind)
        return t.If(kind, node.start, node.end, condition, then, otherwise)

    def _round(self, node: s.Call) -> t.Node:
        if len(node.arguments) != 2 or any(label for label, _ in node.arguments):
            what = f"`{node.name}` takes a value and a step"
            raise self._mistake(node, what, f"write `{node.name}(x, £0.01)`")
        (_, written), (_, by) = node.arguments
        value, step = self.check(written), self.check(by)
        figures = [step.value] if isinstance(step, t.Literal) else []
        if isinstance(step, t.RateUse):
            figures = [figure.value for figure in step.figures]
        if not figures:
            do = "name a literal, a setting or a rate"
            raise self._mistake(by, "the step is one plain value", do)
        kind = arithmetic.rounded(value.type, step.type)
        if isinstance(kind, tuple):
            raise self._mistake(by if value.type.kind != step.type.kind else node, *kind)
        if any(isinstance(figure, (int, Fraction)) and figure <= 0 for figure in figures):
            raise self._mistake(by, "the step must be more than nothing", "like `£0.01` or `1`")
        return t.Round(kind, node.start, node.end, ROUNDINGS[node.name], value, step)

    def _table(self, node: s.Call) -> t.Node:
        rates = self._vocabulary.rates
        names = sorted(name for name, rate in rates.items() if isinstance(rate, RateTable))
        first = node.arguments[0][1]
        if len(node.arguments) != 2 or any(label for label, _ in node.arguments):
            do = f"write `table({names[0]}, value)`" if names else ""
            raise self._mistake(node, "`table` takes the name of a table and a value", do)
        name = first.name if isinstance(first, s.Word) else ""
        table = rates.get(name)
        if not isinstance(table, RateTable):
            do = meant(name, names) or (f"use {listed(names)}" if names else "")
            shown_name = f"called `{name}`" if name else "here"
            raise self._mistake(first, f"there is no table {shown_name}", do)
        by = self.check(node.arguments[1][1])
        self._fits_table(by, table, node.arguments[1][1])
        return t.TableUse(table.gives, node.start, node.end, name, by, table.tables)

    def _fits_table(self, by: t.Node, table: RateTable, at: s.Syntax) -> None:
        if by.type.kind != table.by.kind:
            what = f"`{table.name}` goes by {shown(table.by.kind)}, not by {shown(by.type.kind)}"
            raise self._mistake(at, what, "give it a value of that kind")
        scale, bound = max(by.type.scale, table.by.scale), max(by.type.bound, table.by.bound)
        self._size(Type(table.by.kind, scale=scale, bound=bound), at.start)

    def _size(self, kind: Type, at: int) -> None:
        if problem := too_big(kind):
            raise self._mistake(at, *problem)
