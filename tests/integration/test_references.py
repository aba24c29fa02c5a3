"""A person's reference: never two alike, and neighbours do not look alike."""

from __future__ import annotations

from itertools import pairwise

from django.db import connection


def test_a_hundred_thousand_references_differ(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT wp_person_ref(n)) FROM generate_series(1, 100000) n")
        assert cursor.fetchone() == (100_000,)


def test_the_largest_place_still_has_room(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wp_person_ref(13000000)")
        assert len(cursor.fetchone()[0]) == 9


def test_people_recorded_one_after_another_have_references_that_look_apart(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wp_person_ref(n) FROM generate_series(1, 500) n")
        refs = [row[0] for row in cursor.fetchall()]
    alike = [
        sum(a == b for a, b in zip(one[1:], other[1:], strict=True))
        for one, other in pairwise(refs)
    ]
    assert max(alike) <= 4
