"""The code of docs/library.md runs as it stands, block after block."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshes.pipeline import build
from tests.small import write_small_basin
from tests.stationed import declare_stations
from twin.basin import Basin
from twin.live import open_database
from twin.stations.model import Observation
from twin.stations.store import Writer

MANUAL = (Path(__file__).parents[2] / "docs" / "library.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", MANUAL, re.DOTALL)
AT = datetime(2026, 7, 28, 8, tzinfo=UTC)
STATIONS = "id,kind,name_zh,name_en,lon,lat\n30510101,reservoir,大坝站,At the dam,116.906,40.485\n"
STREAMS = "station,property,unit,interval_s\n30510101,level,m,300\n"
CHECKS = """
assert abs(level_m - 150.0) < 1e-3
assert fallen.area_m2 <= report.area_m2
assert wet.shape == ground_m.shape
assert abs(wet.sum() * 400.0 / report.area_m2 - 1.0) < 0.01
assert seen.value == 151.25
assert basin_blocks["water"].n_cells == wet.sum()
"""


@pytest.fixture(scope="module")
def stationed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small basin with a station that has been heard of."""
    catalog = write_small_basin(tmp_path_factory.mktemp("library"))
    declare_stations(catalog, stations=STATIONS, streams=STREAMS)
    build(catalog)
    database = open_database(Basin.open(catalog), write=True)
    seen = Observation(datastream="30510101.level", phenomenon_at=AT, received_at=AT, value=151.25)
    Writer(database).append([seen])
    database.close()
    return catalog.parent


def test_every_block_runs_in_its_order(stationed: Path, project: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(project)!r})\n" + "\n".join([*BLOCKS, CHECKS])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=stationed,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Small basin" in done.stdout
    assert "大坝站 level 151.25" in done.stdout
    for name in ("lake.png", "track.png", "track_with_names.png"):
        with Image.open(stationed / name) as file:
            assert file.size == (640, 360)
            assert np.asarray(file.convert("RGB")).std() > 10.0, name
    for name in ("water.vtp", "basin.vtm"):
        assert (stationed / name).is_file()


def test_a_reader_of_the_manual_finds_every_section_in_code() -> None:
    assert len(BLOCKS) >= 8
