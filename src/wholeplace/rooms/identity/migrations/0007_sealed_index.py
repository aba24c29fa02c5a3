"""A record that is sealed leaves the index too, at once: nothing typed is matched against it."""

from django.db import migrations

from wholeplace.rooms.identity.seal_sql import LEAVE_INDEX


class Migration(migrations.Migration):
    dependencies = [("identity", "0006_versions")]

    operations = [migrations.RunSQL(LEAVE_INDEX, migrations.RunSQL.noop)]
