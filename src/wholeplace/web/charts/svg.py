"""The few pieces that every picture is made of."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Light to dark, one hue; on each the text colour that reads at 4.5:1 or better.
RAMP = (
    ("#e8f1fa", "#0b0c0c"),
    ("#b5d2ee", "#0b0c0c"),
    ("#6ba3d6", "#0b0c0c"),
    ("#2a6aa8", "#ffffff"),
    ("#0f2f57", "#ffffff"),
)
INK = "#0b0c0c"
SERIES = ("#1d70b8", "#b3531a", "#0f7a52", "#54319f")


def attributes(pairs: dict[str, object]) -> str:
    """Attributes in order, escaped; None is left out, underscores become hyphens."""
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in pairs.items()
        if value is not None
    )


def element(name: str, content: str = "", **pairs: object) -> str:
    """One element around SVG that is already safe."""
    return (
        f"<{name}{attributes(pairs)}>{content}</{name}>"
        if content
        else (f"<{name}{attributes(pairs)}/>")
    )


def text(words: object, **pairs: object) -> str:
    """A text element; its words are escaped."""
    return f"<text{attributes(pairs)}>{escape(words)}</text>"


def titled(words: object) -> str:
    """The title that names what surrounds it."""
    return f"<title>{escape(words)}</title>"


def picture(
    id: str, title: str, summary: str, parts: Iterable[str], *, role: str = "img", **pairs: object
) -> SafeString:
    """The whole picture with its name and description.

    `role` is "img" for a picture that is read as one thing, "group" for one with links in
    it, since an img's children are hidden from a screen reader.
    """
    names = f"{id}-title {id}-desc" if summary else f"{id}-title"
    head = f'<title id="{escape(id)}-title">{escape(title)}</title>'
    if summary:
        head += f'<desc id="{escape(id)}-desc">{escape(summary)}</desc>'
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "id": id,
            "role": role,
            "aria_labelledby": names,
            "font_family": "arial, sans-serif",
            "font_size": "16",
            **pairs,
        }
    )
    return mark_safe(f"<svg{opening}>{head}{''.join(parts)}</svg>")


def number(value: float) -> str:
    """A coordinate, short: at most two decimals and no trailing noughts."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(value: float) -> str:
    """A length as a share of the picture's width."""
    return f"{number(value)}%"


def stripes(id: str, colour: str, ground: str) -> str:
    """A slanting pattern, so that an area is told from its neighbour without colour."""
    ground_box = element("rect", width=8, height=8, fill=ground)
    line = element("rect", width=3, height=8, fill=colour)
    return element(
        "pattern",
        ground_box + line,
        id=id,
        width=8,
        height=8,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
