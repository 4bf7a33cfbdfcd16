"""Pictures: every test fails where VTK complains."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.layers.watching import no_complaints
from tests.visual.world import World


@pytest.fixture(autouse=True)
def vtk_is_quiet() -> Iterator[None]:
    with no_complaints():
        yield


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The lake by formula."""
    return World(tmp_path_factory.mktemp("world"))
