"""Small helpers of the queries."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

NAME = "trim(u.first_name || ' ' || u.last_name)"


def rows(sql: str, values: Any) -> list[Any]:
    """All rows of a statement, as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def json_of(value: Any) -> Any:
    """A JSON column's value; Django has the driver give it as text."""
    return json.loads(value) if isinstance(value, str) else value
