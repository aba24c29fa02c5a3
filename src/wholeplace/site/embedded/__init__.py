"""A PostgreSQL of the program's own, for when nobody has given it one.

`start` makes a cluster in `<home>/pg` the first time and starts it; `using` shares a running
one among processes and stops it when the last of them has left. It listens on a private Unix
socket and on no network address, so the socket folder's rights (0700) are its only guard:
trust authentication behind them suits a trial, a test and one person's machine, not a service.
"""

from wholeplace.site.embedded.server import (
    Server,
    home_directory,
    locate,
    start,
    stop,
    using,
)

__all__ = ["Server", "home_directory", "locate", "start", "stop", "using"]
