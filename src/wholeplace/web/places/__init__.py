"""The ward map."""
