"""What an adoption seal is to the database.

`people_person.sealed` says that a person's record is under a seal, and one policy refuses every
reader such a row. Policies of other tables that ask whether a person is there (`PERSON_VISIBLE`)
follow. What reads with the owner's rights, a view or a SECURITY DEFINER function, asks the
column itself, or `wp_sealed`.
"""

# For functions with the owner's rights alone: a reader who could ask it would learn who is sealed.
SEALED = """
CREATE FUNCTION wp_sealed(the_person bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM people_person p WHERE p.id = the_person AND p.sealed) $$
"""

# Whoever works on adoptions, and the records that their own service sealed.
OPENS = """
CREATE FUNCTION wp_opens_seals() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(wp_reach() = 'agency' AND wp_sees('P5') AND wp_can('adoption.seal'), false) $$;
CREATE FUNCTION wp_opens_seal(the_person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT wp_opens_seals() AND EXISTS (
       SELECT 1 FROM people_sealedperson x JOIN people_seal s ON s.id = x.seal_id
        WHERE x.person_id = the_person AND s.agency_id = wp_agency()) $$
"""

# Accounts that read by the million and see people by no policy that asks for each: whom they
# leave out. For all others, and for the loading of files, nobody is told of here.
HIDDEN_FROM_ALL = """
CREATE FUNCTION wp_sealed_from_me() RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public AS
$$ SELECT p.id FROM people_person p
    WHERE p.sealed AND (wp_reach() = 'link' OR wp_reach() = 'load'
          AND NOT wp_can('records.load') AND wp_agency() = ANY (p.viewers)) $$
"""
NOT_SEALED_FROM_ME = """
(SELECT wp_reach()) IN ('agency', 'own') OR (SELECT wp_can('records.load'))
OR {column} NOT IN (SELECT wp_sealed_from_me())
"""

# The loading of files goes on adding versions to a sealed record; nobody reads them.
NOT_SEALED = """
NOT sealed OR ((SELECT wp_reach()) = 'load' AND (SELECT wp_can('records.load')))
OR ((SELECT wp_opens_seals()) AND wp_opens_seal(id))
"""
SEALED_BY_US = "sealed AND (SELECT wp_opens_seals()) AND wp_opens_seal(id)"

SEALERS = "agency_id = (SELECT wp_agency()) AND (SELECT wp_opens_seals())"
SEAL_SEEN = "EXISTS (SELECT 1 FROM people_seal s WHERE s.id = seal_id OFFSET 0)"
MINE = "by_id = (SELECT wp_membership())"
SEALS_PERSON = f"""
(SELECT wp_opens_seals()) AND EXISTS (SELECT 1 FROM people_person p WHERE p.id = person_id OFFSET 0)
AND EXISTS (SELECT 1 FROM people_seal s WHERE s.id = seal_id AND s.{MINE} OFFSET 0)
"""

# A record is closed at once, by one worker; what they say is confirmed or taken back by another.
CLOSE = """
CREATE FUNCTION people_close_sealed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    IF EXISTS (SELECT 1 FROM people_sealdecision d WHERE d.seal_id = NEW.seal_id) THEN
        RAISE EXCEPTION 'an adoption order that was decided closes no more records'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE people_person SET sealed = true WHERE id = NEW.person_id AND NOT sealed;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this record is sealed already' USING ERRCODE = 'WPS09';
    END IF;
    UPDATE agencies_user SET is_active = false
     WHERE id IN (SELECT m.user_id FROM agencies_membership m WHERE m.person_id = NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER people_close_sealed AFTER INSERT ON people_sealedperson
FOR EACH ROW EXECUTE FUNCTION people_close_sealed()
"""

# Confirmed, the order has its new record: new name, and nothing of the old but the birth date.
DECIDE = """
CREATE FUNCTION people_decide_seal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
DECLARE s people_seal; number bigint;
BEGIN
    SELECT * INTO s FROM people_seal
     WHERE id = NEW.seal_id AND agency_id = NEW.agency_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this order is not of the agency' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF s.by_user_id = NEW.by_user_id THEN
        RAISE EXCEPTION 'who recorded an adoption order does not decide it'
            USING ERRCODE = 'WPS02';
    END IF;
    NEW.new_person_id := NULL;
    IF NEW.outcome = 'withdrawn' THEN
        UPDATE people_person SET sealed = false
         WHERE id IN (SELECT x.person_id FROM people_sealedperson x WHERE x.seal_id = s.id);
        UPDATE agencies_user SET is_active = true
         WHERE id IN (SELECT m.user_id FROM agencies_membership m
                        JOIN people_sealedperson x USING (person_id) WHERE x.seal_id = s.id);
    ELSE
        number := nextval(pg_get_serial_sequence('people_person', 'id'));
        INSERT INTO people_person (id, ref, name, family_key, given_key, date_of_birth, viewers,
                                   restricted, sealed, recorded_at)
        VALUES (number, wp_person_ref(number), s.given_names || ' ' || s.family_name, s.family_key,
                s.given_key, s.date_of_birth, ARRAY[s.agency_id], false, false, NEW.recorded_at);
        NEW.new_person_id := number;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER people_sealdecision_zz_decide BEFORE INSERT ON people_sealdecision
FOR EACH ROW EXECUTE FUNCTION people_decide_seal()
"""

# The one rule of who is told that a record is there and closed, and whom to ring. All of: they
# act in a role and for a purpose that governance names; the record is sealed; and they would see
# it were it not: it is of their own agency, or shared with them as everybody's are.
TOLD = """
CREATE FUNCTION people_told_of_seal(p people_person) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT p.sealed AND wp_reach() = 'agency' AND NOT wp_opens_seal(p.id)
      AND (wp_agency() = ANY (p.viewers)
           OR p.viewers && wp_shared_agencies('P2', 'everybody'))
      AND (NOT p.restricted OR EXISTS (
           SELECT 1 FROM people_restrictiongrant g
            WHERE g.person_id = p.id AND g.membership_id = wp_membership()
              AND g.valid_from <= wp_today()
              AND (g.valid_to IS NULL OR g.valid_to >= wp_today())))
      AND EXISTS (SELECT 1 FROM people_sealnotice n JOIN agencies_membership m
                      ON m.role_id = ANY (n.roles)
                   WHERE m.id = wp_membership() AND wp_purpose() = ANY (n.purposes)) $$;
CREATE FUNCTION people_restricted_ref(the_ref text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT p.id FROM people_person p WHERE p.ref = the_ref AND people_told_of_seal(p) $$;
CREATE FUNCTION people_restricted_named(families text[], givens text[], born date)
RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT coalesce(array_agg(DISTINCT p.id), '{}')
     FROM unnest(families, givens) AS way(family, given)
     JOIN people_person p ON p.family_key = way.family AND p.sealed
    WHERE (way.given <> '' AND p.given_key ^@ way.given OR way.given = '' AND born IS NOT NULL)
      AND (born IS NULL OR p.date_of_birth = born) AND people_told_of_seal(p) $$
"""

# A code that opens a resident's own record opens no sealed one.
REDEEM_AGAIN = ("WHERE p.ref = the_ref ORDER", "WHERE p.ref = the_ref AND NOT p.sealed ORDER")
