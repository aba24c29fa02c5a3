"""Starts, shares and stops the embedded server: what the rest of the program calls."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from psycopg.conninfo import make_conninfo

from wholeplace.site.embedded import cluster, roles
from wholeplace.site.embedded.place import Place, place_of


@dataclass(frozen=True)
class Server:
    """Where a server's socket is. `home` is the folder that everything of it lies under."""

    socket_dir: Path
    port: int
    home: Path

    def settings(self, role: str, name: str = roles.DATABASE) -> dict[str, Any]:
        """The connection half of one of Django's DATABASES for a role and a database."""
        return {"HOST": str(self.socket_dir), "PORT": self.port, "USER": role, "NAME": name}

    def dsn(self, role: str, name: str = roles.DATABASE) -> str:
        """A connection string for psycopg and PostgreSQL's own programs."""
        return make_conninfo(host=str(self.socket_dir), port=self.port, user=role, dbname=name)


def home_directory() -> Path:
    """The folder for the database, secrets and logs: WHOLEPLACE_HOME, else ./var.

    An editable install keeps it in the checkout, from wherever it is called.
    """
    if given := os.environ.get("WHOLEPLACE_HOME"):
        return Path(given).expanduser().resolve()
    checkout = Path(__file__).resolve().parents[4]
    base = checkout if (checkout / "pyproject.toml").exists() else Path.cwd()
    return base / "var"


def locate(home: Path | None = None) -> Server:
    """The server that `start` would start or join; starts nothing."""
    return _server(place_of(_resolved(home)))


def start(home: Path | None = None, *, durable: bool = True) -> Server:
    """Starts the server, or joins a running one, and leaves it running until `stop`.

    Args:
        home: where its files lie; `home_directory()` when not given.
        durable: False only for tests: faster, and lost when the machine crashes.

    Raises:
        StartFailed, NoPostgres: with the reason and what to do.
    """
    home = _resolved(home)
    with _locked(home):
        place = _run(home, durable=durable)
        _keep_mark(home).touch()
        return _server(place)


def stop(home: Path | None = None) -> None:
    """Stops the server, whoever uses it. Does nothing when it does not run."""
    home = _resolved(home)
    if home.exists():
        with _locked(home):
            _halt(home)


@contextmanager
def using(home: Path | None = None, *, durable: bool = True) -> Iterator[Server]:
    """Shares the server: started if need be, stopped when its last user leaves.

    Users are counted by shared locks on one file, which the system drops when a process
    dies, however it dies. A server that `start` has started is left running.
    """
    home = _resolved(home)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "pg.users").open("a") as users:
        # Counted before it starts, so that one who is leaving does not stop it under us.
        with _locked(home):
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with _locked(home):
                place = _run(home, durable=durable)
            yield _server(place)
        finally:
            with _locked(home):
                if _is_last(users) and not _keep_mark(home).exists():
                    _halt(home)


def _run(home: Path, *, durable: bool) -> Place:
    place = place_of(home)
    if cluster.is_running(place):
        cluster.wait_until_ready(place)
        if not roles.is_prepared(place):
            roles.prepare(place)
        return place
    _keep_mark(home).unlink(missing_ok=True)
    folder = cluster.programs(place)
    if not place.data.exists():
        cluster.make(place, folder, durable=durable)
    cluster.start(place, folder, durable=durable)
    roles.prepare(place)
    return place


def _halt(home: Path) -> None:
    _keep_mark(home).unlink(missing_ok=True)
    place = place_of(home)
    if cluster.is_running(place):
        cluster.stop(place, cluster.programs(place))


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "pg.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _keep_mark(home: Path) -> Path:
    return home / "pg.keep"


def _server(place: Place) -> Server:
    return Server(place.sockets, cluster.PORT, place.home)


def _resolved(home: Path | None) -> Path:
    return home_directory() if home is None else home.expanduser().resolve()
