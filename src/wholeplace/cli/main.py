"""`wholeplace <noun> <verb>`: the root of the command line.

A module beside this one is a noun: it exposes `app`, a typer application of verbs, or
`command`, a single function. A module is imported only when it is called for, so that one
command never pays for, or fails by, another's imports. The program begins in site/main.py,
which adds the nouns that run the installation itself (run, backup, restore).
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperGroup

from wholeplace import cli
from wholeplace.core.kernel.errors import WholeplaceError

NOT_NOUNS = {"main", "session"}
INTERRUPTED = 130
PACKAGES: list[ModuleType] = [cli]


def nouns() -> dict[str, str]:
    """The commands' names and their modules, found by looking, without importing them."""
    found = {
        module.name.replace("_", "-"): f"{package.__name__}.{module.name}"
        for package in PACKAGES
        for module in pkgutil.iter_modules(package.__path__)
        if module.name not in NOT_NOUNS and not module.name.startswith("_")
    }
    return dict(sorted(found.items()))


class Nouns(TyperGroup):
    """A group whose commands are the modules of these packages."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names for the help page."""
        return list(nouns())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Imports the one module that is called for."""
        if cmd_name not in nouns():
            return None
        module = importlib.import_module(nouns()[cmd_name])
        application = getattr(module, "app", None)
        if application is None:
            application = typer.Typer(add_completion=False)
            application.command(name=cmd_name)(module.command)
        command = typer.main.get_command(application)
        command.name = cmd_name
        return command


app = typer.Typer(cls=Nouns, add_completion=False, no_args_is_help=True)


@app.callback(help="Runs a place's welfare schemes: find, decide, pay, keep in touch, prove.")
def root() -> None:
    """The group itself does nothing; its help stands in the decorator."""


def run(arguments: list[str], *, log_folder: Path) -> int:
    """Runs one command line; every error becomes one sentence on standard error.

    Args:
        arguments: without the program's name.
        log_folder: where an unexpected error's full account is written.

    Returns:
        The exit code: 0, an error's own (2 for a user's mistake), or 130 when interrupted.
    """
    try:
        result = typer.main.get_command(app).main(
            args=arguments, prog_name="wholeplace", standalone_mode=False
        )
    except WholeplaceError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has gone; say nothing more, not even at exit.
        sys.stdout = None
        return 0
    except Exception as error:
        return _other(error, log_folder)
    return result if isinstance(result, int) else 0


def _other(error: Exception, log_folder: Path) -> int:
    """A mistake on the command line, an exit, or a fault of the program's own."""
    if isinstance(error, typer.Exit):
        return int(error.exit_code)
    if isinstance(error, typer.Abort):
        return INTERRUPTED
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        print(f"{error.format_message()} See wholeplace --help.", file=sys.stderr)
        return int(error.exit_code)
    print(
        f"Wholeplace failed: {type(error).__name__}. "
        f"What happened is in {_logged(error, log_folder)}.",
        file=sys.stderr,
    )
    return 1


def _logged(error: Exception, folder: Path) -> Path:
    """Writes the full account, which may name people, where only this login reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "errors.log"
    file.touch(mode=0o600)
    with file.open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC).isoformat()}\n")
        log.writelines(traceback.format_exception(error))
    return file
