"""The person page under an open-loop load with everything on, beside two others of the same rows.

One is a view by hand as the tables' owner, without row security, audit trail and explanation:
what those cost is the ratio. The other is the framework's own admin. Both are served by the
same web server with as many processes and threads (bench/plain).
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from bench.cities import HOME, ROOT
from bench.figures import Figure
from bench.fresh import free_port
from bench.load_open import Answers, ask, cpu_seconds
from bench.start import WHO, password
from bench.visitor import TOKEN, signed_in
from wholeplace.site import databases, embedded
from wholeplace.site.embedded import roles
from wholeplace.site.embedded.place import place_of

NAME = "pages"
PEOPLE = 300_000
A_SECOND = 20
SECONDS = 60
VISITORS = 16  # the threads of bench.load_open
WARM = 120  # each connection of each process plans a statement anew seven times, then never
LATENCY_LIMIT, CPU_LIMIT = 150.0, 15.0
ADMIN = "bench"
PLAIN = "a plain view of the same rows, no row security, audit or explanation"
GUNICORN = ["--worker-class", "gthread", "--threads", "2", "--no-control-socket"]


@dataclass(frozen=True)
class Measured:
    """Milliseconds: the 95th percentile, the median, and of processor a page."""

    p95: float
    median: float
    cpu: float
    database_cpu: float


def run(people: int | None) -> list[Figure]:
    """Latency and processor time of a person's page: ours, a plain view's and the admin's."""
    size = people or PEOPLE
    home = HOME / f"home-{size}"
    home.mkdir(parents=True, exist_ok=True)
    with embedded.using(home):
        with everything(home, size) as (address, process):
            known = _people(home, WARM + A_SECOND * SECONDS)
            session = signed_in(address, WHO, password())
            urls = [f"{address}/people/{ref}" for _, ref in known]
            ours = measure(urls, session, process, home)
        with _plain(home) as (address, process):
            session = _admin_session(address)
            urls = [f"{address}/plain/{number}" for number, _ in known]
            view = measure(urls, session, process, home)
            urls = [f"{address}/admin/people/person/{number}/change/" for number, _ in known]
            admin = measure(urls, session, process, home)
    return _figures(size, ours, view, admin)


def _figures(size: int, ours: Measured, view: Measured, admin: Measured) -> list[Figure]:
    what = f"Person page, {size:,} people, {A_SECOND} requests a second, everything on"
    met = (ours.p95 <= LATENCY_LIMIT, ours.cpu <= CPU_LIMIT) if size == PEOPLE else (None, None)
    latency = Figure(
        figure=f"{what}: 95th percentile",
        ours=ours.p95,
        unit="ms",
        comparison=PLAIN,
        theirs=view.p95,
        ratio=ours.p95 / view.p95,
        target=f"at most {LATENCY_LIMIT:.0f} ms",
        met=met[0],
        note=f"open loop for {SECONDS} s, clients on the same machine; medians "
        f"{ours.median:.0f} and {view.median:.0f} ms; Django's admin with four of the "
        f"tables: {admin.p95:.0f} ms, median {admin.median:.0f}",
    )
    return [latency, _processor(what, ours, view, admin, met[1])]


def _processor(
    what: str, ours: Measured, view: Measured, admin: Measured, met: bool | None
) -> Figure:
    return Figure(
        figure=f"{what}: processor time a page",
        ours=ours.cpu,
        unit="ms",
        comparison=PLAIN,
        theirs=view.cpu,
        ratio=ours.cpu / view.cpu,
        target=f"at most {CPU_LIMIT:.0f} ms",
        met=met,
        note="web and, for ours, worker and sealing; the database's own is beside it: "
        f"{ours.database_cpu:.1f} and {view.database_cpu:.1f} ms a page; Django's admin "
        f"{admin.cpu:.1f} and {admin.database_cpu:.1f} ms",
    )


