from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOOD = """\
version: 1
id: try
name: {zh: 试, en: Try}
synthetic: true
vertical: {working: local}
reservoir:
  name: {zh: 库, en: Reservoir}
  seed: {lon: 116.9, lat: 40.5}
  lowest_m: 126.0
  highest_m: 160.0
entries:
  terrain:
    kind: terrain
    title: {zh: 地形, en: Terrain}
    driver: raster
    uri: ground.tif
    vertical: {reference: local}
    vertical_error_m: 1.0
    bed: none
    edition: "1"
    source: a test
    access: public
  roads:
    kind: road
    title: {zh: 道路, en: Roads}
    driver: vector
    uri: roads.geojson
    crs: GCJ-02
    edition: "1"
    source: a test
    access: internal
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a good catalog with changes (old text, new text) and the (empty) files that it names."""

    def do(*changes: tuple[str, str], site: str | None = None) -> Path:
        text = GOOD
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        for name in ("ground.tif", "roads.geojson"):
            (tmp_path / name).touch()
        if site is not None:
            (tmp_path / "site.yaml").write_text(site, encoding="utf-8")
        path = tmp_path / "data_catalog.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return do
