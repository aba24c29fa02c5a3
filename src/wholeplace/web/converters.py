"""Parts of addresses with a shape of their own."""

from __future__ import annotations


class Reference:
    """A person's reference. Anything of another shape is no address at all."""

    regex = "P[0-9A-HJKMNP-TV-Z]{8}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value
