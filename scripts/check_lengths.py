"""Fails when a function or a file is too long to read at once.

A function has fewer than 30 lines of code (docstring, comments and blank lines not counted),
a file fewer than 400 lines; tests, which tell stories, 50 and 500; migrations are left out.
scripts/long.txt names what is let off,
one `path` or `path::function` a line. The list only shrinks: a line that is no longer needed
fails too, so it cannot be kept for the next long thing.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

FUNCTION_LINES = 30
FILE_LINES = 400
STORY_LINES = 50  # a test may tell a whole story: given, when, then
STORIES_LINES = 500
EXCEPTIONS = Path(__file__).with_name("long.txt")
NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def tracked() -> list[Path]:
    """Every Python file of the project, new ones that git does not ignore included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    files = (Path(name) for name in listed)
    return sorted({f for f in files if f.exists() and "migrations" not in f.parts})


def code_lines(source: str) -> set[int]:
    """The numbers of the lines that hold code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NOT_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    return lines


def docstring_lines(function: Function) -> set[int]:
    """The lines of a function's docstring."""
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is None:
        return set()
    return set(range(first.lineno, (first.end_lineno or first.lineno) + 1))


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Every function with its dotted name, methods and inner functions included."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function | ast.ClassDef):
            name = f"{prefix}{node.name}"
            if isinstance(node, Function):
                yield name, node
            yield from functions(node, f"{name}.")
        else:
            yield from functions(node, prefix)


def too_long(file: Path) -> Iterator[tuple[str, str]]:
    """What is too long in one file: its name in the exception list, and the sentence."""
    story = file.parts[0] == "tests"
    most_file, most = (STORIES_LINES, STORY_LINES) if story else (FILE_LINES, FUNCTION_LINES)
    source = file.read_text(encoding="utf-8")
    count = len(source.splitlines())
    if count >= most_file:
        yield str(file), f"{file}: {count} lines; the limit is under {most_file}"
    code = code_lines(source)
    for name, node in functions(ast.parse(source)):
        span = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        length = len((span & code) - docstring_lines(node))
        if length >= most:
            yield (
                f"{file}::{name}",
                f"{file}:{node.lineno} {name}: {length} lines of code; the limit is under {most}",
            )


def main() -> int:
    """Prints every fault and returns how the check ended."""
    found = dict(fault for file in tracked() for fault in too_long(file))
    listed = EXCEPTIONS.read_text(encoding="utf-8").split() if EXCEPTIONS.exists() else []
    faults = [sentence for name, sentence in found.items() if name not in listed]
    faults += [
        f"{name}: short enough now; take it off scripts/long.txt"
        for name in listed
        if name not in found
    ]
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
