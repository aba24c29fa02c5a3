"""The SQL of a checked rule or order, for each engine."""
