"""A small basin with a flood, built; not to be changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.flood_basin import write_flood_basin
from tests.shared_store import SharedStore


@pytest.fixture(scope="session")
def flood_basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_store.build(write_flood_basin(tmp_path_factory.mktemp("wall")))
