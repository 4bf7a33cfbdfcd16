"""What desks of a level share stays of their level while a build goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.hub.opened import opened
from tests.guarded import words_of, write_guarded_basin
from tests.shared_store import SharedStore
from twin.basin import Basin


@pytest.fixture(scope="module")
def guarded(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guarded")
    return shared_store.build(write_guarded_basin(folder, stations="internal"))


def test_a_level_has_its_own_flood_lacks_and_target_and_keeps_them_as_models_come(guarded: Path) -> None:
    basin = Basin.open(guarded)
    all_, public = opened(basin), opened(basin).seen_by("public")
    assert all_.flood is not None and all_.flood.id == "flood-restricted"
    assert public.flood is not None and public.flood.id == "flood-public"
    grown = public.grown(Basin.open(guarded))
    for each in (public, grown):
        assert (each.target.sees, each.basin.whole, each.models.whole) == ("public", False, False)
        assert not [word for word in words_of("internal", "restricted") if word in repr(each.lacks)]
        assert "restricted" not in repr(each.lacks)
    assert all_.seen_by("restricted").basin is basin and public.ground is not None
    assert "curve-public" in repr(all_.lacks)  # who sees all is told that others read another curve
