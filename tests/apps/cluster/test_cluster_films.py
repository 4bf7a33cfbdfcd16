"""A film recorded over several nodes has the frames of a local one, whatever becomes of the nodes."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.apps.cluster.conftest import NODE
from tests.apps.recorder.test_recording import film, manifest, record  # noqa: F401  (a fixture)


def test_frames_are_those_of_a_local_recording_though_a_node_is_lost(
    cluster: Any,
    film: Path,  # noqa: F811
    small_basin: Path,
    tmp_path: Path,
) -> None:
    here, there, pngs = tmp_path / "here.mp4", tmp_path / "there.mp4", tmp_path / "pngs"
    assert record(film, small_basin, here, "--workers", 1).returncode == 0
    nodes = [cluster.add_node(**NODE, num_cpus=1) for _ in range(2)]
    options = ["--catalog", small_basin, "-o", there, "--frames", pngs, "--ray", cluster.address]
    command = [sys.executable, "-m", "apps.cli", "record", film, *options]
    with subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, text=True) as recording:
        while recording.poll() is None and not list(there.with_suffix(".parts").glob("segment-*.json")):
            with suppress(subprocess.TimeoutExpired):
                recording.wait(0.05)
        assert recording.poll() is None, "a node has recorded the first second, and others are to come"
        cluster.remove_node(nodes[0], allow_graceful=False)
        _, said = recording.communicate(timeout=120)
    cluster.remove_node(nodes[1])
    assert recording.returncode == 0, said
    assert manifest(there)["frames"] == manifest(here)["frames"]
    assert len(list(pngs.iterdir())) == len(manifest(here)["frames"])
