"""Whom a trawl found is counted without those whose record has been sealed since."""

from django.db import migrations

from wholeplace.rooms.schemes.sql import SEEN

AGAIN = (
    SEEN.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .replace(
        "WHERE p.restricted AND wp_reach() = 'agency' AND",
        "WHERE (p.sealed OR p.restricted AND wp_reach() = 'agency') AND",
    )
    .replace("AND NOT EXISTS (", "AND (p.sealed OR NOT EXISTS (")
    .replace(">= current_date))\n", ">= current_date)))\n")
    .replace("current_date", "wp_today()")
)


class Migration(migrations.Migration):
    dependencies = [("schemes", "0004_counted"), ("people", "0005_seals")]

    operations = [migrations.RunSQL(AGAIN, migrations.RunSQL.noop)]
