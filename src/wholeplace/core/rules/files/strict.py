"""A strict model from a strict document: unknown keys named, with what was meant."""

from __future__ import annotations

import types
import typing
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from wholeplace.core.rules.files.faults import Fault, FileMistake, meant_or_list
from wholeplace.core.rules.files.yaml import Document, KeyPath

Model = TypeVar("Model", bound=BaseModel)

_PLAIN = {
    "missing": "this must be given",
    "string_type": "this must be a text",
    "int_type": "this must be a whole number",
    "int_parsing": "this must be a whole number",
    "bool_type": "this must be `true` or `false`",
    "date_type": "this must be a date like `2026-06-01`",
    "list_type": "this must be a list",
    "tuple_type": "this must be a list",
    "dict_type": "this must be a block of keys",
    "greater_than_equal": "this must be {ge} or more",
    "less_than_equal": "this must be {le} or less",
    "too_short": "this must not be empty",
    "string_too_short": "this must not be empty",
    "string_too_long": "this is longer than {max_length} characters",
    "string_pattern_mismatch": "this must be a plain lower-case name, like those around it",
    "model_type": "this must be a block of keys",
    "model_attributes_type": "this must be a block of keys",
}


class Strict(BaseModel):
    """Base of every model of a file written by hand: frozen, no conversion, no extras."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


def read_model(document: Document, model: type[Model]) -> Model:
    """`document` as a `model`; raises FileMistake with every fault found."""
    try:
        return model.model_validate(document.value)
    except ValidationError as problem:
        faults = [_fault(document, model, error) for error in problem.errors()]
        raise FileMistake(faults) from None


def _fault(document: Document, model: type[BaseModel], error: Any) -> Fault:
    path: KeyPath = tuple(part for part in error["loc"])
    kind = error["type"]
    if kind == "extra_forbidden":
        word = str(path[-1])
        do = meant_or_list(word, keys_at(model, path[:-1]))
        return document.fault(_present(document, path), f"unknown key `{word}`", do, key=True)
    if kind == "missing":
        what = f"the key `{path[-1]}` is missing"
        return document.fault(_present(document, path[:-1]), what, key=True)
    if kind in ("literal_error", "enum"):
        expected = error.get("ctx", {}).get("expected", "")
        given = error.get("input")
        what, do = f"`{given}` is not one of the choices", f"use {expected}"
        return document.fault(_present(document, path), what, do)
    plain = _PLAIN.get(kind, "").format(**error.get("ctx", {}))
    what = plain or error["msg"].removeprefix("Value error, ")
    return document.fault(_present(document, path), what)


def _present(document: Document, path: KeyPath) -> KeyPath:
    """`path` without the parts that only the model knows (the tags of its unions)."""
    found: KeyPath = ()
    for part in path:
        if (*found, part) in document.values:
            found = (*found, part)
    return found


def keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys that a block at `path` may have."""
    current: Any = model
    for part in path:
        current = _step(current, part)
    models = [kind for kind in _members(current) if _is_model(kind)]
    names = {field.alias or name for m in models for name, field in m.model_fields.items()}
    return sorted(names - {"kind"})


def _step(current: Any, part: str | int) -> Any:
    for kind in _members(current):
        if _is_model(kind):
            for name, field in kind.model_fields.items():
                if part in (field.alias or name, name):
                    return field.annotation
            if "kind" in kind.model_fields and kind.model_fields["kind"].default == part:
                return kind
        arguments = typing.get_args(kind)
        if typing.get_origin(kind) in (dict, list, tuple) and arguments:
            return arguments[1] if typing.get_origin(kind) is dict else arguments[0]
    return None


def _members(annotation: Any) -> list[Any]:
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _members(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return [m for part in typing.get_args(annotation) for m in _members(part)]
    return [annotation]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
