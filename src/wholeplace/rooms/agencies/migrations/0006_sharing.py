"""Sharing agreements, and what `wp_enter` makes of them. Everybody may read that they exist."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from wholeplace.rooms.agencies.security import protect
from wholeplace.rooms.agencies.sharing_sql import statements


class Migration(migrations.Migration):
    dependencies = [("agencies", "0005_narrow")]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("name", models.TextField()),
                ("what", models.TextField()),
                ("lawful_basis", models.SlugField()),
                ("source", models.TextField()),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), size=None
                    ),
                ),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(valid_to__isnull=True)
                        | Q(valid_to__gte=models.F("valid_from")),
                        name="agreement_ends_after_it_starts",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="AgreementLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("information_class", models.CharField(max_length=2)),
                ("whom", models.CharField(max_length=10)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="agencies.agreement",
                    ),
                ),
                (
                    "from_agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "to_agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=[
                            "to_agency",
                            "agreement",
                            "from_agency",
                            "information_class",
                            "whom",
                        ],
                        name="agreement_says_it_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(whom__in=["linked", "everybody"]), name="agreement_whom"
                    ),
                ]
            },
        ),
        protect("agencies_agreement", select="true"),
        protect("agencies_agreementline", select="true"),
        migrations.RunSQL(statements(), migrations.RunSQL.noop),
    ]
