"""What can go wrong, in words a person can act on.

Every error says what failed, why, and what to do; it carries an exit code for the
command line and a status for the web, so that no route invents its own.
"""

from __future__ import annotations


class WholeplaceError(Exception):
    """The root of every error that this program raises on purpose.

    Args:
        what: what failed, one plain sentence.
        why: the cause, where it is known.
        do: what the reader can do about it.
    """

    exit_code = 1
    http_status = 500

    def __init__(self, what: str, *, why: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.do = do

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.do) if part)

    def as_data(self) -> dict[str, str | int]:
        """The error for a program to read: RFC 9457's `title` and `status`, and our sentences."""
        return {
            "title": self.what,
            "status": self.http_status,
            "what": self.what,
            "why": self.why,
            "do": self.do,
        }


class UserMistake(WholeplaceError):
    """The caller asked for something that cannot be done as asked."""

    exit_code = 2
    http_status = 422


class NotFound(UserMistake):
    """No such record for this reader: the same words whether absent or hidden."""

    http_status = 404


class Refused(UserMistake):
    """The action exists and this reader may not do it."""

    http_status = 403


class Stale(UserMistake):
    """Somebody else changed the record after this form was opened."""

    http_status = 409


UNKEEPABLE = UserMistake(
    "Something that was sent cannot be kept.",
    why="It holds a character that is no text, or a number that is too large.",
    do="Correct it and send it again.",
)
