"""Who is who, decided by people: the queue, a pair, and what was decided."""
