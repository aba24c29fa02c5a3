"""Counting attempts to sign in, in the database, so that every web process counts together."""

from django.db import migrations

from wholeplace.rooms.agencies.security import app_role

TABLE = """
CREATE TABLE agencies_attempt (  -- keyed hashes only: neither names nor addresses
    bucket bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX agencies_attempt_bucket ON agencies_attempt (bucket, at);
ALTER TABLE agencies_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE agencies_attempt FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON agencies_attempt TO CURRENT_USER USING (true) WITH CHECK (true)
"""

# Two attempts at once on one bucket wait for each other, or both would count as the last.
ATTEMPT = """
CREATE FUNCTION wp_attempt(the_bucket bytea, at_most integer, within interval) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS
$$
BEGIN
    PERFORM pg_advisory_xact_lock(7411003, hashtext(encode(the_bucket, 'hex')));
    DELETE FROM agencies_attempt WHERE bucket = the_bucket AND at < clock_timestamp() - within;
    IF (SELECT count(*) FROM agencies_attempt WHERE bucket = the_bucket) >= at_most THEN
        RETURN false;
    END IF;
    INSERT INTO agencies_attempt (bucket) VALUES (the_bucket);
    RETURN true;
END
$$;
CREATE FUNCTION wp_forget_attempts(the_bucket bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public AS
$$ DELETE FROM agencies_attempt WHERE bucket = the_bucket $$
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_stamp")]

    operations = [
        migrations.RunSQL(TABLE, migrations.RunSQL.noop),
        migrations.RunSQL(
            f'REVOKE ALL ON agencies_attempt FROM "{app_role()}"', migrations.RunSQL.noop
        ),
        migrations.RunSQL(ATTEMPT, migrations.RunSQL.noop),
    ]
