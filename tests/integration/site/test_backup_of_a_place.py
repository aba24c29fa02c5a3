"""A place's own tables, as the migrations make them, come back with rows and rights."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from wholeplace.site import databases, inventory
from wholeplace.site.administration import administrator
from wholeplace.site.backup import backup
from wholeplace.site.main import close_connections
from wholeplace.site.restore import restore


def taken() -> inventory.Inventory:
    with administrator() as who, who.connect() as connection:
        return inventory.take(connection)


def test_every_table_policy_and_trigger_of_the_migrations_comes_back(
    committed: str, tmp_path: Path
) -> None:
    close_connections()
    before = taken()
    assert int(before.tables["public.agencies_membership"][0]) > 0
    kinds = {line.split()[0] for line in before.rights}
    assert {"relation", "policy", "trigger", "constraint", "function", "default"} <= kinds

    backup(tmp_path / "place.backup")
    owner = databases.databases()["owner"]
    with databases.connect(owner) as connection:
        connection.execute("DELETE FROM agencies_membership")
        connection.execute("DROP POLICY app_select ON people_person")
    faults = inventory.differences(before, taken())
    assert any("agencies_membership" in fault for fault in faults)
    assert any("people_person app_select" in fault for fault in faults)

    restore(tmp_path / "place.backup", replace=True)

    assert inventory.differences(before, taken()) == []
    with databases.connect(databases.databases()["default"]) as app:
        assert app.execute("SELECT count(*) FROM people_person").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM audit_event")
