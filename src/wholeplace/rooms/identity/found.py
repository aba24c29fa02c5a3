"""Search results with one line for each human being, as far as the reader may know who is who."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records.queries import Hit, Hits, search


@dataclass(frozen=True, slots=True)
class Found:
    """One line: the record to open, whose it is, and everybody whom the line stands for.

    `agencies` are names, in order: empty for readers to whom nobody shares anything.
    """

    hit: Hit
    agencies: tuple[str, ...]
    people: tuple[int, ...]


class Lines(list[Found]):
    """The lines, in order; `cut` and `enough` as `records.search` tells them."""

    def __init__(self, found: Iterable[Found], hits: Hits):
        super().__init__(found)
        self.cut, self.enough = hits.cut, hits.enough


def find(*, at_most: int, **searched: Any) -> Lines:
    """What `records.search` finds, where records of other agencies about one person are one line.

    Records of the reader's own agency each keep their line, since cases hang on each; another
    agency's record of the same person adds its agency's name to the first of them.
    """
    sharing = {share.agency_id for share in require_actor().shared}
    hits = search(**searched, at_most=at_most * (1 + len(sharing)))
    if not sharing:
        return Lines([Found(hit, (), (hit.person_id,)) for hit in hits[:at_most]], hits)
    return Lines(_one_line_each(hits, at_most), hits)


def _one_line_each(hits: Hits, at_most: int) -> list[Found]:
    lines = _lines(hits, _standing([hit.person_id for hit in hits]))[:at_most]
    return [
        replace(line, agencies=known) for line, known in zip(lines, _known_to(lines), strict=True)
    ]


def _known_to(lines: list[Found]) -> list[tuple[str, ...]]:
    """The agencies that know each, also those whose own record the search did not fit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lead.id, array_agg(DISTINCT g.name ORDER BY g.name)"
            " FROM unnest(%s::bigint[]) lead(id)"
            " CROSS JOIN LATERAL unnest(wp_together(lead.id)) mine(id)"
            " JOIN LATERAL (SELECT r.agency_id FROM records_resident r"
            " WHERE r.person_id = mine.id LIMIT 1) r ON true"
            " JOIN agencies_agency g ON g.id = r.agency_id GROUP BY lead.id",
            [[line.hit.person_id for line in lines]],
        )
        known = dict(cursor.fetchall())
    return [tuple(known.get(line.hit.person_id, line.agencies)) for line in lines]


def _lines(hits: Iterable[Hit], standing: dict[int, tuple[int | None, str, bool]]) -> list[Found]:
    groups: dict[tuple[str, int], list[Hit]] = {}
    leads: dict[int, tuple[str, int]] = {}
    ordered = sorted(hits, key=lambda hit: not standing[hit.person_id][2])  # own ones first
    for hit in ordered:
        identity, _, own = standing[hit.person_id]
        key = ("person", hit.person_id)
        if identity is not None:
            key = leads.setdefault(identity, key) if not own else key
            leads.setdefault(identity, key)
        groups.setdefault(key, []).append(hit)
    places = {hit.person_id: n for n, hit in enumerate(hits)}
    lines = sorted(groups.values(), key=lambda group: min(places[hit.person_id] for hit in group))
    return [_line(group, standing) for group in lines]


def _line(group: list[Hit], standing: dict[int, tuple[int | None, str, bool]]) -> Found:
    agencies = sorted({standing[hit.person_id][1] for hit in group})
    return Found(group[0], tuple(agencies), tuple(hit.person_id for hit in group))


def _standing(people: list[int]) -> dict[int, tuple[int | None, str, bool]]:
    """Person → (identity, if others of it are seen; agency's name; is it the reader's own)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, m.identity_id, g.name, g.id = %s FROM people_person p"
            " JOIN agencies_agency g ON g.id = p.viewers[1]"
            " LEFT JOIN identity_member m ON m.person_id = p.id AND m.superseded_at IS NULL"
            " WHERE p.id = ANY(%s)",
            [require_actor().agency_id, people],
        )
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
