"""Who the database server runs as: the caller, or somebody unprivileged when that is root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wholeplace.core.kernel.errors import WholeplaceError

UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A Unix user: PostgreSQL will not run as root, so root hands its server to another."""

    uid: int
    gid: int

    @property
    def is_caller(self) -> bool:
        """Whether no change of user is needed."""
        return self.uid == os.geteuid()

    def process(self) -> dict[str, Any]:
        """Arguments for subprocess that make a child run as this account."""
        same: dict[str, Any] = {"cwd": "/"}
        if self.is_caller:
            return same
        return same | {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may_pass(self, folder: Path) -> bool:
        """Whether this account may walk through one folder."""
        facts = folder.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & stat.S_IXUSR)
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & stat.S_IXGRP)
        return bool(facts.st_mode & stat.S_IXOTH)

    def reaches(self, path: Path) -> bool:
        """Whether this account can walk from the root of the disk to a folder."""
        resolved = path.resolve()
        return all(self.may_pass(folder) for folder in (*resolved.parents, resolved))


def account_for(data: Path) -> Account:
    """The account that runs the server of one data folder: its owner once it exists."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if data.exists():
        facts = data.stat()
        if facts.st_uid != 0:
            return Account(facts.st_uid, facts.st_gid)
    return _unprivileged()


def _unprivileged() -> Account:
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise WholeplaceError(
        "The database cannot be started as root.",
        why=f"None of the users {', '.join(UNPRIVILEGED)} exists on this machine.",
        do="Run the program as an ordinary user, or give a server's address in DATABASE_URL.",
    )
