"""Row security of letters, and the bars on writing that hold below every program."""

from django.db import migrations

from wholeplace.rooms.agencies.security import OWN_AGENCY, PERSON_VISIBLE, protect, stamped

PERSON = PERSON_VISIBLE.format(column="person_id")
OWN = "(SELECT wp_reach()) = 'own' AND person_id = (SELECT wp_person())"
STAFF = f"{OWN_AGENCY} AND (SELECT wp_can('letter.read')) AND (SELECT wp_sees('P2')) AND {PERSON}"
WRITES = f"{STAFF} AND (SELECT wp_can('contact.write'))"

# Nothing goes to the dead. Nobody is sought out who is not to be contacted, has objected, or
# whose address is not safe. What answers somebody's own application is handed over instead.
BARS = """
CREATE FUNCTION documents_bars(the_person bigint) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT coalesce(array_agg(DISTINCT kind ORDER BY kind), '{}')
      FROM people_person p, LATERAL (
        SELECT b.kind::text AS kind FROM people_contactbar b
         WHERE b.person_id = the_person AND b.ended_at IS NULL
        UNION ALL
        SELECT unnest(array_remove(ARRAY[
                   CASE WHEN r.date_of_death IS NOT NULL THEN 'deceased' END,
                   CASE WHEN r.do_not_contact THEN 'do_not_contact' END,
                   CASE WHEN r.unsafe_address THEN 'unsafe_address' END], NULL))
          FROM records_resident r WHERE r.person_id = the_person AND r.superseded_at IS NULL) x
     WHERE p.id = the_person AND wp_sees('P2')
       AND (wp_reach() IN ('agency', 'load') AND wp_agency() = ANY (p.viewers)
            OR wp_reach() = 'own' AND p.id = wp_person())
$$;
CREATE FUNCTION documents_refuse_barred() RETURNS trigger LANGUAGE plpgsql AS
$$
DECLARE bars text[] := documents_bars(NEW.person_id);
BEGIN
    IF 'deceased' = ANY (bars) OR (NEW.kind = 'invitation' AND bars <> '{}')
       OR (NEW.delivery = 'post' AND bars && ARRAY['do_not_contact', 'unsafe_address']) THEN
        RAISE EXCEPTION 'nothing may be written to this person so: %', bars
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_letter_bars BEFORE INSERT ON documents_letter
FOR EACH ROW EXECUTE FUNCTION documents_refuse_barred()
"""

KEEP = """
CREATE TRIGGER documents_letter_kept BEFORE DELETE ON documents_letter
FOR EACH ROW EXECUTE FUNCTION wp_refuse_change();
CREATE TRIGGER documents_letter_words BEFORE UPDATE ON documents_letter FOR EACH ROW
WHEN ((OLD.person_id, OLD.kind, OLD.subject, OLD.blocks, OLD.delivery, OLD.address_lines,
       OLD.about, OLD.happened_on, OLD.recorded_at, OLD.by_id)
  IS DISTINCT FROM
      (NEW.person_id, NEW.kind, NEW.subject, NEW.blocks, NEW.delivery, NEW.address_lines,
       NEW.about, NEW.happened_on, NEW.recorded_at, NEW.by_id))
EXECUTE FUNCTION wp_refuse_change()
"""


def run(statement: str) -> migrations.RunSQL:
    return migrations.RunSQL(statement, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("agencies", "0003_stamp"),
        ("people", "0002_guards"),
        ("records", "0002_guards"),
    ]

    operations = [
        stamped("documents_letter"),
        run(BARS),
        run(KEEP),
        protect(
            "documents_letter",
            select=f"({OWN}) OR ({STAFF})",
            insert=WRITES,
            update=WRITES,
            update_columns="printed_at",
        ),
    ]
