"""A person's row is also seen under a sharing agreement about everybody.

Bars on writing and one-time codes stay with the agency whose person it is: an agreement shares
neither, and seeing somebody gives no right to act for their agency.
"""

from django.db import migrations

from wholeplace.rooms.agencies.security import OWN_AGENCY, read_by
from wholeplace.rooms.people import sql

BARS = f"{OWN_AGENCY} AND {sql.OWN_PERSON} AND (SELECT wp_can('contact.bar'))"
CODES = (
    f"{sql.OWN_PERSON} AND (SELECT wp_can('code.issue'))"
    " AND issued_by_id = (SELECT wp_membership())"
)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_restricted"),
        ("agencies", "0006_sharing"),
        ("identity", "0001_initial"),
    ]

    operations = [
        read_by("people_person", sql.SEES_PERSON_OR_SHARED),
        read_by("people_contactbar", sql.OWN_PERSON),
        migrations.RunSQL(
            [
                f"ALTER POLICY app_insert ON people_contactbar WITH CHECK ({BARS})",
                f"ALTER POLICY app_update ON people_contactbar USING ({BARS}) WITH CHECK ({BARS})",
                f"ALTER POLICY app_insert ON people_accesscode WITH CHECK ({CODES})",
            ],
            migrations.RunSQL.noop,
        ),
    ]
