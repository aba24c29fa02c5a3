"""Where each role may go: a link appears for the right that opens its page, and no other."""

from __future__ import annotations

from wholeplace.web.look.model import Link

# Right, words, address. The order is the order of the menu.
PAGES = (
    ("person.search", "Search", "/search"),
    ("person.record", "Record somebody", "/people/new"),
    ("adoption.seal", "Adoptions", "/adoptions"),
    ("identity.decide", "Who is who", "/identity"),
    ("trawl.read", "Work lists", "/trawls"),
    ("application.read", "Applications", "/applications"),
    ("payment.read", "Payments", "/payments"),
    ("fund.read", "Fund", "/fund"),
    ("fund.read", "Places", "/places"),
    ("load.read", "Loads", "/loads"),
    ("correction.answer", "Corrections", "/corrections"),
    ("audit.read", "Audit trail", "/audit"),
    ("own.read", "My payments", "/my/payments"),
    ("own.read", "Who looked", "/my/views"),
)


def navigation_for(rights: frozenset[str], path: str) -> tuple[Link, ...]:
    """The menu of somebody with these rights; the page being read is marked."""
    home = "My record" if "own.read" in rights else "Home"
    links = [Link(home, "/", current=path == "/")]
    links += [
        Link(words, address, current=path == address or path.startswith(f"{address}/"))
        for right, words, address in PAGES
        if right in rights
    ]
    return tuple(links)
