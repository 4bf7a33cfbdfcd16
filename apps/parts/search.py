"""Search panel: one field finds names and coordinates.

Without a text it lists the villages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from trame.widgets import html

from apps.browser.module import SearchElement
from apps.formatting import fixed
from apps.parts.part import Part
from apps.parts.triggers import trigger
from apps.parts.widgets import panel, panel_button
from apps.session.controller import Controller
from apps.texts import texts
from layers.camera.framing import seeing
from twin.scene import Selection
from twin.search.gazetteer import STATION, Toponym
from twin.search.written_place import MOST_WRITTEN, WrittenPoint, read_point

if TYPE_CHECKING:
    from apps.session.session import Session
    from twin.bilingual import Language

VILLAGE = "village"
MOST_ROWS = 12
POINT = "point:"
"""Begins the id of a row of coordinates."""


@dataclass(frozen=True, kw_only=True)
class PlaceRowView:
    """Row of a place found.

    ``detail`` says what it is and where, ``sign`` is that of a kind of station.
    """

    id: str
    name: str
    detail: str
    sign: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchView:
    """Answer to ``text``: rows, best first.

    ``note`` says what the list is, or why it is empty.
    """

    text: str = ""
    rows: list[PlaceRowView] = field(default_factory=list)
    note: str = ""


def view(session: Session, text: str, language: Language) -> SearchView:
    """Return what a text finds; without a text all villages.

    The first question reads the names of the basin (0.4 s).
    """
    t, text = texts(language), text.strip()
    if not text:
        villages = session.places.listed(VILLAGE)
        rows = [_row(place, language) for place in villages]
        return SearchView(rows=rows, note=t["search_villages"].format(n=len(rows)) if rows else "")
    point = read_point(text, session.basin.frame)
    if point is not None:
        if not _is_known(session, point.east, point.north):
            return SearchView(text=text, note=t["search_outside"].format(place=_degrees(session, point)))
        return SearchView(text=text, rows=[_coordinates(session, point, t)])
    rows = [_row(place, language) for place in session.places.find(text, most=MOST_ROWS)]
    return SearchView(text=text, rows=rows, note="" if rows else t["search_nothing"].format(text=text))


def _row(place: Toponym, language: Language) -> PlaceRowView:
    t = texts(language)
    kind = t.get(f"{place.kind}_{place.sort}") or t.get(f"toponym_{place.sort or place.kind}")
    parts = (kind or place.group[language], place.code, place.within if language == "zh" else "")
    sign = place.sort if place.kind == STATION else ""
    detail = " · ".join(part for part in parts if part)
    return PlaceRowView(id=place.id, name=place.name[language], detail=detail, sign=sign)


def _coordinates(session: Session, point: WrittenPoint, t: dict[str, str]) -> PlaceRowView:
    crs = session.basin.frame.crs
    metres = f"{crs} {t['axis_east']} {fixed(point.east, 1)} {t['axis_north']} {fixed(point.north, 1)}"
    read = t["search_read_as"].format(system=crs if point.system == "frame" else point.system)
    return PlaceRowView(
        id=f"{POINT}{point.east:.3f},{point.north:.3f}",
        name=_degrees(session, point),
        detail=f"{read} · {metres}",
    )


def _degrees(session: Session, point: WrittenPoint) -> str:
    lon, lat = (float(v) for v in session.basin.frame.to_lonlat(point.east, point.north))
    return f"{lat:.5f}° N, {lon:.5f}° E"


def _is_known(session: Session, east: float, north: float) -> bool:
    """Whether there is ground to be seen at a place."""
    x, y = np.array([east]), np.array([north])
    return isfinite(session.ground.height(x, y)[0]) or isfinite(session.ground.height_around(x, y)[0])


class SearchActions:
    """Find places and fly to them.

    Ids that do not exist change nothing.
    """

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._asked = 0

    @trigger
    def find_place(self, text: Annotated[str, Field(max_length=MOST_WRITTEN)]) -> None:
        """Publish what a text finds.

        Unless a newer one was asked for meanwhile.
        """
        controller = self._controller
        self._asked += 1
        number, language = self._asked, controller.language

        def publish(found: SearchView) -> None:
            if number == self._asked:
                controller.publish(search=found)

        controller.query(asyncio.to_thread(view, controller.session, text, language), publish)

    @trigger
    def go_to_place(self, place: Annotated[str, Field(max_length=200)]) -> None:
        """Fly to a place found, and select it."""
        session = self._controller.session
        if place.startswith(POINT):
            try:
                east, north = (float(v) for v in place.removeprefix(POINT).split(","))
            except ValueError:
                return
            if isfinite(east) and isfinite(north) and _is_known(session, east, north):
                self._fly(east, north, 0.0)
                self._select(east, north)
            return
        found = session.places.get(place)
        if found is None:
            return
        self._fly(found.east, found.north, found.radius_m)
        if found.kind == STATION and self._controller.live is not None:
            self._controller.live.open_station(found.code)
        else:
            self._select(found.east, found.north, found.name)

    def _fly(self, east: float, north: float, radius_m: float) -> None:
        session = self._controller.session
        camera = seeing(session.scene, session.ground, east, north, radius_m=radius_m)
        self._controller.area.fly_to(camera)

    def _select(self, east: float, north: float, name: Mapping[str, str] | None = None) -> None:
        self._controller.select(Selection(east_m=east, north_m=north))
        self._controller.show_place(east, north, name)


def build() -> None:
    with panel("search"):
        html.H2("{{ t.search }}")
        SearchElement(found=("search",), t=("t",))


def _button() -> None:
    panel_button("search", "magnify", key="/")


PART = Part(
    id="search",
    state={"search": SearchView()},
    build=build,
    panel="search",
    actions=(SearchActions,),
    button=_button,
    tools="head",
    keys={"/": ("panel", "search")},
    help=(("/", "key_search"),),
)
