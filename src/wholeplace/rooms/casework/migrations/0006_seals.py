"""A payment of somebody whose record is sealed is not there for those who pay either.

Whoever pays sees what is to be paid to whom, and asks no policy whether the person is there.
"""

from django.db import migrations

from wholeplace.rooms.agencies.security import only_where

SEALED_PAYEES = """
CREATE FUNCTION casework_sealed_payees() RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public AS
$$ SELECT p.id FROM people_person p
    WHERE p.sealed AND wp_can('payment.read') AND wp_agency() = ANY (p.viewers) $$
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_granted"), ("people", "0005_seals")]

    operations = [
        migrations.RunSQL(SEALED_PAYEES, migrations.RunSQL.noop),
        only_where(
            "casework_payment",
            "app_not_sealed",
            "person_id NOT IN (SELECT casework_sealed_payees())",
        ),
    ]
