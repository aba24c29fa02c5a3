"""The context processor that gives every page its shell.

A middleware or a view sets `request.shell` to a Shell; a page outside any (a sign-in page,
an error before the middleware ran) gets an empty one, so that the layout always renders.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from wholeplace.web.look.model import Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """`{"shell": Shell}`; name it in TEMPLATES context_processors."""
    return {"shell": getattr(request, "shell", None) or Shell()}
