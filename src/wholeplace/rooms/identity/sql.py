"""What the database knows of who is who: references, and who may see which links.

A link tells that somebody is known elsewhere, which is protected in itself: without an
agreement it is not there. A person's own agency, an agreement about everybody, or one about
people of the own agency each open a person's rows; a restriction on any person of an identity
closes the way from one agency to another for all who have no grant to it.
"""

# As a person's reference (`wp_person_ref`), scattered otherwise: the two never look alike.
REFERENCE = """
CREATE FUNCTION wp_identity_ref(number bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT 'W' || substr(wp_spell_ref((number * 577215664901 + 141421356237) % 1099511627689), 2) $$
"""

_GRANTED = """
EXISTS (SELECT 1 FROM people_restrictiongrant g
         WHERE g.person_id = p.id AND g.membership_id = wp_membership()
           AND g.valid_from <= current_date
           AND (g.valid_to IS NULL OR g.valid_to >= current_date))
"""

# Everybody of the person's identity, and of each how the reader may see them. A person who is
# in no identity yet stands alone. `closed`: restricted, with no grant. The persons are an array,
# so that each is found by its number: a policy asks this of every row that it lets through.
STANDING = f"""
CREATE FUNCTION wp_identity_standing(the_person bigint)
RETURNS TABLE (id bigint, own boolean, to_all boolean, if_linked boolean, closed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT p.id, wp_agency() = ANY (p.viewers),
           p.viewers && wp_shared_agencies('P2', 'everybody'),
           p.viewers && wp_shared_agencies('P2', 'linked'),
           p.restricted AND NOT {_GRANTED}
      FROM people_person p
     WHERE p.id = ANY (ARRAY(
           SELECT the_person
            UNION
           SELECT other.person_id
             FROM identity_member me JOIN identity_member other USING (identity_id)
            WHERE me.person_id = the_person AND me.superseded_at IS NULL
              AND other.superseded_at IS NULL))
$$
"""

# The persons of somebody's identity whom the reader may see, themselves included; nobody where
# they themselves may not be seen.
TOGETHER = """
CREATE FUNCTION wp_together(the_person bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS
$$
DECLARE found bigint[];
BEGIN
    IF wp_reach() IS DISTINCT FROM 'agency' THEN RETURN '{}'; END IF;
    WITH standing AS MATERIALIZED (SELECT * FROM wp_identity_standing(the_person)),
         as_one AS (SELECT bool_or(closed) AS closed, bool_or(own AND NOT closed) AS own
                      FROM standing)
    SELECT array_agg(s.id ORDER BY s.id) INTO found
      FROM standing s CROSS JOIN as_one
     WHERE (s.own AND NOT s.closed)
        OR (NOT as_one.closed AND (s.to_all OR (s.if_linked AND as_one.own)));
    RETURN CASE WHEN the_person = ANY (found) THEN found ELSE '{}' END;
END
$$
"""

# Whether a person of another agency is shared with the reader as one about everybody.
SHARED_TO_ALL = """
CREATE FUNCTION wp_shared_to_all(the_person bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS
$$
BEGIN
    IF wp_reach() IS DISTINCT FROM 'agency' THEN RETURN false; END IF;
    RETURN (SELECT coalesce(bool_or(s.id = the_person AND s.to_all) AND NOT bool_or(s.closed),
                            false)
              FROM wp_identity_standing(the_person) s);
END
$$
"""

# Whether a person of another agency is shared with the reader as one whom their agency knows.
LINKED = """
CREATE FUNCTION wp_linked(the_person bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS
$$
BEGIN
    IF wp_reach() IS DISTINCT FROM 'agency' THEN RETURN false; END IF;
    RETURN (SELECT coalesce(bool_or(s.id = the_person AND s.if_linked) AND bool_or(s.own)
                            AND NOT bool_or(s.closed), false)
              FROM wp_identity_standing(the_person) s);
END
$$
"""

ONCE = """
CREATE FUNCTION identity_supersede_once() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    RAISE EXCEPTION 'a membership of an identity that was superseded stays so'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER identity_member_once BEFORE UPDATE ON identity_member FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL) EXECUTE FUNCTION identity_supersede_once()
"""

LINKS = "(SELECT wp_reach()) = 'link'"
WRITES = f"{LINKS} AND (SELECT wp_can('identity.link'))"
READS_RUNS = "(SELECT wp_reach()) IN ('agency', 'link')"
# Somebody alone in an identity is no link, and is shown to nobody: so that one who may not know
# of a record elsewhere sees the same whether it is there or not.
SEES_MEMBER = f"""
{LINKS} OR ((SELECT wp_reach()) = 'agency' AND superseded_at IS NULL
            AND cardinality(wp_together(person_id)) > 1)
"""
SEES_IDENTITY = f"""
{LINKS} OR EXISTS (SELECT 1 FROM identity_member m
                    WHERE m.identity_id = identity_identity.id AND m.superseded_at IS NULL OFFSET 0)
"""
SEES_LINK = f"""
{LINKS} OR ((SELECT wp_reach()) = 'agency' AND b_id = ANY (wp_together(a_id)))
"""


# What tells people apart, and where they live by files that hold homes apart from people: the
# only rows of agencies that linking reads. A view is read with the rights of its owner, so this
# asks itself who reads and whose rows they may have.
_SHARED_FOR_LINKING = (
    "(SELECT wp_reach()) = 'link'"
    " AND {0}.agency_id = ANY ((SELECT wp_shared_agencies('P2', 'everybody'))::bigint[])"
    " AND {0}.superseded_at IS NULL"
)
RECORDS = f"""
CREATE VIEW identity_record WITH (security_barrier) AS
SELECT r.person_id AS record_id, r.agency_id, r.source_key, r.given_names, r.family_name,
       r.previous_family_name, r.known_as, r.date_of_birth, r.sex, r.nhs_number, r.upn,
       r.ni_number, r.phone, r.email, r.line_1, r.line_2, r.uprn, r.postcode
  FROM records_resident r
 WHERE {_SHARED_FOR_LINKING.format("r")}
"""
HOMES = f"""
CREATE VIEW identity_home WITH (security_barrier) AS
SELECT m.id AS member_id, m.person_id AS record_id, m.agency_id, a.line_1, a.line_2, h.uprn,
       a.postcode, greatest(m.from_date, h.from_date) AS since, least(m.to_date, h.to_date) AS until
  FROM records_member m
  JOIN records_household h ON h.source_key = m.household_key AND h.agency_id = m.agency_id
       AND h.superseded_at IS NULL
  LEFT JOIN records_address a ON a.source_key = h.uprn AND a.agency_id = h.agency_id
       AND a.superseded_at IS NULL
 WHERE {_SHARED_FOR_LINKING.format("m")}
"""


def functions() -> list[str]:
    """Every function, in the order in which they can be created."""
    return [REFERENCE, STANDING, TOGETHER, SHARED_TO_ALL, LINKED, ONCE]
