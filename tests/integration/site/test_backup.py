"""Backup and restore: rows, content and rights come back, or the present database stays."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psycopg
import pytest
from tests.integration.site.conftest import open_folder
from tests.waiting import until

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.site import embedded, inventory
from wholeplace.site.administration import administrator
from wholeplace.site.backup import MANIFEST, backup
from wholeplace.site.embedded import cluster
from wholeplace.site.embedded.place import place_of
from wholeplace.site.leftovers import DUMP, sweep_home, working_folder
from wholeplace.site.restore import NotRestored, restore

TABLES = """
CREATE TABLE secret_note (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, agency int NOT NULL,
    written timestamptz NOT NULL, body text NOT NULL CHECK (body <> ''),
    kind varchar(9) DEFAULT 'own'
    CHECK (kind IN ('own', 'other')));
INSERT INTO secret_note (agency, written, body)
    SELECT n % 3, '2026-03-29 01:30+00'::timestamptz + n * interval '1 hour', 'Zoë wrote ' || n
    FROM generate_series(1, 500) n;
ALTER TABLE secret_note ENABLE ROW LEVEL SECURITY;
ALTER TABLE secret_note FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON secret_note FOR SELECT TO wp_app
    USING (agency = nullif(current_setting('test.agency', true), '')::int);
REVOKE ALL ON secret_note FROM wp_app;
GRANT SELECT, INSERT (agency, body) ON secret_note TO wp_app;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON secret_note
    FOR EACH ROW EXECUTE FUNCTION refuse();
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
"""


@pytest.fixture
def server(empty: Path) -> embedded.Server:
    """A server whose database holds a table guarded from its owner too."""
    running = embedded.locate(empty)
    owner(running, TABLES)
    return running


@pytest.fixture
def home(empty: Path) -> Path:
    """The shared home, not a new one."""
    return empty


def owner(server: embedded.Server, statement: str) -> None:
    with psycopg.connect(server.dsn("wp_owner"), autocommit=True) as connection:
        connection.execute(statement)


def superuser(home: Path, query: str, database: str = "wholeplace") -> list[tuple[object, ...]]:
    with cluster.connect(place_of(home), database) as connection:
        return connection.execute(query).fetchall()


def taken() -> inventory.Inventory:
    with administrator() as who, who.connect() as connection:
        return inventory.take(connection)


def test_given_rows_lost_when_restored_then_all_are_back_under_the_same_rights(
    server: embedded.Server, home: Path, tmp_path: Path
) -> None:
    before = taken()
    done = backup(tmp_path / "city.backup")
    assert (done.tables, done.rows) == (1, 500)
    owner(server, "DROP TABLE secret_note; DROP FUNCTION refuse")

    restore(tmp_path / "city.backup")

    assert inventory.differences(before, taken()) == []
    with psycopg.connect(server.dsn("wp_app"), autocommit=True) as app:
        assert app.execute("SELECT count(*) FROM secret_note").fetchone() == (0,)
        app.execute("SET test.agency = 2")
        assert app.execute("SELECT count(*) FROM secret_note").fetchone() == (167,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM secret_note")
    with pytest.raises(psycopg.errors.RaiseException):
        superuser(home, "DELETE FROM secret_note RETURNING 1")


def test_into_another_installation(
    server: embedded.Server, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = taken()
    backup(tmp_path / "city.backup")
    with open_folder() as another:
        monkeypatch.setenv("WHOLEPLACE_HOME", str(another))
        restore(tmp_path / "city.backup")
        assert inventory.differences(before, taken()) == []


def test_a_full_database_is_given_up_only_when_said(
    server: embedded.Server, home: Path, tmp_path: Path
) -> None:
    backup(tmp_path / "city.backup")
    owner(server, "CREATE TABLE later (x int)")
    with pytest.raises(UserMistake, match="Say --replace"):
        restore(tmp_path / "city.backup")
    with psycopg.connect(server.dsn("wp_app")):  # somebody is still connected
        restore(tmp_path / "city.backup", replace=True)
    assert superuser(home, "SELECT to_regclass('public.later')") == [(None,)]
    names = superuser(home, "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1")
    assert names == [("postgres",), ("wholeplace",)]


def test_writers_at_work_do_not_part_the_dump_from_its_inventory(
    server: embedded.Server, tmp_path: Path
) -> None:
    code = (
        "import psycopg, sys\n"
        "with psycopg.connect(sys.argv[1], autocommit=True) as c:\n"
        "    print('writing', flush=True)\n"
        "    while True:\n"
        "        c.execute(\"INSERT INTO busy SELECT 'x'\")\n"
    )
    owner(server, "CREATE TABLE busy (body text)")
    writer = subprocess.Popen(
        [sys.executable, "-c", code, server.dsn("wp_owner")], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout.readline() == "writing\n"
    try:
        backup(tmp_path / "busy.backup")
    finally:
        writer.kill()
        writer.communicate()
    restore(tmp_path / "busy.backup", replace=True)


def test_a_right_that_does_not_come_back_is_named_and_nothing_replaced(
    server: embedded.Server, home: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.backup"
    backup(whole)
    with zipfile.ZipFile(whole) as pack:
        manifest = json.loads(pack.read(MANIFEST))
        dump = pack.read("database.dump")
    manifest["inventory"]["rights"].append("policy public.secret_note another")
    manifest["inventory"]["tables"]["public.secret_note"][0] = "501"
    with zipfile.ZipFile(tmp_path / "changed.backup", "w") as pack:
        pack.writestr(MANIFEST, json.dumps(manifest))
        pack.writestr("database.dump", dump)
    owner(server, "CREATE TABLE present (x int)")
    with pytest.raises(NotRestored, match=r"had 501 rows and has 500.*Missing: policy") as raised:
        restore(tmp_path / "changed.backup", replace=True)
    assert "stays" in str(raised.value)
    assert superuser(home, "SELECT to_regclass('public.present')::text") == [("present",)]
    assert superuser(home, "SELECT 1 FROM pg_database WHERE datname LIKE '%restoring'") == []


def test_inventory_sees_every_kind_of_change(server: embedded.Server, home: Path) -> None:
    before = taken()
    changes = {
        "other content": "ALTER TABLE secret_note DISABLE TRIGGER append_only;"
        " UPDATE secret_note SET body = 'x' WHERE id = 1;"
        " ALTER TABLE secret_note ENABLE TRIGGER append_only",
        "column": "GRANT INSERT (written) ON secret_note TO wp_app",
        "relation": "GRANT DELETE ON secret_note TO wp_app",
        "forced=f": "ALTER TABLE secret_note NO FORCE ROW LEVEL SECURITY",
        "policy": "DROP POLICY own ON secret_note",
        "trigger": "ALTER TABLE secret_note DISABLE TRIGGER append_only",
        "constraint": "ALTER TABLE secret_note DROP CONSTRAINT secret_note_body_check",
        "function": "GRANT EXECUTE ON FUNCTION refuse() TO wp_app",
        "default": "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO wp_app",
        "sequence": "SELECT nextval('secret_note_id_seq')",
    }
    for word, change in changes.items():
        superuser_do(home, change)
        after = taken()
        found = inventory.differences(before, after)
        assert any(word in fault for fault in found), (word, found)
        before = after


def superuser_do(home: Path, statements: str) -> None:
    with cluster.connect(place_of(home), "wholeplace") as connection:
        connection.execute(statements)


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "text"])
def test_a_damaged_file_is_refused_before_anything_is_touched(
    server: embedded.Server, tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "city.backup"
    backup(file)
    whole = file.read_bytes()
    middle = len(whole) // 2
    flipped = bytes([whole[middle] ^ 1])
    file.write_bytes(
        {
            "cut": whole[:middle],
            "changed": whole[:middle] + flipped + whole[middle + 1 :],
            "empty": b"",
            "text": b"<html>no</html>",
        }[damage]
    )
    before = taken()
    with pytest.raises(UserMistake, match=r"not a whole backup|damaged"):
        restore(file, replace=True)
    assert taken() == before


def test_an_existing_file_is_never_overwritten(server: embedded.Server, tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("mine")
    with pytest.raises(UserMistake, match="exists already"):
        backup(file)
    assert file.read_text() == "mine"


def test_killed_during_restore_the_present_database_is_whole(
    server: embedded.Server, home: Path, tmp_path: Path
) -> None:
    backup(tmp_path / "city.backup")
    owner(server, "CREATE TABLE present (x int)")
    before = taken()
    for delay in (0.6, 0.9, 1.2):
        command = [sys.executable, "-m", "wholeplace.site.main", "restore", "--replace"]
        killed = subprocess.Popen([*command, str(tmp_path / "city.backup")])
        time.sleep(delay)
        killed.kill()
        killed.wait()
        wait_until_its_statements_end(home)
        after = taken()
        assert after == before or (after.rows == 500 and "public.present" not in after.tables)
    restore(tmp_path / "city.backup", replace=True)
    assert superuser(home, "SELECT to_regclass('public.present')") == [(None,)]


def wait_until_its_statements_end(home: Path) -> None:
    """The server finishes the statement of a client that died, which may end our session."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    until(lambda: superuser(home, others, "postgres") == [(1,)], "its statements did not end")


