"""From text to syntax: a small operator-precedence parser (see docs/language.md).

Length is capped before reading and depth before descending, so that no text can exhaust
the stack or take long. `and` and `or` side by side must be told apart by parentheses.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from wholeplace.core.rules import syntax as s
from wholeplace.core.rules.lexer import UNITS, RuleMistake, Token, tokens
from wholeplace.core.rules.tree import Kind

MAX_DEPTH = 50
MAX_WHOLE_DIGITS = 12
MAX_DECIMALS = 6
MAX_DAYS = 73_050  # 200 years
MAX_MONTHS = 2_400

OR, AND, NOT, COMPARE, ADD, MULTIPLY, MINUS = 10, 20, 30, 40, 50, 60, 70
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_POWER = {"or": OR, "and": AND, "+": ADD, "-": ADD, "*": MULTIPLY}
_POWER |= dict.fromkeys((*COMPARISONS, "in", "between", "not"), COMPARE)


def parse(text: str) -> s.Syntax:
    """The syntax of `text`. Raises RuleMistake with the place and what to write instead."""
    return _Parser(text).rule()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0

    # -- reading tokens ---------------------------------------------------------------
    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _is(self, *texts: str) -> bool:
        return self._next.kind in ("sign", "keyword") and self._next.text in texts

    def _expect(self, sign: str, why: str) -> Token:
        if self._is(sign):
            return self._take()
        raise self._mistake(self._next, f"`{sign}` is missing: {why}")

    def _mistake(self, token: Token, what: str, do: str = "") -> RuleMistake:
        return RuleMistake(self._text, token.start, what, do)

    # -- the grammar ------------------------------------------------------------------
    def rule(self) -> s.Syntax:
        if self._next.kind == "end":
            raise self._mistake(self._next, "the rule is empty", "write a condition")
        found = self._whole()
        if self._next.kind != "end":
            raise self._leftover()
        return found

    def _leftover(self) -> RuleMistake:
        token = self._next
        if token.text == ")":
            return self._mistake(token, "this `)` closes nothing", "remove it or add a `(`")
        if token.kind in ("sign", "end"):
            return self._mistake(token, f"`{token.text}` is not expected here")
        if token.text in ("then", "else"):
            do = "write `if condition then a else b`"
            return self._mistake(token, f"this `{token.text}` has no `if` before it", do)
        what = f"`{token.text}` is not expected here"
        return self._mistake(token, what, self._instead(token))

    def _instead(self, token: Token) -> str:
        """What to write where two values stand side by side."""
        before = self._text[: token.start].split()
        if token.text == "is":
            return "write `=`, or leave `is` out before `between` and `in`"
        if before and before[-1].isdigit() and token.text in ("x", "times"):
            return "to multiply, write `*`"
        if before and before[-1].isdigit() and token.kind == "name":
            units = "days, weeks, months and years are units"
            return f"write the number alone ({units}), or join two conditions with `and` or `or`"
        return "join two conditions with `and` or `or`"

    def _whole(self) -> s.Syntax:
        """An expression, which alone may be an `if`: anywhere else it needs parentheses."""
        return self._choice() if self._is("if") else self._expression(0)

    def _choice(self) -> s.Syntax:
        opening = self._take()
        self._deeper()
        condition = self._expression(0)
        self._expect("then", "write `if condition then a else b`")
        then = self._expression(0)
        self._expect("else", "every `if` says what it is otherwise: write `… else b`")
        otherwise = self._whole()
        self._depth -= 1
        depth = 1 + max(condition.depth, then.depth, otherwise.depth)
        node = s.Choice(opening.start, otherwise.end, depth, condition, then, otherwise)
        return self._checked(node)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._mistake(self._next, _TOO_DEEP, "split the rule into several criteria")

    def _expression(self, power: int) -> s.Syntax:
        self._deeper()
        if power >= COMPARE and self._is("not"):
            what = "a `not` inside a value needs parentheses"
            raise self._mistake(self._next, what, "write `(not a)`")
        left = self._prefix()
        while _POWER.get(self._operator(), 0) > power:
            left = self._infix(left)
        self._depth -= 1
        return left

    def _operator(self) -> str:
        return self._next.text if self._next.kind in ("sign", "keyword") else ""

    def _checked(self, node: s.Syntax) -> s.Syntax:
        if node.depth > MAX_DEPTH:
            what = f"{_TOO_DEEP} (each `+`, `-` and `*` in a row counts as one)"
            raise RuleMistake(self._text, node.start, what, "split the rule")
        return node

    def _prefix(self) -> s.Syntax:
        token = self._take()
        if token.kind in ("number", "percent", "money", "date"):
            return self._value(token)
        if token.kind == "name":
            return self._name(token)
        match token.text if token.kind in ("sign", "keyword") else "":
            case "(":
                return self._group(token)
            case "[":
                return self._listing(token)
            case "not" | "-" as sign:
                inner = self._expression(NOT if sign == "not" else MINUS)
                node = s.Prefix(token.start, inner.end, inner.depth + 1, sign, inner)
                return self._checked(node)
            case "yes" | "no" as word:
                return s.Value(token.start, token.end, 1, Kind.BOOLEAN, word == "yes")
            case "as_at":
                return s.Today(token.start, token.end, 1)
            case "min" | "max":
                return self._name(token)
            case "if":
                what = "an `if` inside another value needs parentheses"
                raise self._mistake(token, what, "write `(if condition then a else b)`")
        shown = f"`{token.text}`" if token.text else "the end of the rule"
        what = f"a fact, a value or `(` should stand here, not {shown}"
        raise self._mistake(token, what, "check what comes before it")

    def _group(self, opening: Token) -> s.Syntax:
        inner = self._whole()
        closing = self._expect(")", f"`(` at column {opening.start + 1} is still open")
        return self._checked(s.Group(opening.start, closing.end, inner.depth + 1, inner))

    def _listing(self, opening: Token) -> s.Syntax:
        if self._is("]"):
            raise self._mistake(opening, "this list is empty", "name at least one code")
        items = [self._expression(COMPARE)]
        while self._is(","):
            self._take()
            items.append(self._expression(COMPARE))
        closing = self._expect("]", "the list is still open")
        depth = 1 + max(item.depth for item in items)
        return self._checked(s.Listing(opening.start, closing.end, depth, tuple(items)))

    def _name(self, token: Token) -> s.Syntax:
        if not self._is("("):
            if token.text in ("min", "max"):
                raise self._mistake(token, f"`{token.text}` needs its values", "write `min(a, b)`")
            return s.Word(token.start, token.end, 1, token.text)
        self._take()
        arguments = [self._argument()]
        while self._is(","):
            self._take()
            arguments.append(self._argument())
        closing = self._expect(")", f"the values of `{token.text}` are still open")
        depth = 1 + max(value.depth for _, value in arguments)
        call = s.Call(token.start, closing.end, depth, token.text, tuple(arguments))
        return self._checked(call)

    def _argument(self) -> tuple[str, s.Syntax]:
        following = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        if self._next.kind == "name" and (following.kind, following.text) == ("sign", ":"):
            label = self._take().text
            self._take()
            return label, self._whole()
        return "", self._whole()

    def _infix(self, left: s.Syntax) -> s.Syntax:
        token = self._take()
        match token.text:
            case "and" | "or":
                return self._chain(left, token)
            case "between":
                return self._alone(self._range(left))
            case "in" | "not":
                return self._alone(self._membership(left, token))
        power = _POWER[token.text]
        right = self._expression(power)
        if power == COMPARE:
            self._no_chaining(left, token, right)
            self._alone(right)
        depth = 1 + max(left.depth, right.depth)
        node = s.Binary(left.start, right.end, depth, token.text, left, right, token.start)
        return self._checked(node)

    def _no_chaining(self, left: s.Syntax, token: Token, right: s.Syntax) -> None:
        if self._is(*COMPARISONS):
            low, middle = self._piece(left), self._piece(right)
            do = f"write `{low} {token.text} {middle} and {middle} {self._next.text} …`"
            if token.text == self._next.text == "<=":
                do = f"write `{middle} between {low} and …`"
            raise self._mistake(self._next, "comparisons cannot be chained", do)

    def _alone(self, node: s.Syntax) -> s.Syntax:
        """A comparison, after which another must not follow at once."""
        if self._is(*COMPARISONS, "in", "between", "not"):
            do = "join two of them with `and`, or put one in parentheses"
            raise self._mistake(self._next, "comparisons cannot be chained", do)
        return node

    def _piece(self, node: s.Syntax) -> str:
        return self._text[node.start : node.end][:60]

    def _chain(self, left: s.Syntax, token: Token) -> s.Syntax:
        word = token.text
        parts = [left]
        while True:
            parts.append(self._expression(_POWER[word]))
            if not self._is(word):
                break
            self._take()
        other = "and" if word == "or" else "or"
        mixed = any(isinstance(part, s.Chain) for part in parts)
        if mixed or self._is(other):
            do = "put parentheses round the parts that belong together"
            raise self._mistake(token, "`and` and `or` stand side by side", do)
        depth = 1 + max(part.depth for part in parts)
        node = s.Chain(left.start, parts[-1].end, depth, word, tuple(parts))
        return self._checked(node)

    def _range(self, value: s.Syntax) -> s.Syntax:
        low = self._expression(COMPARE)
        self._expect("and", "write `x between low and high`")
        high = self._expression(COMPARE)
        depth = 1 + max(value.depth, low.depth, high.depth)
        return self._checked(s.Range(value.start, high.end, depth, value, low, high))

    def _membership(self, value: s.Syntax, token: Token) -> s.Syntax:
        negated = token.text == "not"
        if negated:
            self._expect("in", "after a value, `not` is followed by `in`")
        choices = self._expression(COMPARE)
        depth = 1 + max(value.depth, choices.depth)
        node = s.Membership(value.start, choices.end, depth, value, choices, negated)
        return self._checked(node)

    # -- literals ---------------------------------------------------------------------
    def _value(self, token: Token) -> s.Syntax:
        if token.kind == "date":
            return self._date(token)
        digits = token.text.strip("£%").replace(",", "")
        whole, _, decimals = digits.partition(".")
        if len(whole) > MAX_WHOLE_DIGITS or len(decimals) > MAX_DECIMALS:
            what = f"this has more than {MAX_WHOLE_DIGITS} digits or {MAX_DECIMALS} decimals"
            raise self._mistake(token, what, "check the figure")
        exact = Fraction(digits)
        if token.kind == "money":
            return s.Value(token.start, token.end, 1, Kind.MONEY, exact * 100)
        scale = len(decimals)
        if token.kind == "percent":
            return s.Value(token.start, token.end, 1, Kind.PERCENT, exact, scale)
        if self._next.kind == "name" and self._next.text in UNITS:
            return self._with_unit(token, exact, scale)
        return s.Value(token.start, token.end, 1, Kind.NUMBER, exact, scale)

    def _date(self, token: Token) -> s.Syntax:
        try:
            day = dt.date.fromisoformat(token.text)
        except ValueError:
            what = f"`{token.text}` is not a day of the calendar"
            raise self._mistake(token, what, "check it") from None
        if not 1800 <= day.year <= 2200:
            raise self._mistake(token, "years run from 1800 to 2200", "check the date")
        return s.Value(token.start, token.end, 1, Kind.DATE, day)

    def _with_unit(self, token: Token, exact: Fraction, scale: int) -> s.Syntax:
        unit = self._take()
        if scale:
            do = "write it in a smaller unit, like `10 days`"
            raise self._mistake(token, f"{unit.text} are counted in whole numbers", do)
        size = int(exact) * UNITS[unit.text]
        calendar = unit.text[0] in "my"  # months and years are counted on the calendar
        if size > (MAX_MONTHS if calendar else MAX_DAYS):
            raise self._mistake(token, "this is more than 200 years", "check the figure")
        kind = Kind.MONTHS if calendar else Kind.DURATION
        return s.Value(token.start, unit.end, 1, kind, size)


_TOO_DEEP = f"this is nested more than {MAX_DEPTH} deep"
