from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.stations.broker import PROGRAM, Broker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    assert Path(PROGRAM).exists(), "no mosquitto here: script/bootstrap installs it"
    it = Broker(tmp_path)
    yield it
    it.stop()
