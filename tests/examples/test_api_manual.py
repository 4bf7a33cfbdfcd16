"""The lines of docs/api.md run as they stand."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from tests.apps.hub.rest.rest_hub import RestHub, rest_hub
from tests.shared_store import SharedStore
from tests.small import write_small_basin
from tests.stationed import declare_stations
from twin.basin import Basin
from twin.live import open_database
from twin.stations.model import Observation
from twin.stations.store import Writer

MANUAL = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
LINES = [
    line.partition(" #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", MANUAL, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("curl ")
]
AT = datetime(2026, 7, 28, 8, tzinfo=UTC)
STATIONS = "id,kind,name_zh,name_en,lon,lat\n30510101,reservoir,大坝站,At the dam,116.906,40.485\n"
STREAMS = "station,property,unit,interval_s\n30510101,level,m,300\n"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, shared_store: SharedStore) -> Iterator[RestHub]:
    """The small basin with a station that has been heard of, served."""
    catalog = write_small_basin(tmp_path_factory.mktemp("api"))
    declare_stations(catalog, stations=STATIONS, streams=STREAMS)
    shared_store.build(catalog)
    database = open_database(Basin.open(catalog), write=True)
    seen = Observation(datastream="30510101.level", phenomenon_at=AT, received_at=AT, value=151.25)
    Writer(database).append([seen])
    database.close()
    with rest_hub(catalog) as found:
        yield found


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_manual_runs(hub: RestHub, tmp_path: Path, line: str) -> None:
    asked = line.replace("http://127.0.0.1:8080", f"http://{hub.host}:{hub.port}")
    assert asked.startswith("curl ")
    done = subprocess.run(
        ["bash", "-c", f"curl --silent --show-error {asked[5:]}"],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=True,
    )
    files = list(tmp_path.iterdir())
    if not files:
        told = json.loads(done.stdout)
        assert ("status" in told) == ("level_m=999" in line), told
        if "known_at" in line:
            assert [row["value"] for row in told["observations"]] == [151.25]
    for file in files:
        if file.suffix == ".csv":
            assert ("158.0," if "affected" in line else "151.25") in file.read_text("utf-8")
        elif file.suffix == ".pdf":
            assert file.read_bytes().startswith(b"%PDF-")
        else:
            with Image.open(file) as picture:
                assert picture.size == ((1280, 720) if file.suffix == ".png" else (640, 360))
