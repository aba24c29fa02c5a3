"""A trawl asked again exactly as it was: its rules, its day, and what was known then.

The records as they were known are read from what stands now and what was superseded since. The
answer is compared person by person with the findings; it never writes one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pyarrow.parquet as pq
from django.conf import settings

from wholeplace.core.kernel.errors import UserMistake, WholeplaceError
from wholeplace.core.rules.schemes import Scheme
from wholeplace.flows import place_rules
from wholeplace.flows.run_trawl import PURPOSE, UNEXPECTED, WORKER
from wholeplace.flows.take_snapshot import take_snapshot
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.trawl import TrawlResult, trawl
from wholeplace.rooms.agencies.acting import Actor, acting
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.schemes import replays
from wholeplace.rooms.schemes.actions import put_down, take_up
from wholeplace.rooms.schemes.replays import Answered, Difference

NOT_HELD, NEWLY_SEEN, NO_HISTORY = "not_held", "newly_seen", "no_history"
WORDS = {
    NOT_HELD: "Nothing is held about this person any more.",
    NEWLY_SEEN: "This person could not be read, or was not on record, when the trawl was run.",
    NO_HISTORY: (
        "Something that this rests on is kept without its history, such as an area’s figures, "
        "or was recorded at the very moment of the trawl."
    ),
}
"""What can have made a replay differ, for people. The data are kept with their history."""


def start(run_id: int, *, membership_id: int, route: str) -> int:
    """Note that somebody asks for a replay; returns its number. Nothing is read yet.

    Raises:
        NotFound, UserMistake: no such trawl, it is not done, or its rules were not kept whole.
        Refused: the role may not run trawls.
    """
    with acting(membership_id, purpose=PURPOSE, route=route):
        return replays.ask(run_id=run_id)


def carry_out(replay_id: int, *, membership_id: int, route: str) -> replays.ReplayLine:
    """Carry a replay to its end; safe to repeat. What is settled is left as it is.

    Args:
        membership_id: who asked. The reading and the recording are the system's own.

    Raises:
        NotFound: no such replay for whoever asked.
        WholeplaceError: it cannot be asked again; the replay is marked as failed.
    """
    with acting(membership_id, purpose=PURPOSE, route=route):
        replays.replay(replay_id)
    if not take_up(replay_id, replays.LOCK):
        raise UserMistake("This replay is being carried out at this moment.", do="Wait for it.")
    try:
        _carry_out(replay_id, route)
    except Exception as error:
        why = str(error) if isinstance(error, WholeplaceError) else UNEXPECTED
        with _worker(route):
            replays.fail(replay_id=replay_id, why=why)
        raise
    finally:
        put_down(replay_id, replays.LOCK)
    with acting(membership_id, purpose=PURPOSE, route=route):
        return replays.replay(replay_id)


def seen(replay_id: int, *, route: str) -> replays.ReplayLine:
    """A replay for whoever looks at it now; one whose worker was killed is found to have failed.

    Raises:
        NotFound: no such replay for this reader.
    """
    line = replays.replay(replay_id)
    if line.state != "running":
        return line
    with _worker(route):
        replays.sweep_one(replay_id=replay_id)
    return replays.replay(replay_id)


def _carry_out(replay_id: int, route: str) -> None:
    with _worker(route):
        run_id = replays.begin(replay_id=replay_id)
        if run_id is None:
            return
        kept = replays.to_replay(run_id)
        scheme = place_rules.kept_scheme(kept.version_id)
    with _snapshot(scheme) as snapshot:
        result = trawl(snapshot, scheme, kept.as_at, known_at=kept.known_at)
        held = _held(snapshot)
    with _worker(route):
        found = replays.kept_findings(run_id)
        differences = compare(found, _answers(result), held)
        replays.settle(replay_id=replay_id, kept=len(found), differences=differences)


@contextmanager
def _snapshot(scheme: Scheme) -> Iterator[Snapshot]:
    """The records with their history, apart from the snapshots that trawls read."""
    home = Path(settings.HOME) / "replays"
    home.mkdir(mode=0o700, exist_ok=True)
    snapshot = take_snapshot(place=Path(settings.PLACE), home=home, facts=scheme.place.facts)
    try:
        yield snapshot
    finally:
        snapshot.discard()


def _answers(result: TrawlResult) -> dict[int, Answered]:
    assert result.found is not None  # trawl() keeps the list
    return {
        row["person_id"]: (row["answer"], row["criteria"])
        for batch in result.found.to_batches(max_chunksize=10_000)
        for row in batch.to_pylist()
    }


def _held(snapshot: Snapshot) -> frozenset[int]:
    """Everybody of whom anything is held, now or formerly."""
    files = (snapshot.file("persons"), snapshot.history_file("persons"))
    columns = (pq.read_table(file, columns=["person_id"]) for file in files if file.exists())
    return frozenset(person for table in columns for person in table["person_id"].to_pylist())


def compare(
    kept: Mapping[int, Answered], replayed: Mapping[int, Answered], held: frozenset[int]
) -> list[Difference]:
    """Everybody about whom the two say otherwise, by number.

    Args:
        held: everybody of whom anything is held.
    """
    found = []
    for person in sorted(kept.keys() | replayed.keys()):
        then, now = kept.get(person), replayed.get(person)
        if then == now:
            continue
        answer, values = then or ("", {})
        again, others = now or ("", {})
        criteria = {
            key: (values.get(key), others.get(key))
            for key in dict.fromkeys((*values, *others))
            if then and now and values.get(key) != others.get(key)
        }
        reason = NEWLY_SEEN if then is None else NO_HISTORY if person in held else NOT_HELD
        found.append(Difference(person, answer, again, criteria, reason))
    return found


def replay_of(run_id: int, *, membership_id: int, route: str) -> replays.ReplayLine:
    """Ask for a replay and carry it out at once."""
    number = start(run_id, membership_id=membership_id, route=route)
    return carry_out(number, membership_id=membership_id, route=route)


def _worker(route: str) -> AbstractContextManager[Actor]:
    return acting(system_membership(WORKER), purpose=PURPOSE, route=route)
