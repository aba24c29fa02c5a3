"""A refresh of committed records: rows removed beneath the program, and one that is killed."""

from __future__ import annotations

from django.conf import settings
from django.db import connections
from tests.integration.records.refreshed import Story, assert_same, town

from wholeplace.flows import take_snapshot
from wholeplace.flows.load_places import load_demonstration_places


def test_rows_removed_beneath_the_program_are_gone_from_the_next(committed, tmp_path):
    """As retention will remove them: nothing that remains says that anything was."""
    load_demonstration_places(settings.PLACE)
    story = Story(tmp_path, town())
    story.load()
    assert story.take().manifest.rows["benefit_spells"] == 9
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM records_benefitspell WHERE source_key = 'S1'")
    made = story.take()
    assert made.manifest.rows["benefit_spells"] == 8
    assert made.manifest.origin.why == take_snapshot.UNDATED
    assert_same(made, story.take_full())
