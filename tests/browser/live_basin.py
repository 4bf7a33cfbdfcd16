"""The small basin with two stations, fed from a file that a test serves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from tests.browser.flood_basin import write_flood_basin
from tests.stationed import declare_stations

STATIONS = """id,name_zh,name_en,kind,lon,lat,township,watershed,river
30500001,大坝水位站,Dam gauge,reservoir,{dam},云溪镇,云溪河,
31000001,云溪水位站,Yunxi gauge,stage,{river},云溪镇,云溪河,云溪河
30900001,北岭雨量站,Beiling rain gauge,rain,{rain},北岭镇,云溪河,
"""
STREAMS = """station,property,interval_s
30500001,level,300
31000001,level,300
31000001,flow,300
30900001,rain,300
"""
PLACES = {"dam": (492_000, 4_482_500), "river": (492_300, 4_484_000), "rain": (491_400, 4_483_300)}


def write_live_basin(folder: Path, *, url: str | None, more: int = 0) -> Path:
    """Write catalog, site and data; values come from ``url``, if any. Returns the catalog's path.

    ``more`` rain stations stand all over the basin, from 40000000 on.
    """
    from twin.crs import transform

    catalog = write_flood_basin(folder)
    catalog.write_text(catalog.read_text("utf-8").replace("id: small\n", "id: small-live\n", 1), "utf-8")
    lonlat = {}
    for name, (east, north) in PLACES.items():
        lon, lat = transform([east], [north], source="EPSG:4548", target="EPSG:4490")
        lonlat[name] = f"{float(lon[0]):.6f},{float(lat[0]):.6f}"
    web = {
        "id": "web",
        "title": {"zh": "接口", "en": "Interface"},
        "driver": "http",
        "stations": "stations",
        "url": url,
        "every_s": 0.2,
        "map": {"station": "s", "property": "p", "value": "v", "time": "t", "items": "@"},
    }
    rivers = {"levels": [{"station": "31000001", "warning_m": 3.0}], "on_delay_min": 0}
    luck = np.random.default_rng(20250728)
    place = luck.uniform((490_000, 4_481_500), (494_000, 4_485_000), (more, 2)).T
    lon, lat = transform(*place.tolist(), source="EPSG:4548", target="EPSG:4490")
    rows = [f"4000{k:04d},测站{k}号,Gauge {k},rain,{lon[k]:.6f},{lat[k]:.6f},,,\n" for k in range(more)]
    declare_stations(
        catalog,
        stations=STATIONS.format(**lonlat) + "".join(rows),
        streams=STREAMS + "".join(f"4000{k:04d},rain,300\n" for k in range(more)),
        feeds=[] if url is None else [web],
        alarms={"rivers": rivers},
    )
    return catalog


def values(file: Path, *rows: tuple[str, str, float | None, float]) -> None:
    """Serve these: (station, property, value, minutes ago)."""
    now = datetime.now(UTC).replace(microsecond=0)
    told = [
        {"s": station, "p": property_, "v": value, "t": (now - timedelta(minutes=ago)).isoformat()}
        for station, property_, value, ago in rows
    ]
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(told), "utf-8")
    partial.replace(file)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return


@contextmanager
def feeding(folder: Path, *rows: tuple[str, str, float | None, float]) -> Iterator[tuple[Path, str]]:
    """Serve values from a file in a folder: the file, for ``values`` to change it, and its address."""
    file = folder / "now.json"
    values(file, *rows)
    with serving(file) as url:
        yield file, url


@contextmanager
def serving(file: Path) -> Iterator[str]:
    """Serve a file's folder; the file's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(file.parent)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{file.name}"
    server.shutdown()
    server.server_close()
    thread.join()
