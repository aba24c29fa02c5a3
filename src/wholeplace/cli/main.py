"""`wholeplace <noun> <verb>`: the root of the command line.

A module beside this one is a noun: it exposes `app`, a typer application of verbs, or
`command`, a single function (run, backup, restore). A module is imported only when it is
called for, so that one command never pays for, or fails by, another's imports.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from wholeplace import cli
from wholeplace.core.kernel.errors import WholeplaceError

NOT_NOUNS = {"main", "session"}
INTERRUPTED = 130


def nouns() -> list[str]:
    """The names of the commands, found by looking, without importing them."""
    found = (module.name for module in pkgutil.iter_modules(cli.__path__))
    return sorted(
        name.replace("_", "-")
        for name in found
        if name not in NOT_NOUNS and not name.startswith("_")
    )


class Nouns(TyperGroup):
    """A group whose commands are the modules of this package."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names for the help page."""
        return nouns()

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Imports the one module that is called for."""
        if cmd_name not in nouns():
            return None
        module = importlib.import_module(f"{cli.__name__}.{cmd_name.replace('-', '_')}")
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


def main(arguments: list[str] | None = None) -> None:
    """The console script. Turns every error into one sentence and an exit code."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code; prints mistakes to standard error."""
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
        sys.stdout = None  # type: ignore[assignment]
        return 0
    except Exception as error:
        return _other(error)
    return result if isinstance(result, int) else 0


def _other(error: Exception) -> int:
    """A mistake on the command line, an exit, or a fault of the program's own."""
    if isinstance(error, typer.Exit):
        return int(error.exit_code)
    if isinstance(error, typer.Abort):
        return INTERRUPTED
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        print(f"{error.format_message()} See wholeplace --help.", file=sys.stderr)
        return int(error.exit_code)
    print(
        f"Wholeplace failed: {type(error).__name__}. What happened is in {_logged(error)}.",
        file=sys.stderr,
    )
    return 1


def _logged(error: Exception) -> Path:
    """Writes the full account where only this machine's reader sees it."""
    from wholeplace.site.embedded import home_directory

    folder = home_directory() / "log"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "errors.log"
    with file.open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC).isoformat()} {sys.argv[1:]}\n")
        log.writelines(traceback.format_exception(error))
    file.chmod(0o600)
    return file


if __name__ == "__main__":
    main()
