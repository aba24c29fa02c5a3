"""The root of the command line: late imports, plain sentences, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from wholeplace.cli import main
from wholeplace.core.kernel.errors import Refused, UserMistake, WholeplaceError
from wholeplace.site import commands


def noun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Adds a package of nouns with one command, `trial-noun`, whose body is given."""
    package = tmp_path / "trial_nouns"
    package.mkdir()
    (package / "__init__.py").write_text("")
    text = "from wholeplace.core.kernel.errors import *\ndef command(value: int = 1) -> None:\n"
    (package / "trial_noun.py").write_text(f"{text}    {body}\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = ModuleType("trial_nouns")
    module.__path__ = [str(package)]
    monkeypatch.setitem(sys.modules, "trial_nouns", module)
    monkeypatch.delitem(sys.modules, "trial_nouns.trial_noun", raising=False)
    monkeypatch.setattr(main, "PACKAGES", [*main.PACKAGES, commands, module])


def run(tmp_path: Path, *arguments: str) -> int:
    return main.run(list(arguments), log_folder=tmp_path / "log")


@pytest.mark.parametrize(("error", "code"), [(WholeplaceError, 1), (UserMistake, 2), (Refused, 2)])
def test_an_error_of_ours_is_one_plain_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: type[WholeplaceError],
    code: int,
) -> None:
    noun(tmp_path, monkeypatch, f"raise {error.__name__}('It broke.', why='Why.', do='Do.')")
    assert run(tmp_path, "trial-noun") == code
    assert capsys.readouterr().err == "It broke. Why. Do.\n"


def test_an_unexpected_error_says_where_its_account_is_and_shows_no_stack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    noun(tmp_path, monkeypatch, "raise KeyError('Mrs Example')")
    assert run(tmp_path, "trial-noun") == 1
    said = capsys.readouterr().err
    log = tmp_path / "log" / "errors.log"
    assert said == f"Wholeplace failed: KeyError. What happened is in {log}.\n"
    assert "Mrs Example" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "arguments", [["no-such-noun"], ["trial-noun", "--value", "many"], ["trial-noun", "--nought"]]
)
def test_a_mistake_on_the_command_line_is_exit_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    noun(tmp_path, monkeypatch, "print(value)")
    assert run(tmp_path, *arguments) == 2
    said = capsys.readouterr()
    assert said.err.endswith("See wholeplace --help.\n")
    assert said.out == ""


def test_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noun(tmp_path, monkeypatch, "raise KeyboardInterrupt")
    assert run(tmp_path, "trial-noun") == main.INTERRUPTED


def test_a_noun_that_cannot_be_imported_harms_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    noun(tmp_path, monkeypatch, "print(value + 1)")
    (tmp_path / "trial_nouns" / "broken.py").write_text("import no_such_package_at_all\n")
    assert run(tmp_path, "trial-noun", "--value", "41") == 0
    assert capsys.readouterr().out == "42\n"


def test_every_noun_shows_its_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "PACKAGES", [*main.PACKAGES, commands])
    found = main.nouns()
    assert {"run", "backup", "restore"} <= found.keys()
    assert [name for name in found if run(tmp_path, name, "--help") != 0] == []


def test_help_of_one_noun_imports_neither_django_nor_another_noun() -> None:
    code = (
        "import sys\nfrom wholeplace.cli import main\nfrom wholeplace.site import commands\n"
        "from pathlib import Path\nmain.PACKAGES.append(commands)\n"
        "main.run(['backup', '--help'], log_folder=Path('nowhere'))\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'duckdb', 'pyarrow')"
        " or m.startswith('wholeplace.site.commands.r')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
