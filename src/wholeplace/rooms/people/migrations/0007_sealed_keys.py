"""What sealed people may be looked for under is read by nobody, and a new record has its keys."""

from django.db import migrations

from wholeplace.rooms.agencies.security import app_role, only_where
from wholeplace.rooms.people.seal_sql import NOT_SEALED_FROM_ME


class Migration(migrations.Migration):
    dependencies = [("people", "0006_search_keys")]

    operations = [
        only_where(
            "people_searchkey",
            "app_not_sealed",
            NOT_SEALED_FROM_ME.format(column="people_searchkey.person_id"),
        ),
        migrations.RunSQL(
            f'CREATE POLICY app_new_record ON people_searchkey FOR INSERT TO "{app_role()}"'
            " WITH CHECK ((SELECT wp_opens_seals()) AND agency_id = (SELECT wp_agency()))",
            migrations.RunSQL.noop,
        ),
    ]
