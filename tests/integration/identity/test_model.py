"""The model that links has versions, which tell what they learnt and how far they moved."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.integration.identity.known import World

from wholeplace.cli import main
from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows.link_people import link_people
from wholeplace.flows.model_care import model_from_outside
from wholeplace.population.identity import PEOPLE
from wholeplace.rooms.audit.models import Event

NAMES = ("ada", "bashir", "chidi", "dilys", "ewa", "farah", "gwen", "hari", "imran", "joan")


def known_twice(world: World, names: tuple[str, ...]) -> None:
    for name in names:
        for agency in ("council-benefits", "council-housing"):
            world.know(f"{name}-{agency}", agency, given_names=name, family_name=f"{name}son")


@pytest.fixture
def linked_twice(act, tmp_path):
    world = World()
    act("system-linker")
    with pytest.raises(NotFound):
        model_from_outside()
    known_twice(world, NAMES[:4])
    first = link_people().run_id
    known_twice(world, NAMES[4:])
    return first, link_people(kept=tmp_path / "kept").run_id


def page(username: str, path: str):
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client.get(path)


def test_each_linking_that_learns_is_a_version_with_its_datas_fingerprint(
    linked_twice, act, tmp_path, capsys
):
    first, second = linked_twice
    act("system-linker")
    now, before = model_from_outside(), model_from_outside(first)
    assert (now.version, now.before, now.records) == (second, first, 20)
    assert (before.version, before.before, before.records) == (first, None, 8)
    assert before.drift is None
    assert now.fingerprint != before.fingerprint
    assert len(now.fingerprint) == 64
    assert now.prior != before.prior  # estimated anew by each
    made = {one.name: one for one in now.comparisons}
    assert set(made) == {one.name for one in PEOPLE.comparisons}
    nhs = made["nhs_number"].levels[0]
    assert nhs.fixed
    assert (nhs.bits, nhs.words) == (nhs.before, "the same NHS number")
    assert [moved for moved in now.drift.moved if moved.comparison == "nhs_number"] == []
    with act("system-linker"):
        assert Event.objects.filter(action="identity.model").count() == 2
    tells_the_same_by_command(second, tmp_path, capsys)
    tells_reviewers_alone_by_page(first, second)
    act("system-linker")
    assert link_people(kept=tmp_path / "kept").figures["way"] == "changes"
    assert model_from_outside().version == second  # a day's changes teach nothing


def tells_the_same_by_command(version: int, tmp_path, capsys) -> None:
    assert main.run(["identity", "model", "--json"], log_folder=tmp_path) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["version"] == version
    assert told["comparisons"][0]["levels"][0]["words"] == "the same first name"


def tells_reviewers_alone_by_page(first: int, second: int) -> None:
    answer = page("leila.farah", "/identity/model")
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())
    assert answer.status_code == 200
    assert f"Linking {second}, " in words
    assert "&lt;time" not in answer.content.decode()
    assert f"Against linking {first}" in words
    assert "The same NHS number" in words
    assert "No pair is in doubt." in words
    older = page("leila.farah", f"/identity/model/{first}")
    assert "This is an earlier version." in older.content.decode()
    assert page("leila.farah", f"/identity/model/{second + 1}").status_code == 404
    assert page("amina.begum", "/identity/model").status_code == 403


def test_before_the_first_linking_the_page_says_so(db):
    assert (
        "because no linking has learnt a model yet"
        in page("leila.farah", "/identity/model").content.decode()
    )
