"""What stands around a value and is no part of it.

Systems pad their columns, and what was copied from a page or a word processor brings spaces of
other kinds and characters that cannot be seen. A value of nothing else is empty. Within a value
they stay as they are.
"""

from __future__ import annotations

from wholeplace.population.engines.duckdb import text_literal

_PLAIN = " \t\n\r"
# Unicode: the separators (Zs, Zl, Zp), of which U+00A0 is the commonest.
_WIDE = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
_WIDE += "\u202f\u205f\u3000"
# Without a width: zero-width space, the joiners, the word joiner, and the mark of byte order.
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
SPACES = _PLAIN + _WIDE + _UNSEEN


def trimmed(value: str | None) -> str:
    """The value without spaces around it; "" where there is none."""
    return (value or "").strip(SPACES)


def trimmed_sql(column: str) -> str:
    """SQL for DuckDB of the same; NULL where nothing is left.

    Only what has one at an end is trimmed: to look is several times as quick.
    """
    some, these = f"[{SPACES}]", text_literal(SPACES)
    ends = text_literal(f"\\A{some}|{some}\\z")
    cut = (
        f"CASE WHEN regexp_matches({column}, {ends}) THEN trim({column}, {these}) ELSE {column} END"
    )
    return f"nullif({cut}, '')"
