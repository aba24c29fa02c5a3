"""A condition of the model, written in DuckDB's SQL, as an expression of Python.

SQL knows three answers: true, false and unknown (NULL). A condition is therefore translated in
one of two ways: into what is True exactly where SQL says true, or where it says false; unknown is
neither. Text is compared and measured as DuckDB does it: strings by their bytes in UTF-8.

Only what the model uses is known; anything else is refused in words when it is translated, and
never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jellyfish
import sqlglot
from sqlglot import exp

from wholeplace.core.kernel.errors import WholeplaceError


class Untranslatable(WholeplaceError):
    """A condition uses something of SQL that has no translation."""


def true_where(sql: str) -> str:
    """Python that is True where the condition is true; its names are the SQL's columns."""
    return _true(_parsed(sql))


def value_of(sql: str) -> str:
    """Python that gives the value, None for NULL."""
    return _value(_parsed(sql))


def equal_columns(sql: str) -> frozenset[str]:
    """Columns of which a pair must hold the same value where the condition is true."""
    found = set()
    parsed = _parsed(sql)
    for part in parsed.flatten() if isinstance(parsed, exp.And) else [parsed]:
        if isinstance(part, exp.EQ):
            sides = {part.this.name, part.expression.name}
            name = min(sides)[:-2]
            if sides == {f"{name}_l", f"{name}_r"}:
                found.add(name)
    return frozenset(found)


def columns_of(sql: str) -> frozenset[str]:
    """The columns that an expression reads, as it names them."""
    return frozenset(column.name for column in _parsed(sql).find_all(exp.Column))


def _parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, read="duckdb")


