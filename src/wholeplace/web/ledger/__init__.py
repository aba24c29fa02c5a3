"""The fund: what was given, promised, paid and is left."""
