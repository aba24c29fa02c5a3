"""The runtime role changes of an account when it last signed in, and nothing else.

An account is made, named and given a password by the owner of the tables. Also: an attempt to
sign in that succeeded is taken back, so that only failures count.
"""

from django.db import migrations

from wholeplace.rooms.agencies.security import app_role


def rights() -> list[str]:
    """Everything but reading is taken away, then one column given back."""
    role = f'"{app_role()}"'
    tables = "agencies_user, agencies_user_groups, agencies_user_user_permissions"
    return [
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {tables} FROM {role}",
        f"GRANT UPDATE (last_login) ON agencies_user TO {role}",
    ]


TAKE_BACK = """
CREATE FUNCTION wp_take_back_attempt(the_bucket bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public AS
$$
    DELETE FROM agencies_attempt
     WHERE ctid = (SELECT ctid FROM agencies_attempt WHERE bucket = the_bucket
                    ORDER BY at DESC LIMIT 1)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0004_attempts")]

    operations = [
        migrations.RunSQL(rights(), migrations.RunSQL.noop),
        migrations.RunSQL(TAKE_BACK, migrations.RunSQL.noop),
    ]
