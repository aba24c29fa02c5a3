"""Bad input by chance: texts, files and facts that nobody meant, and what must come of each.

Each is accepted or refused at a place inside the text, within a second; whatever is accepted
prints SQL that holds what the printer can build and nothing else, and that DuckDB runs.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from bench.drawing import drawing
from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.cases import run_cases
from wholeplace.core.rules.check import Vocabulary, check_rule
from wholeplace.core.rules.evaluate import evaluate
from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.facts import FactSpec, fact_of
from wholeplace.core.rules.files.canonical import canonical
from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.inherit import place_document
from wholeplace.core.rules.files.rates_file import rate_of
from wholeplace.core.rules.files.scheme_loader import build_scheme, load_place
from wholeplace.core.rules.files.stated_file import stated_facts
from wholeplace.core.rules.files.yaml import Document, load_text
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.printing.printer import print_sql
from wholeplace.core.rules.rates import RateMissing
from wholeplace.core.rules.schemes import PlaceRules
from wholeplace.core.rules.warning.warnings import warnings_of

AS_AT = dt.date(2026, 6, 1)
SLOW = 1.0  # seconds of this thread's own time
PRINTED = {
    *("CASE_EXPR", "COLUMN_REF", "COMPARE_EQUAL", "COMPARE_GREATERTHAN", "COMPARE_IN"),
    *("COMPARE_GREATERTHANOREQUALTO", "COMPARE_LESSTHAN", "COMPARE_LESSTHANOREQUALTO"),
    *("COMPARE_NOTEQUAL", "CONJUNCTION_AND", "CONJUNCTION_OR", "LAMBDA", "LAMBDA_REF"),
    *("OPERATOR_CAST", "OPERATOR_COALESCE", "OPERATOR_IS_NOT_NULL", "OPERATOR_NOT"),
    *("ARRAY_CONSTRUCTOR", "TYPE", "VALUE_CONSTANT"),
}
FUNCTIONS = {
    *("+", "-", "*", "//", "round", "least", "greatest", "to_months"),
    *("list_extract", "list_sort", "list_transform", "list_value"),
}
COLUMN_TYPES = {
    "boolean": "BOOLEAN",
    "number": "DECIMAL(18, 4)",
    "percent": "DECIMAL(18, 4)",
    "money": "BIGINT",
    "date": "DATE",
    "duration": "BIGINT",
    "code": "VARCHAR",
}
_PLAIN = re.compile(r"[a-z0-9_-]+|ASC|DESC|NULLS FIRST")


class Unmet(AssertionError):
    """What must come of a text did not."""


@dataclass
class Tally:
    """How many were met, how many of them were accepted, and the slowest of all."""

    met: int = 0
    accepted: int = 0
    worst: float = 0.0
    worst_text: str = field(default="", repr=False)

    def count(self, work: Callable[[str], bool], text: str) -> bool:
        """Meet one text; raises Unmet."""
        begun = time.thread_time()
        try:
            accepted = work(text)
        except Exception as problem:
            raise Unmet(f"{type(problem).__name__}: {problem}\n{text!r}") from problem
        seconds = time.thread_time() - begun
        if seconds > self.worst:
            self.worst, self.worst_text = seconds, text
        if seconds > SLOW:
            raise Unmet(f"took {seconds:.1f} seconds: {text!r}")
        self.met += 1
        self.accepted += accepted
        return accepted


# -- rules ------------------------------------------------------------------------------------
class Rules:
    """Meets rule texts; `settle` has DuckDB run what was accepted since the last time."""

    BATCH = 40

    def __init__(self, place: PlaceRules) -> None:
        self._words = Vocabulary(place.facts, rates=place.rates)
        self._facts = place.facts
        self._waiting: list[tuple[str, str]] = []
        self._engine = duckdb.connect(config={"threads": 1})
        columns = ", ".join(f"{n} {COLUMN_TYPES[s.type]}" for n, s in place.facts.items())
        self._engine.execute(f"CREATE TABLE facts ({columns})")
        for row in ([None] * len(self._facts), [_usual(s) for s in self._facts.values()]):
            marks = ", ".join("?" for _ in row)
            self._engine.execute(f"INSERT INTO facts VALUES ({marks})", row)

    def meet(self, text: str) -> bool:
        """Whether the text is accepted; raises whatever goes wrong."""
        try:
            rule = check_rule(text, self._words)
        except RuleMistake as mistake:
            _inside(text, mistake)
            return False
        _built(rule.tree)
        try:
            value = evaluate(rule.tree, AS_AT, lambda use: None)
            printed = print_sql(rule.tree, as_at=AS_AT, fact_column=lambda use, on: use.name)
        except RateMissing:
            return True
        assert value in (True, False, None)
        self._waiting.append((text, printed))
        if len(self._waiting) >= self.BATCH:
            self.settle()
        return True

    def settle(self) -> None:
        """Run what waits. Raises Unmet with the rule that DuckDB refuses."""
        waiting, self._waiting = self._waiting, []
        for text, printed in waiting:
            self._check_printed(text, printed)
        try:
            self._run([printed for _, printed in waiting])
        except duckdb.Error:
            for text, printed in waiting:
                try:
                    self._run([printed])
                except duckdb.Error as problem:
                    raise Unmet(f"{problem}\n{text!r}\n{printed}") from problem
            raise

    def _run(self, printed: list[str]) -> None:
        if printed:
            self._engine.execute(f"SELECT {', '.join(printed)} FROM facts").fetchall()

    def _check_printed(self, text: str, printed: str) -> None:
        """The SQL's tree holds what the printer builds, columns of facts, and plain words."""
        query = "SELECT json_serialize_sql(?)"
        found = self._engine.execute(query, [f"SELECT {printed}"]).fetchall()[0][0]
        whole = json.loads(found)
        if whole["error"] or len(whole["statements"]) != 1:
            raise Unmet(f"not one statement: {text!r}\n{printed}")
        [item] = whole["statements"][0]["node"]["select_list"]
        for node in _nodes(item):
            if why := self._foreign(node):
                raise Unmet(f"{why}: {text!r}\n{printed}")

    def _foreign(self, node: dict[str, Any]) -> str:
        kind, name = node.get("type"), node.get("function_name")
        if name is not None and name not in FUNCTIONS:
            return f"the function {name}"
        if kind not in PRINTED and name is None:
            return f"a node {kind}"
        columns = node.get("column_names", [])
        if kind == "COLUMN_REF" and not all(self._column(column) for column in columns):
            return f"the column {columns}"
        held = node.get("literal", {})
        plain = held.get("kind") != "STRING" or _PLAIN.fullmatch(held["text"])
        return "" if plain else f"the text {held['text']!r}"

    def _column(self, name: str) -> bool:
        return name in self._facts or bool(re.fullmatch(r"v[0-9]+", name))


