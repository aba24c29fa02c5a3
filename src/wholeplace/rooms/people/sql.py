"""Row security of the people tables, and the function that makes a person's reference."""

# Numbers are scattered by a multiplication modulo the largest prime below 2^40, so that a
# reference tells nothing of the order of recording and two numbers never share one (up to
# 13 million people). The alphabet is Crockford's base 32, which has no I, L, O or U.
SCATTER = """
CREATE FUNCTION wp_scatter(number bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (number * 679535557337 + 271828182845) % 1099511627689 $$
"""

_LETTERS = "'0123456789ABCDEFGHJKMNPQRSTVWXYZ'"
_DIGITS = " || ".join(
    f"substr({_LETTERS}, ((scattered >> {shift}) & 31)::int + 1, 1)" for shift in range(35, -1, -5)
)
REFERENCE = f"""
CREATE FUNCTION wp_spell_ref(scattered bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT 'P' || {_DIGITS} $$;
CREATE FUNCTION wp_person_ref(number bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT wp_spell_ref(wp_scatter(number)) $$
"""

SEES_PERSON = """
((SELECT wp_reach()) = 'agency' AND (SELECT wp_agency()) = ANY (viewers)
 AND (NOT restricted OR EXISTS (
     SELECT 1 FROM people_restrictiongrant g
      WHERE g.person_id = people_person.id AND g.membership_id = (SELECT wp_membership())
        AND g.valid_from <= current_date
        AND (g.valid_to IS NULL OR g.valid_to >= current_date) OFFSET 0)))
OR ((SELECT wp_reach()) = 'own' AND id = (SELECT wp_person()))
OR ((SELECT wp_reach()) = 'load' AND (SELECT wp_agency()) = ANY (viewers))
"""

# From 0004 on: also persons of other agencies whose names are shared about everybody.
SEES_PERSON_OR_SHARED = f"""{SEES_PERSON.rstrip()}
OR ((SELECT wp_reach()) = 'agency'
    AND viewers && (SELECT wp_shared_agencies('P2', 'everybody')) AND wp_shared_to_all(id))
"""

# A name is a statement of class P2, and is found where the person and the class may be seen.
SEES_KEY = """
agency_id = ANY ((SELECT wp_read_agencies('P2'))::bigint[]) AND (
    ((SELECT wp_reach()) = 'load' AND agency_id = (SELECT wp_agency()))
    OR ((SELECT wp_sees('P2')) AND EXISTS (
        SELECT 1 FROM people_person p
         WHERE p.id = person_id AND people_searchkey.agency_id = ANY (p.viewers) OFFSET 0)))
"""

LOADS_KEY = "(SELECT wp_can('records.load')) AND agency_id = (SELECT wp_agency())"

LOADS_PERSON = "(SELECT wp_can('records.load')) AND (SELECT wp_agency()) = ANY (viewers)"

OWN_CHILD = "EXISTS (SELECT 1 FROM people_person p WHERE p.id = person_id OFFSET 0)"

# Somebody whom the acting agency knows itself: a person who is shared is nobody to write to.
OWN_PERSON = """
EXISTS (SELECT 1 FROM people_person p WHERE p.id = person_id
           AND ((SELECT wp_agency()) = ANY (p.viewers) OR p.id = (SELECT wp_person())) OFFSET 0)
"""

# A resident signs in by reference and code before anybody acts, so the checking is a function
# of the database: it counts wrong tries, works once, and answers with nothing but the number.
REDEEM = """
CREATE FUNCTION wp_redeem_code(the_ref text, the_hash bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS
$$
DECLARE c people_accesscode;
BEGIN
    SELECT a.* INTO c FROM people_accesscode a JOIN people_person p ON p.id = a.person_id
     WHERE p.ref = the_ref ORDER BY a.id DESC LIMIT 1 FOR UPDATE OF a;
    IF NOT FOUND OR c.used_at IS NOT NULL OR c.expires_at <= now() OR c.tries_left <= 0 THEN
        RETURN NULL;  -- only the latest code counts: a new one ends those before it
    END IF;
    IF c.code_hash <> the_hash THEN
        UPDATE people_accesscode SET tries_left = tries_left - 1 WHERE id = c.id;
        RETURN NULL;
    END IF;
    UPDATE people_accesscode SET used_at = now() WHERE id = c.id;
    RETURN c.person_id;
END
$$
"""

# A resident's account is made at their first code and found again at the next.
RESIDENT_ACCOUNT = """
CREATE FUNCTION wp_resident_user(the_ref text, the_hash bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS
$$
DECLARE someone bigint := wp_redeem_code(the_ref, the_hash); account bigint; council bigint;
BEGIN
    IF someone IS NULL THEN RETURN NULL; END IF;
    SELECT m.user_id INTO account FROM agencies_membership m
     WHERE m.person_id = someone AND m.role_id = 'resident' LIMIT 1;
    IF account IS NOT NULL THEN RETURN account; END IF;
    SELECT viewers[1] INTO council FROM people_person WHERE id = someone;
    INSERT INTO agencies_user (username, password, first_name, last_name, email, is_active,
                               is_staff, is_superuser, date_joined)
    VALUES ('resident-' || lower(the_ref), '!', '', '', '', true, false, false, now())
    RETURNING id INTO account;
    INSERT INTO agencies_membership (user_id, agency_id, role_id, team, person_id, valid_from)
    VALUES (account, council, 'resident', '', someone, current_date);
    RETURN account;
END
$$
"""
