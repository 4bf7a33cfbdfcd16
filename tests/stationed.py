"""Declare stations in a small basin that a test has written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def declare_stations(catalog: Path, *, stations: str, streams: str, **plan: Any) -> None:
    """Add the entry ``stations`` with its two tables (CSV), and set these keys of the site."""
    told = yaml.safe_load(catalog.read_text("utf-8"))
    told["entries"]["stations"] = {
        "kind": "stations",
        "title": {"zh": "测站", "en": "Stations"},
        "driver": "table",
        "uri": "stations.csv",
        "datastreams": "datastreams.csv",
        "edition": "1",
        "source": "a test",
        "access": "public",
    }
    _write(catalog, told)
    (catalog.parent / "stations.csv").write_text(stations, "utf-8")
    (catalog.parent / "datastreams.csv").write_text(streams, "utf-8")
    site = catalog.parent / told["site"]
    _write(site, yaml.safe_load(site.read_text("utf-8")) | plan)


def _write(file: Path, document: object) -> None:
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
