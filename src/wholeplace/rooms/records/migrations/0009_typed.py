"""Somebody recorded by hand: a new person of the worker's own agency, and what is said of them."""

from django.db import migrations

from wholeplace.rooms.agencies.security import OWN_AGENCY, app_role

RECORDS = "(SELECT wp_reach()) = 'agency' AND (SELECT wp_can('person.record'))"
NEW = {
    "people_person": f"{RECORDS} AND viewers = ARRAY[(SELECT wp_agency())]"
    " AND NOT restricted AND NOT sealed",
    "people_searchkey": f"{RECORDS} AND {OWN_AGENCY}",
    "records_resident": f"{RECORDS} AND {OWN_AGENCY} AND load_id = 0 AND superseded_at IS NULL",
}


class Migration(migrations.Migration):
    dependencies = [("records", "0008_seals"), ("people", "0006_search_keys")]

    operations = [
        migrations.RunSQL(
            [
                f'CREATE POLICY app_typed ON {table} FOR INSERT TO "{app_role()}"'
                f" WITH CHECK ({condition})"
                for table, condition in NEW.items()
            ],
            migrations.RunSQL.noop,
        ),
    ]
