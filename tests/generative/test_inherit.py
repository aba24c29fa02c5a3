"""Amending a document: the value is what amending by hand gives, and every part has a home."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.core.rules.files.canonical import canonical
from wholeplace.core.rules.files.unseen import unseen
from wholeplace.core.rules.files.woven import Item, Woven, weave
from wholeplace.core.rules.files.yaml import KeyPath, load_text

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["yes", "no", "null", "true", "~", "2026-06-01", "26", "3.5", "- a", "a: b"]),
).filter(lambda text: not unseen(text) and "\r" not in text)
SCALARS = st.one_of(
    st.integers(-(10**17), 10**17),
    st.decimals(-1000, 1000, places=4, allow_nan=False),
    st.dates(dt.date(1000, 1, 1)),
    st.booleans(),
    st.none(),
    TEXTS,
)
KEYS = st.sampled_from(["age", "most_a_week", "time_on(x)", "null", "A key", "é", "a.b", ""])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
BLOCKS = st.dictionaries(KEYS, VALUES, max_size=5)


def same(one: Any, two: Any) -> bool:
    if isinstance(one, dict) and isinstance(two, dict):
        return list(one) == list(two) and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(same, one, two))
    return type(one) is type(two) and bool(one == two)


@settings(max_examples=400, deadline=None)
@given(VALUES)
def test_canonical_text_reads_back_as_it_was(value: Any) -> None:
    text = canonical(value)
    assert same(load_text(text).value, value), text
    assert canonical(load_text(text).value) == text


def paths(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths(inner, (*path, key))
    return found


def at(value: Any, path: KeyPath) -> Any:
    for part in path:
        value = value[part]
    return value


@settings(max_examples=300, deadline=None)
@given(BLOCKS, st.data())
def test_amending_is_what_amending_by_hand_gives(base: dict[str, Any], data: st.DataObject) -> None:
    known = paths(base)
    chosen = data.draw(st.lists(st.sampled_from(known), max_size=3, unique=True)) if known else []
    chosen = [
        path
        for path in chosen
        if not any(path != other and path[: len(other)] == other for other in chosen)
    ]
    values = {f"v{number}": data.draw(VALUES) for number in range(len(chosen))}
    hows = [data.draw(st.sampled_from(["put", "remove"])) for _ in chosen]
    items = [
        Item(how, path, ("amend", key), value)
        for how, path, (key, value) in zip(hows, chosen, values.items(), strict=True)
    ]
    woven = weave(
        load_text(canonical(base), "base"), load_text(canonical({"amend": values}), "own"), items
    )
    by_hand = copy.deepcopy(base)
    for item in items:
        parent = at(by_hand, item.path[:-1])
        if item.how == "put":
            parent[item.path[-1]] = item.value
        else:
            del parent[item.path[-1]]
    assert same(woven.value, by_hand)
    assert same(load_text(woven.text).value, by_hand)
    every_part_has_a_home(woven)


def every_part_has_a_home(woven: Woven) -> None:
    """A fault at any part points into the file, and at the line, that holds its value."""
    for path in woven.values:
        document, inner = woven._origin(path)
        fault = woven.fault(path, "here")
        assert (fault.line, fault.column) == (woven.values[path].line, woven.values[path].column)
        own = any(path[: len(i.path)] == i.path for i in woven.items if i.how == "put")
        assert fault.file == ("own" if own else "base")
        if own or not any(i.path[: len(path)] == path for i in woven.items):
            assert same(at(document.value, inner), at(woven.value, path))


@given(st.decimals(-(10**6), 10**6, places=2))
def test_decimals_stay_as_they_were_written(value: Decimal) -> None:
    assert canonical({"value": value}) == f"value: {value}\n"
