"""The small basin with two stations of SL 651, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ports import free_port
from tests.shared_store import SharedStore
from tests.small import write_small_basin
from tests.stationed import declare_stations
from twin.basin import Basin

STATIONS = """STCD,STNM,LGTD,LTTD,STTP,watershed
31000001,云溪,116.95,40.50,ZZ,云溪河
30500001,大坝,116.93,40.49,RR,云溪河
"""
STREAMS = """station,property,interval_s
31000001,level,300
31000001,rain,300
30500001,level,300
"""


@pytest.fixture(scope="session")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_small_basin(tmp_path_factory.mktemp("live"))
    telemetry = {
        "id": "telemetry",
        "title": {"zh": "遥测", "en": "telemetry"},
        "driver": "sl651",
        "stations": "stations",
        "host": "127.0.0.1",
        "port": free_port(),
    }
    rivers = {"levels": [{"station": "31000001", "warning_m": 3.0}], "on_delay_min": 0}
    declare_stations(path, stations=STATIONS, streams=STREAMS, feeds=[telemetry], alarms={"rivers": rivers})
    return shared_store.build(path)


@pytest.fixture
def basin(catalog: Path, tmp_path: Path) -> Basin:
    """The basin with a live folder of its own."""
    store = tmp_path / "store"
    store.mkdir()
    for item in (catalog.parent / ".twin").iterdir():
        (store / item.name).symlink_to(item)
    return Basin.open(catalog, store=store)
