"""Row security: the SQL that every room's migrations use to guard its tables.

The web and the worker connect as the runtime role, which owns nothing and cannot bypass
row security. What a session may see follows from settings that `wp_enter` writes for one
transaction; with no settings there are no rows.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, migrations

PERSON_VISIBLE = "EXISTS (SELECT 1 FROM people_person p WHERE p.id = {column} OFFSET 0)"
OWN_AGENCY = "agency_id = (SELECT wp_agency())"


def app_role() -> str:
    """The name of the runtime database role."""
    return str(settings.DATABASES["default"]["USER"])


def prepare_database(using: str, **_: Any) -> None:
    """Refuse to migrate as the runtime role, and grant it rights on tables made from now on."""
    if using == "default" and not settings.DATABASES["default"].get("TEST", {}).get("MIRROR"):
        raise ImproperlyConfigured("Migrate with --database=owner: the web role owns nothing.")
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == app_role():
            raise ImproperlyConfigured("Migrate with --database=owner: the web role owns nothing.")
        role = connection.ops.quote_name(app_role())
        for kind, rights in (
            ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
            ("SEQUENCES", "USAGE, SELECT"),
            ("FUNCTIONS", "EXECUTE"),
        ):
            cursor.execute(
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {kind} TO {role}"
            )


TRIGGER_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
 WHERE p.prorettype = 'trigger'::regtype AND p.pronamespace = 'public'::regnamespace
   AND p.proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
   AND (has_function_privilege(%s, p.oid, 'EXECUTE')
        OR coalesce(array_length(p.proacl, 1), 0) = 0)
"""


def close_trigger_functions(using: str, **_: Any) -> None:
    """Nobody but the owner may name a trigger's function; a trigger runs without that right.

    After every migration, so that no room has to think of it.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        role = connection.ops.quote_name(app_role())
        cursor.execute(TRIGGER_FUNCTIONS, [app_role()])
        for (function,) in cursor.fetchall():
            cursor.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC, {role}")


def protect(
    table: str,
    *,
    select: str,
    insert: str | None = None,
    update: str | None = None,
    update_columns: str | None = None,
    delete: str | None = None,
) -> migrations.RunSQL:
    """Guard one table: forced row security, one policy a command, no policy no right.

    Args:
        table: the table's name.
        select: SQL condition on a row that may be read.
        insert: SQL condition on a row that may be added; None refuses all.
        update: SQL condition on a row before and after a change; None refuses all.
        update_columns: the only columns that may change (comma separated).
        delete: SQL condition on a row that may be removed; None refuses all.
    """
    role = f'"{app_role()}"'
    columns = f" ({update_columns})" if update_columns else ""
    sql = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY owner_all ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"REVOKE ALL ON {table} FROM {role}",
    ]
    for command, right, clause in (
        ("SELECT", "SELECT", f"USING ({select})"),
        ("INSERT", "INSERT", insert and f"WITH CHECK ({insert})"),
        ("UPDATE", f"UPDATE{columns}", update and f"USING ({update}) WITH CHECK ({update})"),
        ("DELETE", "DELETE", delete and f"USING ({delete})"),
    ):
        if clause:
            name = f"app_{command.lower()}"
            sql.append(f"GRANT {right} ON {table} TO {role}")
            sql.append(f"CREATE POLICY {name} ON {table} FOR {command} TO {role} {clause}")
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def read_by(table: str, select: str) -> migrations.RunSQL:
    """Change which rows of a guarded table may be read; what may be written stays as it is.

    Args:
        table: the table's name.
        select: SQL condition on a row that may be read.
    """
    return migrations.RunSQL(
        f"ALTER POLICY app_select ON {table} USING ({select})", migrations.RunSQL.noop
    )


def only_where(table: str, name: str, select: str) -> migrations.RunSQL:
    """One more condition on rows that may be read, whatever the table's other policies allow.

    Args:
        table: the table's name.
        name: the policy's name.
        select: SQL condition that every row that is read must meet.
    """
    return migrations.RunSQL(
        f'CREATE POLICY {name} ON {table} AS RESTRICTIVE FOR SELECT TO "{app_role()}"'
        f" USING ({select})",
        migrations.RunSQL.noop,
    )


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on a table for every role, its owner included."""
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION wp_refuse_change()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION wp_refuse_change()",
        ],
        migrations.RunSQL.noop,
    )


def stamped(table: str) -> migrations.RunSQL:
    """Fill in agency_id, by_id, by_user_id and recorded_at below the program, at insertion."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_stamp BEFORE INSERT ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION wp_stamp()",
        migrations.RunSQL.noop,
    )
