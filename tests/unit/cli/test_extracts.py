"""What `wholeplace extracts load` says of the sources that were not loaded."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from wholeplace.cli.extracts import _fail_for
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows.load_extracts import NotLoaded


@pytest.mark.parametrize("loaded", [0, 1])
def test_others_are_said_to_be_loaded_only_where_there_are_others(loaded):
    failed = [NotLoaded(name, UserMistake("Refused.", do="Mend it.")) for name in ("a", "b")]
    with pytest.raises(UserMistake, match="2 of") as told:
        _fail_for([*failed, *[SimpleNamespace()] * loaded])
    assert ("The others were." in str(told.value)) is bool(loaded)
