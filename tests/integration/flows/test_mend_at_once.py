"""Several officers correct the same row at the same moment: one of them does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from tests.integration.records.extracts import DAY, load, small_extract, write

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows import mend_rejects
from wholeplace.rooms.records.models import STATEMENTS, Correction, Reject

OFFICER, LOADER = "rosa.delgado", "system-loader"


def test_of_three_officers_at_once_one_corrects(committed, act, tmp_path):
    tables = small_extract()
    tables["jobs"][0]["expected_weeks"] = "many"
    load(write(tables, tmp_path))
    with act(OFFICER):
        number = Reject.objects.get().pk

    def one(weeks: str) -> str:
        try:
            with act(OFFICER):
                mend_rejects.mend(number, {"expected_weeks": weeks}, why="Rang them", day=DAY)
            return weeks
        except UserMistake:  # closed meanwhile, or a load is under way
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        done = [weeks for weeks in pool.map(one, ["30", "31", "32"]) if weeks]
    assert len(done) == 1
    with act(LOADER):
        assert Correction.objects.count() == 1
        assert str(STATEMENTS["job"].objects.get().expected_weeks) == done[0]
