"""Who acts when a command is run by hand."""

from __future__ import annotations

from wholeplace.core.kernel.errors import UserMistake


def membership_of(username: str, right: str) -> int:
    """The live membership of a user that holds a right.

    Raises:
        UserMistake: there is none.
    """
    from wholeplace.rooms.agencies.queries import membership_by_username

    found = membership_by_username(username, right)
    if found is None:
        raise UserMistake(
            f"Nobody called {username} may do this.",
            do="Give the name that somebody signs in with whose role may.",
        )
    return found