def test_a_login_that_row_security_binds_is_refused_with_what_to_grant(
    server: embedded.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://wp_owner@/wholeplace?host={server.socket_dir}"
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(UserMistake, match="ALTER ROLE wp_owner BYPASSRLS CREATEDB"):
        backup(tmp_path / "blind.backup")
    assert not (tmp_path / "blind.backup").exists()


def test_by_address_with_a_login_that_sees_every_row(
    server: embedded.Server, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    superuser_do(home, "ALTER ROLE wp_owner BYPASSRLS")
    url = f"postgresql://wp_owner@/wholeplace?host={server.socket_dir}"
    monkeypatch.setenv("DATABASE_URL", url)
    before = taken()
    backup(tmp_path / "city.backup")
    restore(tmp_path / "city.backup", replace=True)
    assert inventory.differences(before, taken()) == []


def test_what_a_killed_restore_left_in_the_home_goes_with_the_next_work(tmp_path: Path) -> None:
    """Killed once its folder holds the dump; a folder still worked in is left alone."""
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from wholeplace.site.leftovers import DUMP, working_folder\n"
        "with working_folder(Path(sys.argv[1])) as folder:\n"
        "    (folder / DUMP).write_text('in clear'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert ended.returncode < 0
    (tmp_path / "tmpabcdefgh").mkdir()
    (tmp_path / "tmpabcdefgh" / DUMP).write_text("in clear")  # an earlier version's
    (tmp_path / "tmpother").mkdir()
    assert len(list(tmp_path.rglob(DUMP))) == 2
    with working_folder(tmp_path) as held:
        sweep_home(tmp_path)
        assert list(tmp_path.rglob(DUMP)) == []
        assert held.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["tmpother"]
