"""The acting context's functions, and row security of the agencies tables."""

from django.db import migrations

from wholeplace.rooms.agencies.security import protect
from wholeplace.rooms.agencies.sql import statements


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial")]

    operations = [
        migrations.RunSQL(statements(), migrations.RunSQL.noop),
        protect("agencies_agency", select="true"),
        protect("agencies_role", select="true"),
        protect("agencies_membership", select="true"),
    ]
