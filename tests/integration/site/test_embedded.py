"""The embedded server: shared, stopped by its last user, and sound after any kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.integration.site.conftest import open_folder
from tests.waiting import PATIENCE, until

from wholeplace.site import embedded
from wholeplace.site.embedded import binaries, cluster, roles
from wholeplace.site.embedded.account import Account
from wholeplace.site.embedded.place import LONGEST_SOCKET_FOLDER, place_of

USER = """
import sys, time
from pathlib import Path
from wholeplace.site import embedded
with embedded.using(Path(sys.argv[1]), durable=False) as server:
    print("using", flush=True)
    sys.stdin.readline()
"""


def user(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said_using(process: subprocess.Popen[str]) -> bool:
    return process.stdout.readline() == "using\n"


def runs(home: Path) -> bool:
    return cluster.is_running(place_of(home.resolve()))


def test_two_roles_one_database_and_no_way_round(home: Path) -> None:
    with embedded.using(home, durable=False) as server:
        with psycopg.connect(server.dsn("wp_app")) as connection:
            facts = connection.execute(
                "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,"
                " pg_has_role('wp_app', 'wp_owner', 'MEMBER') FROM pg_roles WHERE rolname='wp_app'"
            ).fetchone()
            assert facts == (False, False, False, False, False)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE mine (x int)")
        with psycopg.connect(server.dsn("wp_owner"), autocommit=True) as connection:
            row = connection.execute(
                "SELECT pg_get_userbyid(datdba), rolbypassrls, rolsuper,"
                " pg_encoding_to_char(encoding)"
                " FROM pg_database, pg_roles WHERE datname='wholeplace' AND rolname='wp_owner'"
            ).fetchone()
            assert row == ("wp_owner", False, False, "UTF8")
            connection.execute("CREATE DATABASE test_made_by_owner")
        with psycopg.connect(server.dsn("wp_owner", "test_made_by_owner")) as connection:
            found = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
            assert {"pg_trgm", "btree_gist", "fuzzystrmatch", "unaccent"} <= found


def test_listens_on_no_network_and_guards_its_socket(home: Path) -> None:
    with (
        embedded.using(home, durable=False) as server,
        psycopg.connect(server.dsn("wp_app")) as connection,
    ):
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700


def test_ten_starting_at_once_share_one_server(home: Path) -> None:
    users = [user(home) for _ in range(10)]
    assert all(said_using(process) for process in users)
    for process in users[:-1]:
        process.communicate("\n", timeout=PATIENCE)
        assert process.returncode == 0
    assert runs(home)
    users[-1].communicate("\n", timeout=PATIENCE)
    assert users[-1].returncode == 0
    assert not runs(home)


def test_a_killed_user_does_not_keep_the_server_for_ever(home: Path) -> None:
    killed = user(home)
    assert said_using(killed)
    killed.kill()
    killed.wait()
    assert runs(home)
    with embedded.using(home, durable=False):
        pass
    assert not runs(home)


def test_a_killed_server_starts_again_with_its_data(home: Path) -> None:
    with embedded.using(home) as server:
        with psycopg.connect(server.dsn("wp_owner"), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (x int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        note = place_of(home.resolve()).pid_file
        pid = int(note.read_text(encoding="utf-8").splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
    with (
        embedded.using(home) as server,
        psycopg.connect(server.dsn("wp_owner")) as connection,
    ):
        assert connection.execute("SELECT x FROM kept").fetchone() == (7,)


def wait_until_gone(pid: int) -> None:
    def gone() -> bool:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:
            return True
        return state[0] == "Z"

    until(gone, "the server did not die")


def test_a_stale_note_naming_another_program_does_not_stop_a_start(home: Path) -> None:
    with embedded.using(home, durable=False):
        note = place_of(home.resolve()).pid_file.read_text(encoding="utf-8")
    mine = "\n".join([str(os.getpid()), *note.splitlines()[1:]]) + "\n"
    place_of(home.resolve()).pid_file.write_text(mine, encoding="utf-8")
    with (
        embedded.using(home, durable=False) as server,
        psycopg.connect(server.dsn("wp_app")) as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_killed_while_the_cluster_was_made(home: Path) -> None:
    half = home / "pg.making"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n", encoding="utf-8")
    with embedded.using(home, durable=False):
        assert runs(home)
    assert not half.exists()


def test_killed_before_the_roles_were_made(home: Path) -> None:
    home.mkdir()
    place = place_of(home.resolve())
    folder = cluster.programs(place)
    cluster.make(place, folder, durable=False)
    cluster.start(place, folder, durable=False)
    with (
        embedded.using(home, durable=False) as server,
        psycopg.connect(server.dsn("wp_app")) as connection,
    ):
        assert connection.execute("SELECT current_user").fetchone() == ("wp_app",)


def test_start_leaves_it_running_until_stop(home: Path) -> None:
    embedded.start(home, durable=False)
    with embedded.using(home, durable=False):
        pass
    assert runs(home)
    embedded.stop(home)
    assert not runs(home)


def test_a_long_home_gets_a_short_private_socket_folder(home: Path) -> None:
    long_home = home / ("long" * 30)
    with embedded.using(long_home, durable=False) as server:
        assert len(str(server.socket_dir)) <= LONGEST_SOCKET_FOLDER
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        assert embedded.locate(long_home) == server
    server.socket_dir.rmdir()


def test_a_role_given_more_by_hand_loses_it_at_the_next_start(home: Path) -> None:
    with (
        embedded.using(home, durable=False),
        cluster.connect(place_of(home.resolve())) as connection,
    ):
        connection.execute("ALTER ROLE wp_app BYPASSRLS")
    with (
        embedded.using(home, durable=False),
        cluster.connect(place_of(home.resolve())) as connection,
    ):
        row = connection.execute("SELECT rolbypassrls FROM pg_roles WHERE rolname = 'wp_app'")
        assert row.fetchone() == (False,)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's home is open to its server")
def test_root_whose_home_is_closed_keeps_the_data_where_the_server_can_go(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with embedded.using(closed / "home", durable=False):
        place = place_of(closed / "home")
        assert place.moved
        assert runs(closed / "home")
    assert str(place.data) in capfd.readouterr().err
    assert closed.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(place.data.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_runs_it_too() -> None:
    somebody = Account(65534, 65534)
    python = next((p for p in pythons() if somebody.reaches(p.parent)), None)
    if python is None:
        pytest.skip("every Python of this version lies in a folder that only root enters")
    with open_folder() as home:
        home.mkdir()
        os.chown(home, 65534, 65534)
        done = subprocess.run(
            [python, "-c", USER, str(home)],
            input="\n",
            text=True,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            **somebody.process(),
        )
        assert done.returncode == 0
        assert (home / "pg").stat().st_uid == 65534


def pythons() -> Iterator[Path]:
    """This Python, and the machine's own of the same version."""
    yield Path(sys.executable).resolve()
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if (found := shutil.which(name, path="/usr/bin:/usr/local/bin")) is not None:
        yield Path(found).resolve()


def test_postgresql_installed_on_the_machine_serves_as_well(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "wheel", lambda: None)
    if not any(binaries.major(folder) >= binaries.OLDEST for folder in binaries.candidates()):
        pytest.skip("no PostgreSQL of the machine's own")
    with (
        embedded.using(home, durable=False) as server,
        psycopg.connect(server.dsn(roles.APP)) as connection,
    ):
        assert connection.execute("SELECT 'a' < 'B'").fetchone() == (False,)
