"""A week is paid once, one application is open at a time, and a form says what it was about."""

from django.db import migrations, models

from wholeplace.rooms.casework import person_sql


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0002_guards"),
        ("records", "0002_guards"),
        ("schemes", "0002_guards"),
    ]

    operations = [
        *(migrations.RunSQL(one, migrations.RunSQL.noop) for one in person_sql.ALL),
        migrations.AddField("submission", "content", models.TextField(default="")),
    ]
