"""The page that opens a store in CesiumJS hears what goes wrong: its silence means something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.test_cesium import on_the_globe
from tests.interop.viewer import viewing
from tests.meshes.tiles.tiling import pair, put_tree

pytestmark = pytest.mark.browser


def test_a_missing_tile_a_torn_one_and_another_host_are_heard(tmp_path: Path, cesium: Path) -> None:
    tree = pair()
    put_tree(tmp_path, tree)
    (tmp_path / "west.glb").unlink()
    (tmp_path / "east.glb").write_bytes((tmp_path / "east.glb").read_bytes()[:200])
    with viewing(tmp_path, cesium=cesium) as viewer:
        assert viewer.faults() == []
        viewer.look(on_the_globe((tree.low[0] + tree.high[0]) / 2), rangeM=300.0)
        viewer.page.evaluate("fetch('http://example.org/imagery').catch(() => null)")
        faults = viewer.faults()
    assert any(fault.startswith("404") and fault.endswith("/west.glb") for fault in faults)
    assert any("east.glb: " in fault for fault in faults)
    assert "asks another host: http://example.org/imagery" in faults
