"""One trawl on a day not asked before, people listed, beside the same rules in plain pandas."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bench.cities import ROOT, city_snapshot
from bench.figures import Figure, alternating
from bench.trawl_pandas import Found
from bench.trawl_pandas import Trawl as PandasTrawl
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.trawl import TrawlResult, trawl

NAME = "trawl"
PEOPLE = 1_200_000
TIMES = 5
FIRST, AS_AT = date(2026, 5, 11), date(2026, 5, 28)
PLACE = ROOT / "places" / "birmingham"


def run(people: int | None) -> list[Figure]:
    """Seconds of one trawl, and how many times longer pandas takes.

    Both read the same Parquet files and list the people; the lists and the counts are compared
    before anything is measured. The scheme's text is the same in all rows; ours asks the costly
    criteria of those still in unless everybody is to be counted.
    """
    size = people or PEOPLE
    rules = load_place(PLACE)
    scheme = load_scheme(PLACE / "schemes" / "transition-payments.yaml", rules)
    snapshot = city_snapshot(size, rules.facts)
    listed = _agreeing(snapshot, scheme)
    note = (
        f"medians of {TIMES}, in turns; all listed the same {listed:,} people. Ours asks costly "
        "criteria of those still in; plain pandas asks all of everybody, as ours does in the "
        "second row; in the third, pandas too leaves out early those whom jobs rule out."
    )
    plain = _beside(snapshot, scheme, size, everybody=False, early=False)
    return [
        replace(
            plain,
            target="at least 2 times faster",
            met=(plain.ratio or 0) >= 2 if size == PEOPLE else None,
            note=note,
        ),
        _beside(snapshot, scheme, size, everybody=True, early=False),
        _beside(snapshot, scheme, size, everybody=False, early=True),
    ]


def _beside(
    snapshot: Snapshot, scheme: Scheme, size: int, *, everybody: bool, early: bool
) -> Figure:
    ours, theirs = alternating(
        lambda: trawl(snapshot, scheme, AS_AT, count_everybody=everybody),
        lambda: PandasTrawl(snapshot.path, AS_AT, early=early).run(),
        TIMES,
    )
    counting = ", each criterion counted over everybody" if everybody else ""
    order = "pandas, its order tuned by hand" if early else "plain pandas"
    return Figure(
        figure=f"One trawl, {size:,} people, new day, people listed{counting}",
        ours=ours,
        unit="s",
        comparison=f"{order}, same rules and spells",
        theirs=theirs,
        ratio=theirs / ours,
    )


def _agreeing(snapshot: Snapshot, scheme: Scheme) -> int:
    """How many are listed, after making sure that every way gives one list and one count."""
    counted = trawl(snapshot, scheme, FIRST, count_everybody=True)
    listed = _same(counted, PandasTrawl(snapshot.path, FIRST).run())
    early = PandasTrawl(snapshot.path, FIRST, early=True).run()
    assert list(early.people.index) == [*sorted(counted.ids("yes") + counted.ids("possible"))]
    quick = trawl(snapshot, scheme, FIRST)
    assert quick.found is not None and quick.found.equals(counted.found), "the lists differ"
    return listed


def _same(ours: TrawlResult, theirs: Found) -> int:
    """How many are listed, after making sure that both lists and all counts agree.

    Raises:
        AssertionError: they do not.
    """
    assert ours.found is not None
    mine = {
        row["person_id"]: (row["answer"], *row["criteria"].values())
        for row in ours.found.to_pylist()
    }
    keys = ["answer", *(count.key for count in ours.funnel)]
    answers = theirs.people[keys].astype(object)
    other = dict(
        zip(
            answers.index,
            answers.where(answers.notna(), None).itertuples(index=False, name=None),
            strict=True,
        )
    )
    assert mine == other, "the lists differ"
    counted = {count.key: (count.yes, count.no, count.unknown) for count in ours.funnel}
    assert counted == theirs.counts, "the counts differ"
    assert mine, "an empty list proves nothing"
    return len(mine)
