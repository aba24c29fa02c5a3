"""What sharing agreements are to the database: a setting, and functions that policies read."""

# Who acts, as before, and what is shared with them: `{7:P2:linked,9:P2:everybody}` says that
# agency 7 shares its P2 statements about people of their own agency, and agency 9 about all.
# `{"P2": "{5,7,9}"}` says whose P2 statements agency 5 reads at all: what every policy asks first.
# An agreement counts today only, for the roles and purposes that it names.
ENTER = """
DROP FUNCTION wp_enter(bigint, text, text);
CREATE FUNCTION wp_enter(the_membership bigint, the_purpose text, the_route text)
RETURNS TABLE (agency_id bigint, user_id bigint, person_id bigint, role text, reach text,
               classes text[], rights text[], shared text[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS
$$
DECLARE m record; what text[]; reads text;
BEGIN
    SELECT x.id, x.agency_id, x.user_id, x.person_id, r.code, r.reach, r.classes, r.rights
      INTO m
      FROM agencies_membership x
      JOIN agencies_role r ON r.code = x.role_id
      JOIN agencies_user u ON u.id = x.user_id
     WHERE x.id = the_membership AND u.is_active
       AND x.valid_from <= current_date AND (x.valid_to IS NULL OR x.valid_to >= current_date);
    IF NOT FOUND THEN RETURN; END IF;
    SELECT coalesce(array_agg(DISTINCT concat_ws(
               ':', l.from_agency_id, l.information_class, l.whom)), '{}')
      INTO what
      FROM agencies_agreementline l JOIN agencies_agreement a ON a.id = l.agreement_id
     WHERE l.to_agency_id = m.agency_id AND m.reach IN ('agency', 'link')
       AND a.withdrawn_at IS NULL AND a.valid_from <= current_date
       AND (a.valid_to IS NULL OR a.valid_to >= current_date)
       AND m.code = ANY (a.roles) AND the_purpose = ANY (a.purposes)
       AND l.information_class = ANY (m.classes);
    SELECT coalesce(jsonb_object_agg(s.class, (m.agency_id || s.agencies)::text), '{}')::text
      INTO reads
      FROM (SELECT split_part(one, ':', 2) AS class,
                   array_agg(DISTINCT split_part(one, ':', 1)::bigint) AS agencies
              FROM unnest(what) one GROUP BY 1) s;
    PERFORM set_config('wholeplace.membership', m.id::text, true),
            set_config('wholeplace.agency', m.agency_id::text, true),
            set_config('wholeplace.user', m.user_id::text, true),
            set_config('wholeplace.person', coalesce(m.person_id::text, ''), true),
            set_config('wholeplace.reach', m.reach, true),
            set_config('wholeplace.classes', m.classes::text, true),
            set_config('wholeplace.rights', m.rights::text, true),
            set_config('wholeplace.purpose', the_purpose, true),
            set_config('wholeplace.route', the_route, true),
            set_config('wholeplace.shared', what::text, true),
            set_config('wholeplace.reads', reads, true);
    RETURN QUERY SELECT m.agency_id, m.user_id, m.person_id, m.code::text, m.reach::text,
                        m.classes::text[], m.rights::text[], what;
END
$$
"""

# A policy asks `agency_id = ANY ((SELECT wp_shared_agencies('P2', 'linked'))::bigint[])`: once a
# statement, by an operator that may use an index.
SHARED_AGENCIES = """
CREATE FUNCTION wp_shared_agencies(the_class text, the_whom text) RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(array_agg(split_part(one, ':', 1)::bigint), '{}')
     FROM unnest(coalesce(nullif(current_setting('wholeplace.shared', true), ''), '{}')::text[]) one
    WHERE split_part(one, ':', 2) = the_class AND split_part(one, ':', 3) = the_whom $$
"""

SHARED = """
CREATE FUNCTION wp_shared(the_agency bigint, the_class text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT the_agency = ANY (wp_shared_agencies(the_class, 'everybody')
                            || wp_shared_agencies(the_class, 'linked')) $$
"""

# Whose statements of a class can be read at all: one's own agency's, and those shared. One
# expression, which costs nothing where it stands: every read of every table asks it.
READ_AGENCIES = """
CREATE FUNCTION wp_read_agencies(the_class text) RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(
       (nullif(current_setting('wholeplace.reads', true), '')::jsonb ->> the_class)::bigint[],
       ARRAY[nullif(current_setting('wholeplace.agency', true), '')::bigint]) $$
"""


def statements() -> list[str]:
    """Every function, in the order in which they can be created."""
    return [ENTER, SHARED_AGENCIES, SHARED, READ_AGENCIES]
