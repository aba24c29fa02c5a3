"""A trigger that fills in who recorded a row and when, so that no program can say otherwise."""

from django.db import migrations

STAMP = """
CREATE FUNCTION wp_stamp() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF wp_membership() IS NOT NULL THEN
        NEW.agency_id := wp_agency();
        NEW.by_id := wp_membership();
        NEW.by_user_id := wp_user();
    END IF;
    NEW.recorded_at := clock_timestamp();
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0002_guards")]

    operations = [migrations.RunSQL(STAMP, migrations.RunSQL.noop)]
