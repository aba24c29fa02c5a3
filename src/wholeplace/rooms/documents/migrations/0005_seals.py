"""Whether anything bars a letter is not told of somebody whose record is sealed."""

from importlib import import_module

from django.db import migrations

LAST_SAID = import_module("wholeplace.rooms.documents.migrations.0004_last_said").BARS


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_last_said"), ("people", "0005_seals")]

    operations = [
        migrations.RunSQL(
            LAST_SAID.replace("AND wp_sees('P2')", "AND NOT p.sealed AND wp_sees('P2')"),
            migrations.RunSQL.noop,
        )
    ]
