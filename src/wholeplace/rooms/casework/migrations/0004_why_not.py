"""A payment's page says that its person has died; nobody else may ask that so."""

from django.db import migrations

from wholeplace.rooms.agencies.security import app_role
from wholeplace.rooms.casework import person_sql


class Migration(migrations.Migration):
    dependencies = [("casework", "0003_one_person")]

    operations = [
        migrations.RunSQL(person_sql.WHY_NOT, migrations.RunSQL.noop),
        migrations.RunSQL(
            f'REVOKE EXECUTE ON FUNCTION casework_died(bigint) FROM PUBLIC, "{app_role()}"',
            migrations.RunSQL.noop,
        ),
    ]
