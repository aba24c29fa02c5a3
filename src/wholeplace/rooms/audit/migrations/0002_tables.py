"""The audit tables: appended without a lock, chained a moment later by the sealer."""

from django.db import migrations

from wholeplace.rooms.agencies.security import app_role, append_only, protect

TABLES = """
CREATE TABLE audit_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    membership_id bigint DEFAULT wp_membership(),
    agency_id bigint DEFAULT wp_agency(),
    user_id bigint DEFAULT wp_user(),
    purpose text NOT NULL DEFAULT coalesce(wp_purpose(), ''),
    route text NOT NULL DEFAULT coalesce(wp_route(), ''),
    action text NOT NULL,
    person_id bigint,
    people bigint[],
    record text NOT NULL DEFAULT '',
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_event_person ON audit_event (person_id, at DESC);
CREATE INDEX audit_event_people ON audit_event USING gin (people);
CREATE INDEX audit_event_user ON audit_event (user_id, at DESC);
CREATE TABLE audit_link (
    sequence bigint PRIMARY KEY,
    event_id bigint NOT NULL UNIQUE REFERENCES audit_event (id),
    hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE audit_tail (  -- events that no link holds yet
    event_id bigint PRIMARY KEY
);
"""

TAIL = """
CREATE FUNCTION audit_note_tail() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN INSERT INTO audit_tail (event_id) VALUES (NEW.id); RETURN NULL; END $$
"""

TAIL_TRIGGER = """
CREATE TRIGGER audit_event_tail AFTER INSERT ON audit_event
FOR EACH ROW EXECUTE FUNCTION audit_note_tail()
"""

CANONICAL = """
CREATE FUNCTION audit_canonical(e audit_event) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT jsonb_build_array(
       e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.membership_id, e.agency_id,
       e.user_id, e.purpose, e.route, e.action, e.person_id, e.people, e.record, e.detail)::text $$
"""

# The chain's order is the order of sealing. An event of a transaction that commits late simply
# waits in the tail for the next sealing, so nothing is missed and nobody waits for anybody.
SEAL = """
CREATE FUNCTION audit_seal(at_most integer DEFAULT 100000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
DECLARE
    head bytea; number bigint; sealed integer := 0; e audit_event;
BEGIN
    PERFORM pg_advisory_xact_lock(7411001);
    SELECT sequence, hash INTO number, head FROM audit_link ORDER BY sequence DESC LIMIT 1;
    IF NOT FOUND THEN number := 0; head := sha256('wholeplace'::bytea); END IF;
    FOR e IN SELECT x.* FROM audit_tail t JOIN audit_event x ON x.id = t.event_id
              ORDER BY t.event_id LIMIT at_most
    LOOP
        number := number + 1;
        head := sha256(head || convert_to(audit_canonical(e), 'UTF8'));
        INSERT INTO audit_link (sequence, event_id, hash) VALUES (number, e.id, head);
        DELETE FROM audit_tail WHERE event_id = e.id;
        sealed := sealed + 1;
    END LOOP;
    RETURN sealed;
END
$$
"""

VERIFY = """
CREATE FUNCTION audit_verify() RETURNS TABLE (sequence bigint, event_id bigint, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT c.sequence, c.event_id,
           CASE WHEN c.sequence <> c.before + 1 THEN 'a link before this one is missing'
                WHEN c.e IS NULL THEN 'the event is missing'
                ELSE 'the event or its link was changed' END
      FROM (SELECT l.sequence, l.event_id, l.hash, x AS e,
                   lag(l.sequence, 1, 0::bigint) OVER w AS before,
                   lag(l.hash, 1, sha256('wholeplace'::bytea)) OVER w AS head
              FROM audit_link l LEFT JOIN audit_event x ON x.id = l.event_id
            WINDOW w AS (ORDER BY l.sequence)) c
     WHERE c.e IS NULL OR c.sequence <> c.before + 1
        OR c.hash <> sha256(c.head || convert_to(audit_canonical(c.e), 'UTF8'))
     ORDER BY c.sequence LIMIT 1
$$
"""

# Counts only: how long the chain is, its head, and how many events no link holds yet,
# whether or not the tail remembers them.
STATE = """
CREATE FUNCTION audit_state() RETURNS TABLE (links bigint, head text, unsealed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT (SELECT count(*) FROM audit_link),
           (SELECT encode(hash, 'hex') FROM audit_link ORDER BY sequence DESC LIMIT 1),
           (SELECT count(*) FROM audit_event x
             WHERE NOT EXISTS (SELECT 1 FROM audit_link l WHERE l.event_id = x.id))
$$
"""

SEES = """
(SELECT wp_can('audit.read'))
OR user_id = (SELECT wp_user())
OR ((SELECT wp_reach()) = 'own'
    AND (person_id = (SELECT wp_person()) OR (SELECT wp_person()) = ANY (people)))
"""


def grants() -> list[str]:
    """Only the columns that the program may say; who, when and why are filled in below it."""
    role = f'"{app_role()}"'
    return [
        f"REVOKE ALL ON audit_tail FROM {role}",
        f"REVOKE INSERT ON audit_event FROM {role}",
        f"GRANT INSERT (action, person_id, people, record, detail) ON audit_event TO {role}",
    ]


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("agencies", "0002_guards")]

    operations = [
        migrations.RunSQL(TABLES, migrations.RunSQL.noop),
        migrations.RunSQL([TAIL, TAIL_TRIGGER], migrations.RunSQL.noop),
        migrations.RunSQL([CANONICAL, SEAL, VERIFY, STATE], migrations.RunSQL.noop),
        protect("audit_event", select=SEES, insert="true"),
        protect("audit_link", select="true"),
        append_only("audit_event"),
        append_only("audit_link"),
        migrations.RunSQL(grants(), migrations.RunSQL.noop),
    ]
