"""Makes, starts and stops one PostgreSQL cluster. Callers hold the start lock."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.site.embedded import binaries
from wholeplace.site.embedded.place import Place, private_folder

SUPERUSER = "wp_super"
PORT = 5432  # only a part of the socket's name: the server listens on no network address
PATIENCE_SECONDS = 300
LINGERING_SECONDS = 20
WAIT = ("-w", "-t", str(PATIENCE_SECONDS))
INIT = ("-E", "UTF8", "-A", "trust", "--no-instructions")

LAPTOP = {
    "listen_addresses": "''",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    # Statements may hold people's details, and the log has no reader's rights.
    "log_min_error_statement": "panic",
    "log_statement": "none",
}
# For tests alone: a crash of the machine may lose the cluster.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class StartFailed(WholeplaceError):
    """The server would not start; its log says why."""


def programs(place: Place) -> Path:
    """The folder of PostgreSQL's programs for this place."""
    return binaries.find(place.account, place.data.parent)


def make(place: Place, folder: Path, *, durable: bool) -> None:
    """Makes the cluster beside its place and renames it there, so that half of one never stays."""
    place.data.parent.mkdir(parents=True, exist_ok=True)
    if place.moved:
        print(
            f"The database's files lie in {place.data}: its account cannot enter {place.home}.",
            file=sys.stderr,
        )
    making = place.data.with_name("pg.making")
    shutil.rmtree(making, ignore_errors=True)
    private_folder(making, place.account)
    _run(
        place,
        [folder / "initdb", "-D", making, "-U", SUPERUSER, *INIT, *_locale(folder)]
        + ([] if durable else ["--no-sync"]),
        "The database could not be made.",
    )
    with (making / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("include = 'wholeplace.conf'\n")
    making.rename(place.data)


def _locale(folder: Path) -> list[str]:
    """Byte order everywhere, so that a plain index serves a prefix search on any machine."""
    if binaries.major(folder) >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def write_settings(place: Place, *, durable: bool) -> None:
    """Writes the settings anew for each start: the socket folder may have changed."""
    settings = LAPTOP | ({} if durable else NOT_DURABLE)
    settings["unix_socket_directories"] = f"'{place.sockets}'"
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    (place.data / "wholeplace.conf").write_text(lines, encoding="utf-8")
    (place.data / "wholeplace.conf").chmod(0o644)


def is_running(place: Place) -> bool:
    """Whether this place's own server runs."""
    try:
        pid = int(place.pid_file.read_text(encoding="utf-8").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return False
    if not Path("/proc/self/cmdline").exists():
        return subprocess.run(["kill", "-0", str(pid)], capture_output=True).returncode == 0
    return os.fsencode(place.data) in _read(Path(f"/proc/{pid}/cmdline"))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def forget_stranger(place: Place) -> None:
    """Clears the notes of a killed server whose process number is another program's by now.

    PostgreSQL itself clears the note of a dead process, after making sure that none of the dead
    server's helpers still writes; only a living stranger of the same account, or a dead process
    that nobody has collected, stops it. The same care holds here: nothing is cleared while any
    process stands in the data folder.
    """
    processes = Path("/proc")
    if place.pid_file.exists() and processes.exists() and not is_running(place):
        pid = place.pid_file.read_text(encoding="utf-8").split("\n")[0]
        standing = (_link(folder / "cwd") for folder in processes.glob("[0-9]*"))
        if (processes / pid).exists() and place.data not in standing:
            place.pid_file.unlink(missing_ok=True)
            (place.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def _link(file: Path) -> Path | None:
    try:
        return file.readlink()
    except OSError:
        return None


def start(place: Place, folder: Path, *, durable: bool) -> None:
    """Starts the server and waits until it takes connections."""
    private_folder(place.sockets, place.account)
    write_settings(place, durable=durable)
    command = [folder / "pg_ctl", *WAIT, "-D", place.data, "-l", place.log, "start"]
    what = f"The database did not start. Its own account of it is in {place.log}."
    deadline = time.monotonic() + LINGERING_SECONDS
    while True:
        forget_stranger(place)
        try:
            return _run(place, command, what)
        except StartFailed:
            # A killed server's helpers take a moment to notice, and hold its memory till then.
            if time.monotonic() > deadline or not place.pid_file.exists():
                raise
        time.sleep(0.2)


def wait_until_ready(place: Place) -> None:
    """Waits for a server that somebody else (perhaps killed since) has started."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connect(place).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise StartFailed(
                    "The database runs but does not answer.", do=f"Read {place.log}."
                ) from error
        time.sleep(0.05)


def stop(place: Place, folder: Path) -> None:
    """Stops the server, ending connections that are still open."""
    _run(
        place,
        [folder / "pg_ctl", *WAIT, "-D", place.data, "-m", "fast", "stop"],
        f"The database did not stop. Its own account of it is in {place.log}.",
    )


def connect(place: Place, database: str = "postgres") -> psycopg.Connection:
    """A superuser's connection, each statement by itself."""
    return psycopg.connect(
        host=str(place.sockets), port=PORT, user=SUPERUSER, dbname=database, autocommit=True
    )


def _run(place: Place, command: list[object], what: str) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        **place.account.process(),
    )
    if done.returncode:
        raise StartFailed(what, why=done.stderr.strip()[-500:])
