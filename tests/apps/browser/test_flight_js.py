"""A page of the wall that opens in a flight flies along."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from apps.browser import module
from twin.scene import Camera

HERE = Path(__file__).parent
WWW = Path(module.__file__).with_name("www")


def test_a_page_that_is_told_of_a_flight_before_its_first_picture_ends_where_that_ends() -> None:
    """It stayed where that picture was: the flight's pictures were small pieces in grey."""
    start = Camera(
        target_east_m=480_000.0,
        target_north_m=4_480_000.0,
        target_m=150.0,
        distance_m=44_000.0,
        heading_deg=10.0,
        pitch_deg=-36.0,
    )
    end = start.model_copy(update={"distance_m": 5_000.0, "heading_deg": 25.0})
    told = {"start": dict(start), "end": dict(end), "seconds": 2.0, "elapsed": 0.5}
    node = shutil.which("node")
    assert node is not None, "node is needed: script/bootstrap installs it"
    done = subprocess.run(
        [node, str(HERE / "flight_cases.mjs"), str(WWW)],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {"camera": dict(end), "flies": False}
