"""One text for one document: YAML that always looks the same and reads back as it was.

Strict documents hold blocks, lists, texts, whole numbers, decimals, dates, true, false and
null. Keys keep their order; a text that could be read as anything else stands in quotes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

_PLAIN = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9_-]*(\([a-z0-9_]*\))?", re.ASCII)
_WORDS = ("true", "false", "null")


def canonical(value: Any) -> str:
    """The text of a document's value; `load_text(canonical(v)).value == v`."""
    if isinstance(value, (dict, list)) and value:
        return "\n".join(_lines(value, "")) + "\n"
    return f"{_scalar(value)}\n"


def _lines(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _item(f"{indent}{_name(key)}:", inner, indent)
    else:
        for inner in value:
            if isinstance(inner, dict) and inner:  # its first key stands beside the dash
                first, *rest = _lines(inner, f"{indent}  ")
                yield f"{indent}- {first.lstrip(' ')}"
                yield from rest
            else:
                yield from _item(f"{indent}-", inner, indent)


def _item(head: str, value: Any, indent: str) -> Iterator[str]:
    if not isinstance(value, (dict, list)) or not value:
        yield f"{head} {_scalar(value)}"
    elif isinstance(value, list) and not any(isinstance(part, (dict, list)) for part in value):
        yield f"{head} [{', '.join(_scalar(part) for part in value)}]"
    else:
        yield head
        yield from _lines(value, f"{indent}  ")


def _name(key: str) -> str:
    return key if _KEY.fullmatch(key) and key not in _WORDS else _quoted(key)


def _scalar(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int() | Decimal():
            return str(value)
        case dt.date():
            return value.isoformat()
        case str():
            return value if _PLAIN.fullmatch(value) and value not in _WORDS else _quoted(value)
        case dict():
            return "{}"
        case list():
            return "[]"
    raise TypeError(f"a document holds no {type(value).__name__}")


def _quoted(text: str) -> str:
    plain = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in plain)


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
