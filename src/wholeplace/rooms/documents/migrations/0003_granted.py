"""The letter of a decision that grants without a payment of ours."""

from django.db import migrations, models
from django.db.models import Q

KINDS = ["invitation", "award", "queued", "refusal", "grant"]


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_guards")]

    operations = [
        migrations.RemoveConstraint("letter", "documents_kinds"),
        migrations.AddConstraint(
            "letter",
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="documents_kinds"),
        ),
    ]