# -- conditions -----------------------------------------------------------------------------
_ORDERED = {exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
_REVERSED = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


def _true(node: exp.Expr) -> str:
    match node:
        case exp.Paren():
            return _true(node.this)
        case exp.Boolean():
            return str(bool(node.this))
        case exp.And():
            return f"({_true(node.this)} and {_true(node.expression)})"
        case exp.Or():
            return f"({_true(node.this)} or {_true(node.expression)})"
        case exp.Not():
            return _false(node.this)
        case exp.Is():
            return f"({_value(node.this)} is {_null(node)})"
        case exp.Coalesce():
            return _true(node.this) if not _instead(node) else f"(not {_false(node.this)})"
        case exp.Case():
            return _case(node, _true)
    return _compared(node, wanted=True)


def _false(node: exp.Expr) -> str:
    match node:
        case exp.Paren():
            return _false(node.this)
        case exp.Boolean():
            return str(not node.this)
        case exp.And():
            return f"({_false(node.this)} or {_false(node.expression)})"
        case exp.Or():
            return f"({_false(node.this)} and {_false(node.expression)})"
        case exp.Not():
            return _true(node.this)
        case exp.Is():
            return f"({_value(node.this)} is not {_null(node)})"
        case exp.Coalesce():
            return f"(not {_true(node.this)})" if not _instead(node) else _false(node.this)
        case exp.Case():
            return _case(node, _false)
    return _compared(node, wanted=False)


def _null(node: exp.Is) -> str:
    if not isinstance(node.expression, exp.Null):
        raise _unknown(node)
    return "None"


def _instead(node: exp.Coalesce) -> bool:
    """What `coalesce(condition, true or false)` says where the condition is unknown."""
    if len(node.expressions) != 1 or not isinstance(node.expressions[0], exp.Boolean):
        raise _unknown(node)
    return bool(node.expressions[0].this)


def _case(node: exp.Case, written: Callable[[exp.Expr], str]) -> str:
    if node.this is not None:
        raise _unknown(node)
    default = node.args.get("default")
    text = "False" if default is None else written(default)  # without ELSE it is unknown
    for branch in reversed(node.args["ifs"]):
        text = f"({written(branch.args['true'])} if {_true(branch.this)} else {text})"
    return text


def _compared(node: exp.Expr, *, wanted: bool) -> str:
    """A comparison of two values: unknown, and so neither, where one of them is."""
    no = "" if wanted else "not "
    match node:
        case exp.EQ() | exp.NEQ():
            alike = isinstance(node, exp.EQ) == wanted
            return _both(node, "{} == {}" if alike else "{} != {}")
        case exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
            if isinstance(node.this, exp.Column) or isinstance(node.expression, exp.Column):
                raise _unknown(node)  # values are kept as text, whose order is not a number's
            sign = _ORDERED[type(node)]
            return _both(node, f"{{}} {sign if wanted else _REVERSED[sign]} {{}}")
        case exp.Contains():
            return _both(node, f"{{1}} {no}in {{0}}")
        case exp.StartsWith():
            return _both(node, f"{no}{{0}}.startswith({{1}})")
    raise _unknown(node)


def _both(node: exp.Expr, said: str) -> str:
    """`said` of both sides where neither is None; a side that is no plain name is named once."""
    sides, known = [], []
    for side in (node.this, node.expression):
        text = _value(side)
        if isinstance(side, exp.Literal):
            sides.append(text)
            continue
        if not isinstance(side, exp.Column):
            name = f"t{len(sides)}"
            known.append(f"({name} := {text}) is not None")
            text = name
        else:
            known.append(f"{text} is not None")
        sides.append(text)
    return "(" + " and ".join([*known, said.format(*sides)]) + ")"


# -- values ---------------------------------------------------------------------------------
def _value(node: exp.Expr) -> str:
    match node:
        case exp.Paren():
            return f"({_value(node.this)})"
        case exp.Column():
            return node.name
        case exp.Literal():
            return repr(node.this) if node.is_string else str(node.this)
        case exp.DPipe():
            return f"joined({_value(node.this)}, {_value(node.expression)})"
        case exp.Bracket():
            return _cut(node)
        case exp.Mod():
            return f"modulo({_value(node.this)}, {_value(node.expression)})"
    return f"{_name_of(node)}({', '.join(map(_value, _arguments(node)))})"


def _cut(node: exp.Bracket) -> str:
    """Letters of a text, counted from 1 in SQL and, a single one, from 0 once it is parsed."""
    (what,) = node.expressions
    text = _value(node.this)
    if isinstance(what, exp.Slice):
        first = 0 if what.this is None else int(what.this.name) - 1
        last = None if what.expression is None else int(what.expression.name)
        if first < 0 or (last or 0) < 0:
            raise _unknown(node)
        return f"cut({text}, {first}, {last})"
    return f"cut({text}, {int(what.name)}, {int(what.name) + 1})"


def _name_of(node: exp.Expr) -> str:
    name = node.name if isinstance(node, exp.Anonymous) else node.key
    name = {"jarowinklersimilarity": "jaro_winkler_similarity"}.get(name.lower(), name.lower())
    if name not in FUNCTIONS:
        raise _unknown(node)
    return name


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    return [node.this, *([node.expression] if node.args.get("expression") else node.expressions)]


def _unknown(node: exp.Expr) -> Untranslatable:
    return Untranslatable(
        f"The model's condition cannot be compiled: {node.sql(dialect='duckdb')}.",
        why=f"{type(node).__name__} is not among what the compiler knows.",
        do="Add it to translate.py, with its line in the test of every function.",
    )


# -- what SQL's functions do ----------------------------------------------------------------
def _measured(measure: Callable[[str, str], Any]) -> Callable[[str | None, str | None], Any]:
    """Of two texts as DuckDB measures them: by their bytes. None where one is missing."""

    def measured(one: str | None, other: str | None) -> Any:
        if one is None or other is None:
            return None
        if one.isascii() and other.isascii():
            return measure(one, other)
        return measure(_bytes(one), _bytes(other))

    return measured


def _bytes(text: str) -> str:
    """A text with a character for each byte of the original."""
    return text.encode().decode("latin-1")


def _joined(one: str | None, other: str | None) -> str | None:
    return None if one is None or other is None else one + other


def _part(text: str | None, first: int, last: int | None) -> str | None:
    return None if text is None else text[first:last]


def _modulo(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one % other


def _length(text: str | None) -> int | None:
    return None if text is None else len(text)


def _known(values: tuple[Any, ...]) -> list[Any]:
    return [value for value in values if value is not None]


def _least(*values: Any) -> Any:
    return min(_known(values), default=None)


def _greatest(*values: Any) -> Any:
    return max(_known(values), default=None)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "jaro_winkler_similarity": _measured(jellyfish.jaro_winkler_similarity),
    "damerau_levenshtein": _measured(jellyfish.damerau_levenshtein_distance),
    "hamming": _measured(jellyfish.hamming_distance),
    "joined": _joined,
    "cut": _part,
    "modulo": _modulo,
    "length": _length,
    "least": _least,
    "greatest": _greatest,
}
"""What the translated expressions call, by name."""
