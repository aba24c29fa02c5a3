"""A decision may be a yes without a payment of ours: granted."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("casework", "0004_why_not")]

    operations = [
        migrations.RemoveConstraint("decision", "casework_outcomes"),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=Q(outcome__in=["award", "refuse", "grant"]), name="casework_outcomes"
            ),
        ),
    ]
