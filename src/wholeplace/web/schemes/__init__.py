"""Trawls and the work lists that they make."""
