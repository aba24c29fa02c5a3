"""The worker: carries out queued jobs, and chains the audit trail each second.

The sealer is a loop of its own rather than a job, so that a long queue never delays it and a
row a second is not left behind in the queue's tables.
"""

from __future__ import annotations

import logging
import os
import threading

import django

SEAL_EVERY_SECONDS = 1.0
log = logging.getLogger(__name__)


def main() -> None:
    """Run until asked to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wholeplace.site.settings")
    django.setup()
    from procrastinate.contrib.django import app

    stop = threading.Event()
    sealer = threading.Thread(target=_seal_until, args=(stop,), name="sealer", daemon=True)
    sealer.start()
    worker_app = app.with_connector(app.connector.get_worker_connector())
    try:
        worker_app.run_worker(delete_jobs="successful", install_signal_handlers=True)
    finally:
        stop.set()
        sealer.join(timeout=5)


def _seal_until(stop: threading.Event) -> None:
    from django.db import connection

    from wholeplace.rooms.audit.actions import seal

    while not stop.wait(SEAL_EVERY_SECONDS):
        try:
            seal()
        except Exception:  # the next second tries again; verify shows an unsealed tail
            log.exception("The audit trail could not be sealed this time.")
        finally:
            connection.close()


if __name__ == "__main__":
    main()
