"""Where the parts of an embedded database lie, found from its home folder alone."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.site.embedded.account import Account, account_for

# A Unix socket's address holds 107 bytes; PostgreSQL adds its own file name to the folder's.
LONGEST_SOCKET_FOLDER = 85
SYSTEM_DATA = Path("/var/lib")


@dataclass(frozen=True)
class Place:
    """The folders of one embedded database and the account that owns them."""

    home: Path
    data: Path
    sockets: Path
    account: Account

    @property
    def moved(self) -> bool:
        """Whether the data lies outside home, for home is closed to the server's account."""
        return self.data.parent != self.home

    @property
    def pid_file(self) -> Path:
        """PostgreSQL's own note of the running server."""
        return self.data / "postmaster.pid"

    @property
    def log(self) -> Path:
        """Where the server writes what it has to say."""
        return self.data / "server.log"


def place_of(home: Path) -> Place:
    """Works out the folders; touches nothing.

    The data lies in `<home>/pg`. Only when the caller is root and the unprivileged account
    cannot walk to home does it lie under the system's own data folder instead: no right of
    the user's own folders is ever changed.
    """
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    data = home / "pg"
    account = account_for(data)
    base = home
    if not (account.is_caller or account.reaches(home)):
        base = SYSTEM_DATA / f"wholeplace-{mark}"
        data = base / "pg"
        account = account_for(data)
    sockets = _running_socket_folder(data) or base / "pg-socket"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER:
        sockets = Path(tempfile.gettempdir()) / f"wholeplace-{mark}"
    return Place(home, data, sockets, account)


def _running_socket_folder(data: Path) -> Path | None:
    """The fifth line of a running server's note, so that another TMPDIR still finds it."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def private_folder(path: Path, account: Account) -> None:
    """Makes a folder that only one account can enter.

    Raises:
        WholeplaceError: somebody else already has a folder or a link of that name, which in
            a shared temporary folder may be on purpose.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        facts = path.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in {account.uid, os.geteuid()}:
            raise WholeplaceError(
                f"The database's folder {path} belongs to somebody else.",
                do="Remove it, or set WHOLEPLACE_HOME to another folder.",
            ) from None
    if not account.is_caller:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
