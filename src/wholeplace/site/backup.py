"""Backup: the whole database and its inventory, as of one moment, in one file.

The file is a zip of `manifest.json` and PostgreSQL's own custom dump. It holds people's
details in clear: keep it as you keep the database.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from psycopg import IsolationLevel

from wholeplace.core.kernel.errors import UserMistake, WholeplaceError
from wholeplace.site import inventory
from wholeplace.site.administration import Administrator, administrator
from wholeplace.site.leftovers import DUMP, working_folder

FORMAT = 1
MANIFEST = "manifest.json"


class BackupFailed(WholeplaceError):
    """PostgreSQL's programs did not do what they were asked."""


@dataclass(frozen=True)
class Done:
    """What a backup or a restore handled."""

    file: Path
    tables: int
    rows: int


def backup(file: Path) -> Done:
    """Writes a backup. A file of that name appears only when it is whole.

    Raises:
        UserMistake: the file exists, its folder does not, or the login is not enough.
        BackupFailed: pg_dump's reason.
    """
    file = file.expanduser().absolute()
    if file.exists():
        raise UserMistake(f"{file} exists already.", do="Give another name: nothing is replaced.")
    if not file.parent.is_dir():
        raise UserMistake(f"There is no folder {file.parent}.")
    with administrator() as who, working_folder(file.parent) as folder:
        dump = folder / DUMP
        manifest = _dump_with_inventory(who, dump)
        made = folder / file.name
        _pack(made, manifest, dump)
        # link, not rename: a file made meanwhile under this name is not overwritten either.
        os.link(made, file)
    found = inventory.Inventory(**manifest["inventory"])
    return Done(file, len(found.tables), found.rows)


def _dump_with_inventory(who: Administrator, dump: Path) -> dict[str, Any]:
    """Both read the same exported snapshot, so that writers at work do not part them."""
    with who.connect() as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.autocommit = False
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        command = ["pg_dump", "--format=custom", "--compress=6", f"--snapshot={row and row[0]}"]
        postgres_program(who, [*command, f"--file={dump}", f"--dbname={who.dsn(who.database)}"])
        found = inventory.take(connection)
        server = connection.info.server_version // 10000
        connection.rollback()
    return {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": version("wholeplace"),
        "postgresql": server,
        "dump_sha256": sha256_of(dump),
        "inventory": found.as_json(),
    }


def _pack(file: Path, manifest: dict[str, Any], dump: Path) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as pack:
            pack.writestr(MANIFEST, json.dumps(manifest, indent=1))
            pack.write(dump, DUMP)
        out.flush()
        os.fsync(out.fileno())


def sha256_of(file: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def postgres_program(who: Administrator, command: list[str]) -> None:
    """Runs one of PostgreSQL's programs.

    Raises:
        BackupFailed: with what it said last.
    """
    done = subprocess.run(
        [str(who.programs / command[0]), *command[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | who.environment(),
    )
    if done.returncode:
        raise BackupFailed(f"{command[0]} failed.", why=done.stderr.strip()[-600:])
