"""Lists of trawls count whom the reader may see, and work lists read a page, at once.

A page of a work list is read in the order of its numbers: within its run, not from the first
finding of all.
"""

import django.db.models.deletion
from django.db import migrations, models

from wholeplace.rooms.schemes.sql import SEEN


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_restricted"),
        ("schemes", "0003_kept"),
    ]

    operations = [
        migrations.AddIndex(
            "finding", models.Index(fields=["run", "id"], name="schemes_finding_page")
        ),
        migrations.AlterField(
            "finding",
            "run",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="schemes.trawlrun",
            ),
        ),
        migrations.RunSQL(SEEN, migrations.RunSQL.noop),
    ]
