"""From the feed to the screen: a value that a broker gets, until a page shows it.

The sample basin with all its stations, its own feed beside a real mosquitto; a headless browser of 1280 × 720
on the same machine. A value's time runs from the moment before it is published until a script of the page
sees it: a river station's in the words over the scene, the dam gauge's in the large number, with which
the lake moves.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import yaml
from paho.mqtt import client as mqtt
from playwright.sync_api import Page

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from apps.commands.outcome import LEFT_OUT  # noqa: E402
from tests.bench.desk_browser import browser  # noqa: E402
from tests.browser.conftest import READY, Served  # noqa: E402
from tests.twin.stations.broker import Broker  # noqa: E402

TOPIC, FIRST = "levels/now", "levels/first"
OVER = "window.twinDesk.stats.overlay"


def with_broker(catalog: Path, port: int) -> None:
    """Adds a broker to the feeds of a catalog's site."""
    site = catalog.parent / yaml.safe_load(catalog.read_text("utf-8")).get("site", "site.yaml")
    plan = yaml.safe_load(site.read_text("utf-8"))
    plan["feeds"].append(
        {
            "id": "broker",
            "title": {"zh": "消息", "en": "Messages"},
            "driver": "mqtt",
            "stations": "stations",
            "host": "127.0.0.1",
            "port": port,
            "topics": [TOPIC, f"{FIRST}/+"],
            "client_id": "bench",
            "map": {"items": "[@]", "station": "s", "property": "'level'", "value": "v", "time": "t"},
        }
    )
    site.write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")


def delays_ms(
    publish: Callable[[str, float], None],
    page: Page,
    station: str,
    values: list[float],
    seen: str,
) -> list[float]:
    """How long each value took until ``seen``, a function of the page, found it; without a rhythm."""
    luck, took = random.Random(1), []
    for value in values:
        page.wait_for_timeout(luck.uniform(200, 1200))
        begun = time.perf_counter()
        publish(station, value)
        page.wait_for_function(seen, arg=[station, f"{value:.2f}"], polling="raf", timeout=30_000)
        took.append(1e3 * (time.perf_counter() - begun))
    return took


FRESH_RIVER = "(label) => label.kind === 'station-stage' && label.state === 'fresh'"
IN_WORDS = f"""([id, value]) => {OVER}.labels.some(
    (label) => label.id === id && label.detail.startsWith(value + " "))"""
LEVEL_SHOWN = (
    """() => (/(\\d+\\.\\d\\d)\\s*m\\s/.exec(document.querySelector(".readout").innerText) || [])[1]"""
)
IN_NUMBER = (
    """([id, value]) => document.querySelector(".readout").innerText.replace(/\\s/g, "").includes(value)"""
)


def measure(
    catalog: Path, folder: Path, *, count: int, first: Mapping[str, float] | None = None
) -> list[tuple[str, str, str]]:
    """Rows of the table, for a catalog that may be written to; ``first`` values of stations that have no
    other feed."""
    with ExitStack() as ends:
        broker = Broker(folder)
        asyncio.run(broker.start())
        ends.callback(broker.stop)
        with_broker(catalog, broker.port)
        build = [sys.executable, "-m", "apps.cli", "build", str(catalog)]
        built = subprocess.run(build, check=False, stdout=subprocess.DEVNULL)
        assert built.returncode in (0, LEFT_OUT), built.returncode
        served = Served(catalog, folder / "server.log")
        ends.callback(served.stop)
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        ends.callback(client.loop_stop)

        def publish(station: str, value: float, *, topic: str = TOPIC, keep: bool = False) -> None:
            told = {"s": station, "v": value, "t": datetime.now(UTC).isoformat()}
            client.publish(topic, json.dumps(told), qos=1, retain=keep)

        page = ends.enter_context(browser())
        page.goto(served.url)
        page.wait_for_selector(READY, timeout=120_000)
        for station, value in (first or {}).items():
            # The broker keeps them for a feed that is not there yet, one for each topic.
            publish(station, value, topic=f"{FIRST}/{station}", keep=True)
        page.wait_for_function(f"() => {OVER} && {OVER}.labels.some({FRESH_RIVER})", timeout=120_000)
        river = page.evaluate(f"() => {OVER}.labels.find({FRESH_RIVER})")
        gauge = page.evaluate(f"() => {OVER}.marks.find((mark) => mark.kind === 'station-reservoir').id")
        page.evaluate("() => window.twinDesk.trame.trigger('follow_live', [])")
        page.wait_for_selector(".chip-live-fresh", timeout=60_000)
        shown = page.wait_for_function(LEVEL_SHOWN, timeout=60_000).json_value()
        rows = []
        for what, station, now, seen in (
            ("a river station's, in its words over the scene", river["id"], river["detail"], IN_WORDS),
            ("the dam gauge's, in the large number", gauge, shown, IN_NUMBER),
        ):
            base = float(now.split()[0])
            values = [base + 0.01 * (1 + k % 3) for k in range(count)]  # no jump that would be in doubt
            took = delays_ms(publish, page, station, values, seen)
            middle, most = np.percentile(took, [50, 95])
            rows.append(
                (f"value at the feed → on the screen: {what}", f"{middle:.0f} / {most:.0f} ms", "1 s p95")
            )
        return rows


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--values", type=int, default=200)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("data_catalog.yaml", "site.yaml"):
            shutil.copy(PROJECT / file, folder / file)
        rows = measure(folder / "data_catalog.yaml", folder, count=asked.values)
    print("| what | median / p95 | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
