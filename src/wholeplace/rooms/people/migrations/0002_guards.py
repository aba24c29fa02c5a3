"""References, one-time codes, and row security of the people tables."""

from django.db import migrations

from wholeplace.rooms.agencies.security import OWN_AGENCY, protect
from wholeplace.rooms.people import sql


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("agencies", "0002_guards")]

    operations = [
        migrations.RunSQL([sql.SCATTER, sql.REFERENCE], migrations.RunSQL.noop),
        protect(
            "people_person",
            select=sql.SEES_PERSON,
            insert=sql.LOADS_PERSON,
            update=sql.LOADS_PERSON,
            update_columns="name, family_key, given_key, date_of_birth",
        ),
        protect("people_restrictiongrant", select="membership_id = (SELECT wp_membership())"),
        protect(
            "people_contactbar",
            select=sql.OWN_CHILD,
            insert=f"{OWN_AGENCY} AND {sql.OWN_CHILD} AND (SELECT wp_can('contact.bar'))",
            update=f"{OWN_AGENCY} AND {sql.OWN_CHILD} AND (SELECT wp_can('contact.bar'))",
            update_columns="ended_at",
        ),
        protect(
            "people_accesscode",
            select=f"issued_by_id = (SELECT wp_membership()) AND {sql.OWN_CHILD}",
            insert=f"{sql.OWN_CHILD} AND (SELECT wp_can('code.issue'))"
            " AND issued_by_id = (SELECT wp_membership())",
        ),
        migrations.RunSQL([sql.REDEEM, sql.RESIDENT_ACCOUNT], migrations.RunSQL.noop),
    ]
