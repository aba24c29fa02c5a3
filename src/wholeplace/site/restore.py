"""Restore: a backup into a database beside the present one, proved, then put in its place.

Killed at any moment, the present database is untouched or wholly replaced: the two change
names in one transaction, and a half-made one is dropped by the next restore.
"""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection, sql

from wholeplace.core.kernel.errors import UserMistake, WholeplaceError
from wholeplace.site import embedded, inventory
from wholeplace.site.administration import MAINTENANCE, Administrator, administrator
from wholeplace.site.backup import FORMAT, MANIFEST, Done, postgres_program, sha256_of
from wholeplace.site.leftovers import DUMP, sweep_home, working_folder

SWAP_TRIES = 20


class NotRestored(WholeplaceError):
    """What came back is not what was backed up; the present database stays."""


def restore(file: Path, *, replace: bool = False) -> Done:
    """Brings a backup back, and checks rows, content and rights before it takes over.

    Args:
        file: what `backup` wrote.
        replace: give up the present database where it holds tables.

    Raises:
        UserMistake: no such file, not a backup, damaged, or the database is not empty.
        NotRestored: something did not come back as it was.
    """
    home = embedded.home_directory()
    home.mkdir(parents=True, exist_ok=True)
    sweep_home(home)
    with working_folder(home) as folder:
        manifest, dump = unpack(file, folder)
        wanted = inventory.Inventory(**manifest["inventory"])
        with administrator() as who:
            if not replace:
                _refuse_full(who)
            _build(who, dump)
            _prove(who, wanted)
            _swap(who)
    return Done(file, len(wanted.tables), wanted.rows)


def unpack(file: Path, folder: Path) -> tuple[dict[str, Any], Path]:
    """Reads a backup's manifest and takes its dump out, refusing a damaged one."""
    if not file.is_file():
        raise UserMistake(f"There is no file {file}.")
    dump = folder / DUMP
    try:
        with zipfile.ZipFile(file) as pack:
            manifest = json.loads(pack.read(MANIFEST))
            with pack.open(DUMP) as source, dump.open("wb") as target:
                shutil.copyfileobj(source, target)
        whole = manifest["format"] == FORMAT and manifest["dump_sha256"] == sha256_of(dump)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise UserMistake(f"{file} is not a whole backup of Wholeplace.", why=str(error)) from error
    if not whole:
        raise UserMistake(f"{file} is damaged, or of a kind that this version does not know.")
    return manifest, dump


def _beside(who: Administrator) -> tuple[str, str]:
    return f"{who.database}_restoring", f"{who.database}_replaced"


def _refuse_full(who: Administrator) -> None:
    with who.connect() as connection:
        tables = connection.execute(inventory.TABLES).fetchall()
    if tables:
        raise UserMistake(
            f"The database {who.database} is not empty: it holds {len(tables)} tables.",
            do="Say --replace to give it up, once a backup of it is safe.",
        )


def _build(who: Administrator, dump: Path) -> None:
    with who.connect(MAINTENANCE) as connection:
        for leftover in _beside(who):
            _drop(connection, leftover)
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(_beside(who)[0]), sql.Identifier(who.owner)
            )
        )
    target = f"--dbname={who.dsn(_beside(who)[0])}"
    postgres_program(who, ["pg_restore", "--exit-on-error", target, str(dump)])


def _prove(who: Administrator, wanted: inventory.Inventory) -> None:
    with who.connect(_beside(who)[0]) as connection:
        faults = inventory.differences(wanted, inventory.take(connection))
        connection.execute("ANALYZE")
    if faults:
        with who.connect(MAINTENANCE) as connection:
            _drop(connection, _beside(who)[0])
        raise NotRestored(
            "The backup did not come back as it was; the present database stays.",
            why=" ".join(faults[:5]),
        )


def _swap(who: Administrator) -> None:
    made, replaced = _beside(who)
    with who.connect(MAINTENANCE) as connection:
        for attempt in range(SWAP_TRIES):
            for name in (who.database, made):
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    [name],
                )
            try:
                with connection.transaction():
                    _rename(connection, who.database, replaced)
                    _rename(connection, made, who.database)
                break
            except psycopg.errors.ObjectInUse:
                if attempt == SWAP_TRIES - 1:
                    raise
                time.sleep(0.1)
        _drop(connection, replaced)


def _rename(connection: Connection, old: str, new: str) -> None:
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
    )


def _drop(connection: Connection, name: str) -> None:
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )
