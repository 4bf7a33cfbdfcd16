"""The small basin with a flood of its own and a layer that is broken."""

from __future__ import annotations

import json
from pathlib import Path

from tests.small import write_small_basin

ENTRIES = """  flood:
    kind: run
    title: {zh: 小洪水, en: Small flood}
    driver: table
    uri: flood.csv
    status: published
    edition: "1"
    source: invented, so that the cone's pool meets it
    access: public
  roads:
    kind: road
    title: {zh: 道路, en: Roads}
    driver: vector
    uri: roads_that_are_missing.geojson
    crs: EPSG:4548
    edition: "1"
    source: a file that is not there
    access: public
"""

FLOOD = """time_local,inflow_m3s,outflow_m3s,level_m,storage_1e8m3,note
2025-07-26 21:00,5,2,,,
2025-07-27 03:00,100,,,,first peak
2025-07-27 08:00,,,150.00,,
2025-07-27 15:00,,5,,,
2025-07-28 08:00,70,,,,second peak
2025-07-28 18:00,,15,,,
2025-07-29 23:00,,,155.00,0.1800,highest
2025-07-30 10:00,,,154.98,,
"""

LEVELS = """levels:
  - {id: dead, name: {zh: 死水位, en: Dead level}, level_m: 126.0, source: invented}
  - {id: flood-limit, name: {zh: 汛限水位, en: Flood-limit level}, level_m: 152.0,
     season: {from: 06-01, to: 09-15}, source: invented}
"""


def write_flood_basin(folder: Path) -> Path:
    """Write catalog, site and data; returns the catalog's path."""
    catalog = write_small_basin(folder)
    catalog.write_text(catalog.read_text(encoding="utf-8") + ENTRIES, encoding="utf-8")
    (folder / "flood.csv").write_text(FLOOD, encoding="utf-8")
    site = folder / "small_site.yaml"
    site.write_text(site.read_text(encoding="utf-8").replace("levels:\n", LEVELS), encoding="utf-8")
    villages = json.loads((folder / "villages.geojson").read_text(encoding="utf-8"))
    villages["features"].append({"type": "Feature", "properties": {"name": "无"}, "geometry": None})
    (folder / "villages.geojson").write_text(json.dumps(villages), encoding="utf-8")
    return catalog
