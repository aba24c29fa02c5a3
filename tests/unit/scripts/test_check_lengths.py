"""The length limits count code alone, find inner functions, and their exceptions only shrink."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts import check_lengths
from scripts.check_lengths import too_long


def module(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "module.py"
    file.write_text(text, encoding="utf-8")
    return file


def lines(count: int, indent: str = "    ") -> str:
    return "".join(f"{indent}x{n} = {n}\n" for n in range(count))


def names(file: Path) -> list[str]:
    return [name.rpartition("::")[2] for name, _ in too_long(file)]


@pytest.mark.parametrize(("body", "found"), [(28, []), (29, ["f"])])
def test_a_function_of_thirty_lines_is_too_long(
    tmp_path: Path, body: int, found: list[str]
) -> None:
    assert names(module(tmp_path, "def f():\n" + lines(body))) == found


def test_docstrings_comments_and_blank_lines_do_not_count(tmp_path: Path) -> None:
    said = '    """One.\n' + "    more\n" * 40 + '    """\n' + "    # why\n\n" * 40
    assert names(module(tmp_path, "def f():\n" + said + lines(28))) == []


def test_a_string_over_many_lines_counts_as_lines(tmp_path: Path) -> None:
    text = 'def f():\n    return """\n' + "a\n" * 40 + '"""\n'
    assert names(module(tmp_path, text)) == ["f"]


def test_methods_and_inner_functions_are_found(tmp_path: Path) -> None:
    text = "class A:\n    async def f(self):\n" + lines(29, " " * 8)
    assert names(module(tmp_path, text)) == ["A.f"]


@pytest.mark.parametrize(("count", "found"), [(399, 0), (400, 1)])
def test_a_file_of_four_hundred_lines_is_too_long(tmp_path: Path, count: int, found: int) -> None:
    assert len(list(too_long(module(tmp_path, "# line\n" * count)))) == found


def test_an_exception_that_is_not_needed_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = module(tmp_path, "def f():\n" + lines(29))
    listed = tmp_path / "long.txt"
    monkeypatch.setattr(check_lengths, "tracked", lambda: [file])
    monkeypatch.setattr(check_lengths, "EXCEPTIONS", listed)
    assert check_lengths.main() == 1
    listed.write_text(f"{file}::f\n")
    assert check_lengths.main() == 0
    listed.write_text(f"{file}::f\n{file}::gone\n")
    assert check_lengths.main() == 1
    assert "take it off" in capsys.readouterr().out
