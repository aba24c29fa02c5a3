"""What a database holds and who may touch it: compared before and after a backup.

The same rows and the same rights give the same inventory on any server, so that a restore is
proved by its content and not by the absence of an error message.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from psycopg import Connection, sql

# Everything that changes how a value is written as text.
WRITTEN_ALIKE = """
    SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601';
    SET extra_float_digits = 1; SET bytea_output = 'hex'; SET row_security = off;
    SET search_path = pg_catalog
"""
OURS = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
NOT_OF_EXTENSION = """NOT EXISTS (SELECT 1 FROM pg_depend d
    WHERE d.classid = '{catalog}'::regclass AND d.objid = {oid} AND d.deptype = 'e')"""

TABLES = f"""SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'r' AND {OURS} AND {NOT_OF_EXTENSION.format(catalog="pg_class", oid="c.oid")}
    ORDER BY 1, 2"""
SEQUENCES = """SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences
    ORDER BY 1"""

# One query a kind of right; each gives lines of text that read the same on any server, and in
# any version: MAINTAIN came with 17, NOT NULL as a constraint of its own with 18.
RIGHTS = {
    "relation": f"""SELECT format('%s %s.%s owner=%s security=%s forced=%s %s', relkind, n.nspname,
        relname, pg_get_userbyid(relowner), relrowsecurity, relforcerowsecurity, (SELECT
        string_agg(format('%s:%s', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)
        END, privilege_type), ' ' ORDER BY grantee = 0, pg_get_userbyid(grantee), privilege_type)
        FROM aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END
        ::"char", relowner))) WHERE privilege_type <> 'MAINTAIN'))
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND {OURS}
        AND {NOT_OF_EXTENSION.format(catalog="pg_class", oid="c.oid")}""",
    "column": f"""SELECT format('%s.%s.%s %s:%s', n.nspname, relname, attname,
        pg_get_userbyid(a.grantee), a.privilege_type) FROM pg_attribute t
        JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace,
        aclexplode(attacl) a WHERE NOT attisdropped AND {OURS}""",
    "policy": """SELECT format('%s.%s %s %s %s %s using %s check %s', schemaname, tablename,
        policyname, permissive, (SELECT string_agg(r, ',' ORDER BY r) FROM unnest(roles::text[]) r),
        cmd, qual, with_check) FROM pg_policies""",
    "trigger": f"""SELECT format('%s %s', tgenabled, pg_get_triggerdef(t.oid)) FROM pg_trigger t
        JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
        WHERE NOT tgisinternal AND {OURS}""",
    "constraint": f"""SELECT format('%s.%s %s %s', n.nspname, relname, conname,
        pg_get_constraintdef(k.oid)) FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
        JOIN pg_namespace n ON n.oid = relnamespace WHERE contype <> 'n' AND {OURS}""",
    "function": f"""SELECT format('%s.%s(%s) owner=%s definer=%s body=%s %s', n.nspname, proname,
        pg_get_function_identity_arguments(p.oid), pg_get_userbyid(proowner), prosecdef,
        md5(prosrc), (SELECT string_agg(format('%s:%s', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE
        pg_get_userbyid(grantee) END, privilege_type), ' ' ORDER BY grantee = 0,
        pg_get_userbyid(grantee)) FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE {OURS}
        AND {NOT_OF_EXTENSION.format(catalog="pg_proc", oid="p.oid")}""",
    "default": """SELECT format('%s in %s %s %s:%s', pg_get_userbyid(defaclrole),
        coalesce(nspname, '*'), defaclobjtype, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE
        pg_get_userbyid(grantee) END, privilege_type) FROM pg_default_acl
        LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace, aclexplode(defaclacl)""",
}


@dataclass
class Inventory:
    """Rows and a content hash a table, the sequences' positions, and every right.

    `tables` maps schema.table to [rows, hash]: the sum of a 64-bit hash of each row's text,
    which is the same in whatever order the rows come.
    """

    tables: dict[str, list[str]] = field(default_factory=dict)
    sequences: dict[str, int | None] = field(default_factory=dict)
    rights: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(int(count) for count, _ in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        """Plain values for a manifest; `Inventory(**…)` reads them again."""
        return asdict(self)


def take(connection: Connection) -> Inventory:
    """Reads a whole database, in the caller's transaction where there is one.

    The connection's role must see every row: a superuser or one with BYPASSRLS.
    """
    for setting in WRITTEN_ALIKE.split(";"):
        connection.execute(setting.strip())
    found = Inventory()
    for schema, table in connection.execute(TABLES).fetchall():
        found.tables[f"{schema}.{table}"] = _content(connection, schema, table)
    found.sequences = dict(connection.execute(SEQUENCES).fetchall())
    for kind, query in RIGHTS.items():
        lines = sorted(line for (line,) in connection.execute(query).fetchall())
        found.rights.extend(f"{kind} {line}" for line in lines)
    return found


def _content(connection: Connection, schema: str, table: str) -> list[str]:
    query = sql.SQL(
        "SELECT count(*)::text, coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM ONLY {} t"
    )
    row = connection.execute(query.format(sql.Identifier(schema, table))).fetchone()
    return list(row) if row else ["0", "0"]


def differences(wanted: Inventory, found: Inventory) -> list[str]:
    """What is not as it was, one sentence each; empty when all of it came back."""
    faults = []
    for name in sorted(wanted.tables.keys() | found.tables.keys()):
        before, after = wanted.tables.get(name), found.tables.get(name)
        if before is None or after is None:
            faults.append(f"Table {name} is {'new' if before is None else 'missing'}.")
        elif before[0] != after[0]:
            faults.append(f"Table {name} had {before[0]} rows and has {after[0]}.")
        elif before[1] != after[1]:
            faults.append(f"Table {name} has other content.")
    if wanted.sequences != found.sequences:
        faults.append("A sequence stands elsewhere.")
    before = {_alike(line): line for line in wanted.rights}
    after = {_alike(line): line for line in found.rights}
    faults += [f"Missing: {before[key]}." for key in before if key not in after]
    faults += [f"New: {after[key]}." for key in after if key not in before]
    return faults


# PostgreSQL writes an expression with other brackets and text casts once it has read its own
# writing again, as a restore does; everything else of a right must agree to the letter.
REWRITTEN = re.compile(r"::(?:character varying|text)(?:\[\])?|[()\s]")


def _alike(line: str) -> str:
    return REWRITTEN.sub("", line)
