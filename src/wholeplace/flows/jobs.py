"""Work that a page asks for and the worker does.

Arguments are numbers only, for the queue's tables lie outside row security; what is done is
done as the membership that asked. A job whose worker was killed is queued again and starts
from the beginning, so every job here is safe to repeat.
"""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from wholeplace.flows import pay, replay_trawl, run_trawl

STALLED_SECONDS = 8


@app.task(name="carry out trawl")
def carry_out_trawl(*, membership: int, run_id: int) -> None:
    """Carry out a trawl that somebody asked for."""
    run_trawl.carry_out(run_id, membership_id=membership, route="job trawl")


@app.task(name="carry out replay")
def carry_out_replay(*, membership: int, replay_id: int) -> None:
    """Ask a trawl again as it was kept."""
    replay_trawl.carry_out(replay_id, membership_id=membership, route="job replay")


@app.task(name="carry out payment run")
def carry_out_payment_run(*, membership: int, run_id: int) -> None:
    """Release everything that a run was asked to release."""
    pay.carry_out_run(run_id, membership_id=membership, route="job payment run")


@app.periodic(cron="* * * * * */5")
@app.task(name="retry stalled jobs", queueing_lock="stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Queue again the jobs of a worker that was killed."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        await manager.retry_job(job)
