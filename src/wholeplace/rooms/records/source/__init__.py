"""From an agency's files to clean rows: layout, checks, and what was set aside."""