def _usual(spec: FactSpec) -> Any:
    usual = {"boolean": True, "number": 3, "percent": 25, "money": 3_500, "duration": 182}
    if spec.type == "code":
        return sorted(spec.codes)[0]
    return usual.get(spec.type, AS_AT)


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "class" in value:
            yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def _inside(text: str, mistake: RuleMistake) -> None:
    lines = text.split("\n")
    assert 0 <= mistake.offset <= len(text)
    assert 1 <= mistake.line <= len(lines)
    assert 1 <= mistake.column <= len(text) + 1
    assert mistake.fault_what


def _built(tree: t.Node) -> None:
    kinds = set(t.Node.__subclasses__())
    assert all(type(node) in kinds for node in t.walk(tree))


# -- files ------------------------------------------------------------------------------------
class Files:
    """Meets scheme, fact and rate files and stated facts of one place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place = load_place(folder)

    def scheme(self, text: str) -> bool:
        """A scheme file: read, its cases run, looked through for warnings and explained."""
        return self._meet(text, self._use_scheme)

    def amendment(self, text: str) -> bool:
        """A draft that amends transition-payments."""
        return self._meet(text, self._use_amendment)

    def fact(self, text: str) -> bool:
        """A fact file."""
        return self._meet(text, lambda document: fact_of(document, "drawn"))

    def rate(self, text: str) -> bool:
        """A file of a dated figure or table."""
        return self._meet(text, lambda document: rate_of(document, "drawn", self.place.facts))

    def stated(self, text: str) -> bool:
        """Facts as somebody states them."""
        return self._meet(text, lambda document: stated_facts(document, self.place))

    def _use_amendment(self, document: Document) -> None:
        name = "transition-payments"
        self._use_scheme(place_document(self._folder, "schemes", name, document))

    def _use_scheme(self, document: Document) -> None:
        scheme = build_scheme(document, self.place)
        warnings_of(scheme, document)
        try:
            run_cases(scheme)
            explain(scheme, stated_facts(load_text("{}"), self.place), AS_AT)
        except WholeplaceError as problem:  # such as a day without a figure: said in words
            assert str(problem)

    @staticmethod
    def _meet(text: str, use: Callable[[Document], object]) -> bool:
        try:
            use(load_text(text, "drawn.yaml"))
        except FileMistake as mistake:
            lines = len(text.splitlines()) + 2
            for fault in mistake.faults:
                assert fault.what
                assert fault.file != "drawn.yaml" or 1 <= fault.line <= lines, fault
                assert fault.column >= 1, fault
            return False
        return True


# -- everything -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Kind:
    """One kind of bad input: how it is met and how it is drawn."""

    name: str
    share: float  # of the number of rule texts
    meet: Callable[[str], bool]
    draw: Callable[[], str]
    settle: Callable[[], None] = lambda: None


def kinds(seed: int, places: Path) -> Iterator[Kind]:
    """Every kind of bad input, from the demonstration's places; rules first."""
    base, second = places / "birmingham", places / "solihull-example"
    drawn, files, amended = drawing(seed, base), Files(base), Files(second)
    chance = Random(seed)
    schemes = [path.read_text(encoding="utf-8") for path in _files(base / "schemes")]
    amendment = load_text((second / "schemes" / "transition-payments.yaml").read_text()).value
    facts = [_renamed(path, "name") for path in _files(base / "facts")]
    rates = [_renamed(path, "rate", "table") for path in _files(base / "rates")]

    def changed(values: list[Any]) -> str:
        return canonical(drawn.replaced(chance.choice(values)))

    rules = Rules(files.place)
    yield Kind("rule texts", 1, rules.meet, drawn.rule, rules.settle)
    yield Kind("scheme files", 0.05, files.scheme, lambda: drawn.edited(chance.choice(schemes)))
    values = [load_text(text).value for text in schemes]
    yield Kind("scheme files of other values", 0.05, files.scheme, lambda: changed(values))
    yield Kind("amendments", 0.05, amended.amendment, lambda: changed([amendment]))
    yield Kind("fact files", 0.2, files.fact, lambda: changed(facts))
    yield Kind("rate files", 0.1, files.rate, lambda: changed(rates))
    yield Kind("stated facts", 0.5, files.stated, lambda: canonical(drawn.stated()))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _renamed(path: Path, *keys: str) -> dict[str, Any]:
    """A file's value, called what the readers here are told that it is called."""
    value = load_text(path.read_text(encoding="utf-8")).value
    return {key: "drawn" if key in keys else inner for key, inner in value.items()}


def meet_all(kind: Kind, number: int) -> Tally:
    """Draw and meet so many; raises Unmet."""
    tally = Tally()
    for _ in range(number):
        tally.count(kind.meet, kind.draw())
    kind.settle()
    return tally
