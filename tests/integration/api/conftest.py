"""The pages' small world serves the API too."""

from tests.integration.web.conftest import signed_in, world

__all__ = ["signed_in", "world"]
