"""What begins or ends with a day does so with the day of the place, not with that of UTC.

In summer the two differ for an hour: an agreement that ends with 30 June had been shared for an
hour of 1 July. Memberships and sharing agreements are asked here; grants to restricted records
where each of them is asked.
"""

from django.db import migrations

from wholeplace.rooms.agencies.sharing_sql import ENTER

TODAY = """
CREATE FUNCTION wp_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT (now() AT TIME ZONE 'Europe/London')::date $$
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0006_sharing")]

    operations = [
        migrations.RunSQL(
            [TODAY, ENTER.replace("current_date", "wp_today()")], migrations.RunSQL.noop
        ),
    ]
