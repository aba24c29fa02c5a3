"""Work that a page asks for and the worker does: each job acts as a membership.

Arguments are numbers and days only, for the queue's tables lie outside row security. A job
that was killed is queued again and starts from the beginning, so every job here is safe to
repeat.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from procrastinate import JobContext
from procrastinate.contrib.django import app

from wholeplace.rooms.agencies.acting import acting

STALLED_SECONDS = 8


def acting_job(name: str) -> Callable[[Callable[..., None]], Any]:
    """A task whose first argument is the membership that it acts as."""

    def decorate(work: Callable[..., None]) -> Any:
        @functools.wraps(work)
        def run(*, membership: int, purpose: str, **arguments: Any) -> None:
            with acting(membership, purpose=purpose, route=f"job {name}"):
                work(**arguments)

        return app.task(run, name=name)

    return decorate


@app.periodic(cron="* * * * * */5")
@app.task(name="retry stalled jobs", queueing_lock="stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Queue again the jobs of a worker that was killed."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        await manager.retry_job(job)
