"""Restricted people are few and are found at once, so that counts need not read everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_guards")]

    operations = [
        migrations.AddIndex(
            "person",
            models.Index(fields=["id"], condition=models.Q(restricted=True), name="person_hidden"),
        ),
    ]