def measure(urls: Sequence[str], session: requests.Session, process: int, home: Path) -> Measured:
    """The load on all but the first URLs, which warm every process up by the same load."""
    sessions = _shared(session)
    warm = ask(urls[:WARM], sessions, a_second=A_SECOND, server=process)
    if warm.failed:
        raise RuntimeError(f"{warm.failed} of {WARM} pages failed before the clock began")
    postmaster = int(place_of(home).pid_file.read_text(encoding="utf-8").split()[0])
    before = cpu_seconds(postmaster)
    pages = urls[WARM:]
    answers = ask(pages, sessions, a_second=A_SECOND, server=process)
    database = cpu_seconds(postmaster) - before
    if answers.failed:
        raise RuntimeError(f"{answers.failed} of {len(pages)} pages failed")
    return _told(answers, database)


def _told(answers: Answers, database: float) -> Measured:
    pages = len(answers.seconds)
    return Measured(
        answers.quantile(0.95) * 1000,
        answers.quantile(0.5) * 1000,
        answers.cpu_seconds / pages * 1000,
        database / pages * 1000,
    )


def _shared(session: requests.Session) -> Callable[[], requests.Session]:
    """A session for each visitor with the cookies of one who signed in before the clock began."""
    made = []
    for _ in range(VISITORS):
        visitor = requests.Session()
        visitor.cookies.update(session.cookies)
        made.append(visitor)
    waiting = itertools.cycle(made)
    return lambda: next(waiting)


def _people(home: Path, count: int) -> list[tuple[int, str]]:
    """Numbers and references of so many people, spread over all of them, each run the same."""
    with databases.connect(embedded.locate(home).settings(roles.OWNER)) as connection:
        rows = connection.execute(
            "SELECT id, ref FROM people_person ORDER BY md5(ref) LIMIT %s", [count]
        ).fetchall()
    # A small city is asked for the same people again.
    return list(itertools.islice(itertools.cycle((int(n), str(ref)) for n, ref in rows), count))


@contextmanager
def everything(home: Path, people: int) -> Iterator[tuple[str, int]]:
    """`wholeplace run` on this home, which it fills the first time: its address and process."""
    port = free_port()
    command = [_program("wholeplace"), "run", "--port", str(port), "--people", str(people)]
    with _process(command, home, {}) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("ready http"):
                yield line.split()[1], process.pid
                return
        raise RuntimeError(f"wholeplace run ended with {process.wait()}")


@contextmanager
def _plain(home: Path) -> Iterator[tuple[str, int]]:
    """The plain view and the admin on the same home, by the same web server: their address."""
    settings = {"DJANGO_SETTINGS_MODULE": "bench.plain.settings"}
    account = {"DJANGO_SUPERUSER_PASSWORD": password(), **settings}
    make = [sys.executable, "-m", "django", "createsuperuser", "--noinput", "--username", ADMIN]
    with _process([*make, "--email", "bench@example.org"], home, account) as making:
        making.wait()  # a kept home has the account already
    port = free_port()
    workers = str(max(2, len(os.sched_getaffinity(0))))
    serve = [sys.executable, "-m", "gunicorn", *GUNICORN, "--workers", workers]
    serve += ["--bind", f"127.0.0.1:{port}", "django.core.wsgi:get_wsgi_application()"]
    with _process(serve, home, settings) as process:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address)
        yield address, process.pid


@contextmanager
def _process(
    command: list[str], home: Path, more: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    own = {k: v for k, v in os.environ.items() if not k.startswith(("WHOLEPLACE", "DJANGO"))}
    own |= {"WHOLEPLACE_HOME": str(home), "PYTHONPATH": str(ROOT), **more}
    own.pop("DATABASE_URL", None)
    quiet = subprocess.DEVNULL if "gunicorn" in command or "createsuperuser" in command else None
    process = subprocess.Popen(
        command, cwd=ROOT, env=own, stdout=subprocess.PIPE, stderr=quiet, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            requests.get(f"{address}/admin/login/", timeout=10)
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError("the admin does not answer")


def _admin_session(address: str) -> requests.Session:
    session = requests.Session()
    login = f"{address}/admin/login/?next=/admin/"
    token = TOKEN.search(session.get(login, timeout=30).text)
    assert token is not None
    said = {"csrfmiddlewaretoken": token[1], "username": ADMIN, "password": password()}
    answer = session.post(login, data=said, headers={"Referer": login}, timeout=30)
    if not answer.url.endswith("/admin/"):
        raise RuntimeError(f"the admin refused its own account ({answer.status_code})")
    return session


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
