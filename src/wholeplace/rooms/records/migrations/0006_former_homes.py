"""Homes as known at a moment are found by their keys.

The index of current versions says nothing of former ones: for each person who was asked about as
known at some moment, every household and every address was read, each under row security.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_quarantine")]

    operations = [
        migrations.AddIndex("household", models.Index(fields=["source_key"], name="household_key")),
        migrations.AddIndex("address", models.Index(fields=["source_key"], name="address_key")),
    ]
