"""Letters, as they print."""
