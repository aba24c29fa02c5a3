"""What `+ - *` and comparisons mean for each pair of types, and how large results get.

A week is always seven days. Months and years are counted on the calendar, so they can be
added to a date but never weighed against weeks: 13 weeks are not 3 months.
"""

from __future__ import annotations

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.tree import Kind, Type

Problem = tuple[str, str]

# How large a fact can be, in the unit of its kind. Loaders refuse larger ones as absurd.
MAX_FACT_BOUND = {
    Kind.NUMBER: 10**12,
    Kind.MONEY: 10**12,
    Kind.PERCENT: 10**6,
    Kind.DURATION: 100_000,
    Kind.MONTHS: 2_400,
}
MAX_DIGITS = 36
MAX_SHIFT_DAYS = 182_500  # a date may be moved by 500 years in all
DAYS_IN_A_MONTH = 31
DATE_SPAN_DAYS = 146_463  # 1800-01-01 to 2200-12-31

_SHOWN = {
    Kind.BOOLEAN: "a condition",
    Kind.NUMBER: "a number",
    Kind.MONEY: "an amount of money",
    Kind.DATE: "a date",
    Kind.DURATION: "a duration in days or weeks",
    Kind.MONTHS: "a duration in months",
    Kind.PERCENT: "a percentage",
    Kind.CODE: "a code",
}
_EXAMPLE = {
    Kind.NUMBER: "`3`",
    Kind.MONEY: "`£35.00`",
    Kind.PERCENT: "`25.0%`",
    Kind.DURATION: "`26 weeks` or `10 days`",
    Kind.MONTHS: "`3 months`",
    Kind.DATE: "`2026-06-01`",
}
_CALENDAR = "months have no fixed length: write it with dates, like `the_date + 3 months <= as_at`"


def shown(kind: Kind) -> str:
    """The kind in words with its article."""
    return _SHOWN[kind]


def not_comparable(left: t.Node, right: t.Node) -> Problem | None:
    """Why two values cannot be compared, and what to write instead; None when they can."""
    one, two = left.type.kind, right.type.kind
    if one == two:
        if one == Kind.CODE and left.type.codes != right.type.codes:
            return "these two codes come from different lists", "compare codes of one list"
        pair = (left.type, right.type)
        scale, bound = max(p.scale for p in pair), max(p.bound for p in pair)
        return too_big(Type(one, scale=scale, bound=bound))
    if {one, two} == {Kind.DURATION, Kind.MONTHS}:
        return "days or weeks cannot be compared with months", _CALENDAR
    for plain, other in ((left, two), (right, one)):
        if isinstance(plain, t.Literal) and not plain.name and other in _EXAMPLE:
            return f"{shown(one)} cannot be compared with {shown(two)}", (
                f"write the value like {_EXAMPLE[other]}"
            )
    return f"{shown(one)} cannot be compared with {shown(two)}", "compare like with like"


def combine(operator: str, left: t.Node, right: t.Node) -> Type | Problem:
    """The type of `left operator right`, or what is wrong with it and what to write."""
    if operator == "*":
        return _product(left.type, right.type)
    one, two = left.type, right.type
    if one.kind == Kind.DATE:
        return _from_date(operator, one, two)
    if two.kind == Kind.DATE and one.kind in (Kind.DURATION, Kind.MONTHS):
        return f"{shown(one.kind)} comes after its date", "write `the_date + 13 weeks`"
    if {one.kind, two.kind} == {Kind.DURATION, Kind.MONTHS}:
        return "days or weeks cannot be added to months", _CALENDAR
    if one.kind != two.kind or one.kind in (Kind.BOOLEAN, Kind.CODE):
        sign = {"+": "added to", "-": "taken from"}[operator]
        pair = (one.kind, two.kind) if operator == "+" else (two.kind, one.kind)
        do = "bring both to the same unit"
        return f"{shown(pair[0])} cannot be {sign} {shown(pair[1])}", do
    return Type(one.kind, scale=max(one.scale, two.scale), bound=one.bound + two.bound)


