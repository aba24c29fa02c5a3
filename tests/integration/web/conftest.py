"""Signing in without a password, and the small world.

Imports wait for the fixtures: this file is read before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def world(act) -> Any:
    from tests.integration.web.world import make_world

    return make_world(act)


@pytest.fixture
def signed_in(db) -> Callable[..., Any]:
    """`signed_in("amina.begum")`: a browser of hers."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    def enter(username: str, **more: bool) -> Client:
        client = Client(**more)
        client.force_login(get_user_model().objects.get(username=username))
        return client

    return enter
