"""Applications and awards."""
