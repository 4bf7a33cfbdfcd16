"""The flight as a browser sees it: the desk's page, and the peers' pages, beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean

from playwright.sync_api import Page

from tests.bench import desk
from tests.bench.desk import PATIENCE, READY
from tests.bench.desk_browser import browser, drag, frames_while_dragging

LOADING_S = 600.0
"""The peers load everything before they answer."""

# Notes when each frame was painted, and whether it is one of those that move.
NOTE = """() => {
  const scene = document.querySelector(".twin-scene");
  const note = () => window.flown.push([performance.now(), scene.dataset.still === "false"]);
  window.flown = [];
  new MutationObserver(note).observe(scene, { attributes: true, attributeFilter: ["data-frame"] });
}"""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the desk's page saw: frames a second on each leg of the flight and while dragging near a village,
    and the delays from the mouse to its frame (ms)."""

    legs_fps: list[float]
    drag_fps: float
    mouse_ms: list[float]

    @property
    def flight_fps(self) -> float:
        return mean(self.legs_fps)


server = partial(desk.server, script="flight_servers.py")
"""One of the servers of flight_servers.py, answering."""


def fly_the_desk(*, catalog: Path, store: Path | None, stops: int, seconds: float) -> Desk:
    """From home to a courtyard and on to other villages, ``stops`` in all; then drag near the first."""
    with browser() as page, server("desk", catalog=catalog, store=store) as flown:
        page.goto(flown.url)
        page.wait_for_selector(READY, timeout=120_000)
        page.evaluate(NOTE)
        legs = [_leg(page, f"flight-{stop}") for stop in range(stops)]
        if stops > 1:
            legs.append(_leg(page, "flight-0"))
        fps = frames_while_dragging(page, button="right", seconds=seconds)
        page.wait_for_selector(READY, timeout=60_000)
        page.evaluate("window.twinDesk.stats.latencies.length = 0")
        drag(page, button="right", seconds=seconds)
        return Desk(legs_fps=legs, drag_fps=fps, mouse_ms=page.evaluate("window.twinDesk.stats.latencies"))


def _leg(page: Page, view: str) -> float:
    """Distinct moving frames a second on the way to a viewpoint, flown by the server."""
    page.evaluate("window.flown.length = 0")
    page.evaluate("view => window.twinDesk.trame.trigger('go_to', [view])", view)
    page.wait_for_function("window.flown.some(([, moving]) => moving)", timeout=60_000)
    page.wait_for_selector(READY, timeout=60_000)
    times = [at for at, moving in page.evaluate("window.flown") if moving]
    return 1000.0 * (len(times) - 1) / max(times[-1] - times[0], 1.0)


def peer_fps(kind: str, *, catalog: Path, store: Path | None, seconds: float) -> float:
    """Frames a second of a server that has loaded everything, while the mouse turns the scene; 0 where it
    shows none in that time."""
    seconds = max(2.0, PATIENCE * seconds) if kind == "remote" else seconds
    with browser() as page, server(kind, catalog=catalog, store=store) as peer:
        page.goto(peer.url, timeout=1000 * LOADING_S)
        return frames_while_dragging(page, button="left", seconds=seconds)