def rounded(value: Type, step: Type) -> Type | Problem:
    """The type of a value rounded to a multiple of a step, or what is wrong with it.

    Engines round whole numbers of the finer unit, so that room must be left for its digits.
    """
    if value.kind not in (Kind.NUMBER, Kind.MONEY, Kind.PERCENT, Kind.DURATION):
        return f"{shown(value.kind)} is not rounded", "round an amount, a number or days"
    if value.kind != step.kind:
        what = f"{shown(value.kind)} is not rounded to {shown(step.kind)}"
        return what, f"write the step like {_EXAMPLE[value.kind]}"
    scale, bound = max(value.scale, step.scale), value.bound + step.bound
    room = too_big(Type(value.kind, scale=2 * scale, bound=bound))
    return room or Type(value.kind, scale=step.scale, bound=bound)


def either(one: Type, two: Type) -> Type | Problem:
    """The type of a choice between two values, or why they cannot be chosen between."""
    if one.kind != two.kind:
        what = f"this is {shown(two.kind)} where `then` gives {shown(one.kind)}"
        return what, "both must be of one kind; put parentheses round the whole `if`"
    if one.codes != two.codes:
        return "these two codes come from different lists", "choose codes of one list"
    scale, bound = max(one.scale, two.scale), max(one.bound, two.bound)
    found = Type(one.kind, one.codes, scale, bound)
    return too_big(found) or found


def _from_date(operator: str, date: Type, other: Type) -> Type | Problem:
    if other.kind == Kind.DURATION:
        return Type(Kind.DATE, bound=date.bound + other.bound)
    if other.kind == Kind.MONTHS:
        return Type(Kind.DATE, bound=date.bound + other.bound * DAYS_IN_A_MONTH)
    if other.kind == Kind.DATE and operator == "-":
        return Type(Kind.DURATION, bound=DATE_SPAN_DAYS + date.bound + other.bound)
    if other.kind == Kind.DATE:
        return "two dates cannot be added", "subtract them to get the days between"
    what = f"{shown(other.kind)} cannot be added to a date"
    return what, f"write it like {_EXAMPLE[Kind.DURATION]} or {_EXAMPLE[Kind.MONTHS]}"


def _product(one: Type, two: Type) -> Type | Problem:
    kinds = {one.kind, two.kind}
    bound, scale = one.bound * two.bound, one.scale + two.scale
    if kinds == {Kind.NUMBER}:
        return Type(Kind.NUMBER, scale=scale, bound=bound)
    if Kind.NUMBER in kinds and kinds & {Kind.DURATION, Kind.MONTHS}:
        if scale:
            do = "multiply by a whole number or a count"
            return "a duration can only be multiplied by a whole number", do
        return Type((kinds - {Kind.NUMBER}).pop(), bound=bound)
    if kinds == {Kind.NUMBER, Kind.MONEY}:
        return Type(Kind.MONEY, scale=scale, bound=bound)
    if kinds in ({Kind.PERCENT, Kind.MONEY}, {Kind.PERCENT, Kind.NUMBER}):
        result = (kinds - {Kind.PERCENT}).pop()
        return Type(result, scale=scale + 2, bound=bound // 100 + 1)
    what = f"{shown(one.kind)} cannot be multiplied by {shown(two.kind)}"
    return what, "multiply by a number, or take a percentage of an amount"


def too_big(kind: Type) -> Problem | None:
    """Whether a value of this type could grow beyond what every engine holds exactly."""
    limits = {Kind.DATE: MAX_SHIFT_DAYS, Kind.DURATION: 2_000_000, Kind.MONTHS: 6_000}
    if kind.kind in limits:
        if kind.bound > limits[kind.kind]:
            return "this could reach days beyond the calendar", "use smaller durations"
        return None
    if kind.digits > MAX_DIGITS:
        what = f"this could grow to more than {MAX_DIGITS} digits"
        return what, "multiply fewer values together"
    return None
