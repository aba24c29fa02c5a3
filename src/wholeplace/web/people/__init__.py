"""Search, and a person's record."""
