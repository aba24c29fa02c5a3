"""What an adoption seal is to the statements of agencies.

Files go on naming a child as they were. Such rows are versions of the sealed record, read by
nobody. A number of the old record that arrives under another name is not kept with that name:
whoever knew the number would know the child again. That it came is kept beneath, for those who
work on adoptions, as a pair that is never one to anybody else.
"""

# Only for the account that loads an agency's files: keys of that agency's sealed records, and
# the numbers of everybody's, each of which is one person's alone.
FOR_LOADING = """
CREATE FUNCTION records_sealed_keys() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT DISTINCT r.source_key
     FROM people_person p
     JOIN records_resident r ON r.person_id = p.id AND r.agency_id = wp_agency()
    WHERE p.sealed AND wp_reach() = 'load' AND wp_can('records.load') $$;
CREATE FUNCTION records_sealed_numbers() RETURNS TABLE (field text, value text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT DISTINCT n.field, n.value
     FROM people_person p
     JOIN records_resident r ON r.person_id = p.id
    CROSS JOIN LATERAL (VALUES ('nhs_number', r.nhs_number), ('upn', r.upn),
                               ('ni_number', r.ni_number)) AS n(field, value)
    WHERE p.sealed AND n.value IS NOT NULL AND wp_reach() = 'load' AND wp_can('records.load') $$
"""

# By whose sealed record a withheld number was: noted once for each pair, by the loading of files.
NOTE_WITHHELD = """
CREATE FUNCTION records_note_withheld(the_load bigint, keys text[], fields text[], numbers text[])
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public AS
$$ INSERT INTO records_withheld (agency_id, load_id, person_id, sealed_person_id, field,
                                 recorded_at)
   SELECT DISTINCT wp_agency(), the_load, now.person_id, p.id, said.field, now()
     FROM unnest(keys, fields, numbers) AS said(key, field, number)
     JOIN records_resident now ON now.agency_id = wp_agency() AND now.source_key = said.key
          AND now.superseded_at IS NULL
     JOIN records_resident r ON CASE said.field WHEN 'nhs_number' THEN r.nhs_number = said.number
                                                WHEN 'upn' THEN r.upn = said.number
                                                ELSE r.ni_number = said.number END
     JOIN people_person p ON p.id = r.person_id AND p.sealed
    WHERE wp_reach() = 'load' AND wp_can('records.load')
   ON CONFLICT DO NOTHING $$
"""

HIDDEN_KEYS = """
CREATE OR REPLACE FUNCTION records_hidden_keys() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT coalesce(array_agg(DISTINCT r.source_key), '{}')
     FROM people_person p
     JOIN records_resident r ON r.person_id = p.id AND r.agency_id = wp_agency()
    WHERE wp_reach() = 'agency' AND (wp_can('load.read') OR wp_can('load.mend'))
      AND wp_agency() = ANY (p.viewers)
      AND (p.sealed OR p.restricted AND NOT EXISTS (
          SELECT 1 FROM people_restrictiongrant g
           WHERE g.person_id = p.id AND g.membership_id = wp_membership()
             AND g.valid_from <= wp_today()
             AND (g.valid_to IS NULL OR g.valid_to >= wp_today()))) $$
"""

# Which number of an order's new record is one of its old ones, whenever any agency said so.
SHARED = """
CREATE FUNCTION records_shared_with_old(the_seal bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT CASE WHEN r.nhs_number = s.nhs_number THEN 'nhs_number' WHEN r.upn = s.upn THEN 'upn'
               ELSE 'phone' END
     FROM people_seal s JOIN people_sealedperson x ON x.seal_id = s.id
     JOIN records_resident r ON r.person_id = x.person_id
    WHERE s.id = the_seal AND (r.nhs_number = s.nhs_number OR r.upn = s.upn
          OR right(regexp_replace(r.phone, '[^0-9]', '', 'g'), 10)
             = right(regexp_replace(s.phone, '[^0-9]', '', 'g'), 10)) LIMIT 1 $$;
CREATE FUNCTION records_refuse_shared() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
DECLARE shared text := records_shared_with_old(NEW.seal_id);
BEGIN
    IF shared IS NOT NULL THEN
        RAISE EXCEPTION 'the new record would share %', shared USING ERRCODE = 'WPS10';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER records_refuse_shared AFTER INSERT ON people_sealedperson
FOR EACH ROW EXECUTE FUNCTION records_refuse_shared()
"""

# The new record's first statement is the adoption service's own.
STATE_NEW = """
CREATE FUNCTION records_state_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
DECLARE s people_seal; the_load bigint; key text; shared text;
BEGIN
    shared := records_shared_with_old(NEW.seal_id);
    IF shared IS NOT NULL THEN
        RAISE EXCEPTION 'the new record would share %', shared USING ERRCODE = 'WPS10';
    END IF;
    SELECT * INTO s FROM people_seal WHERE id = NEW.seal_id;
    SELECT ref INTO key FROM people_person WHERE id = NEW.new_person_id;
    INSERT INTO records_load (agency_id, source, folder, fingerprint, files, state, started_at,
                              finished_at, counts, started_by_id, delivers, quality, why_refused)
    VALUES (NEW.agency_id, 'own-record', '', '', '{}', 'finished', NEW.recorded_at,
            NEW.recorded_at, '{}', NEW.by_id, 'full', '{}', '')
    RETURNING id INTO the_load;
    INSERT INTO records_resident (agency_id, load_id, source_key, row_hash, recorded_at, person_id,
                                  given_names, family_name, date_of_birth, nhs_number, upn, phone)
    VALUES (NEW.agency_id, the_load, key, md5(key)::uuid, NEW.recorded_at, NEW.new_person_id,
            s.given_names, s.family_name, s.date_of_birth, s.nhs_number, s.upn, s.phone);
    RETURN NULL;
END $$;
CREATE TRIGGER records_state_new AFTER INSERT ON people_sealdecision
FOR EACH ROW WHEN (NEW.outcome = 'confirmed') EXECUTE FUNCTION records_state_new()
"""

OF_PERSONS = (
    *("resident", "member", "tenancy", "schoolplace", "involvement"),
    *("benefitspell", "job", "attendance"),
)
SEES_WITHHELD = "(SELECT wp_opens_seals()) AND wp_opens_seal(sealed_person_id)"
INTERNAL = "records_shared_with_old(bigint)"


def functions() -> list[str]:
    """Every function, in the order in which they can be created."""
    return [FOR_LOADING, NOTE_WITHHELD, HIDDEN_KEYS, SHARED, STATE_NEW]
