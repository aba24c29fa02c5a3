"""Every version of what linking reads, superseded ones too: numbers, keys and moments alone."""

_SHARED = (
    "(SELECT wp_reach()) = 'link'"
    " AND {0}.agency_id = ANY ((SELECT wp_shared_agencies('P2', 'everybody'))::bigint[])"
)
_NOT_SEALED = "{0}.person_id NOT IN (SELECT p.id FROM people_person p WHERE p.sealed)"
_PARTS = (
    ("resident", "r", "r.person_id", "NULL::text", "NULL::text", True),
    ("member", "m", "m.person_id", "m.household_key", "NULL::text", True),
    ("household", "h", "NULL::bigint", "h.source_key", "h.uprn", False),
    ("address", "a", "NULL::bigint", "NULL::text", "a.source_key", False),
)


def _part(kind: str, row: str, person: str, household: str, uprn: str, of_person: bool) -> str:
    sealed = f"\n   AND {_NOT_SEALED.format(row)}" if of_person else ""
    return (
        f"SELECT '{kind}' AS kind, {row}.id, {row}.agency_id, {person} AS record_id,"
        f" {household} AS household_key, {uprn} AS uprn, {row}.recorded_at, {row}.superseded_at\n"
        f"  FROM records_{kind} {row}\n WHERE {_SHARED.format(row)}{sealed}"
    )


VERSIONS = "CREATE VIEW identity_version WITH (security_barrier) AS\n" + "\nUNION ALL\n".join(
    _part(*part) for part in _PARTS
)
