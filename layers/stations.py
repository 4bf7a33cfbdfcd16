"""Draw monitoring stations as a layer.

The layer draws nothing by itself: signs and words are laid over the picture with the names, so they stay
sharp and change without a new picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from layers.labels.candidates import LabelCandidate
from layers.labels.symbols import ALARMS, COLOURS, SHAPES
from layers.layer import Layer, LegendEntry
from twin.stations.snapshot import Tone

if TYPE_CHECKING:
    from layers.gl.render_context import RenderContext
    from layers.model import SceneBasin

KINDS: Mapping[str, Mapping[str, str]] = {
    "rain": {"zh": "雨量站（水滴）", "en": "Rain (drop)"},
    "stage": {"zh": "河道水位站（水尺）", "en": "River stage (staff)"},
    "flow": {"zh": "水文站（箭头）", "en": "Flow (arrow)"},
    "reservoir": {"zh": "水库水位站（梯形）", "en": "Reservoir level (basin)"},
    "quality": {"zh": "水质断面（六边形）", "en": "Water quality (hexagon)"},
    "outfall": {"zh": "排污口（下三角）", "en": "Outfall (triangle)"},
    "ecology": {"zh": "生态站（叶）", "en": "Ecology (leaf)"},
    "soil": {"zh": "水保站（菱形）", "en": "Soil and water (diamond)"},
}
STATES: tuple[Mapping[str, str], ...] = (
    {"zh": "空心：数值已过时", "en": "Hollow: out of date"},
    {"zh": "空心加叉：中断", "en": "Hollow and crossed: silent"},
    {"zh": "圆底：报警，越大越重", "en": "On a disc: alarm, the larger the graver"},
)
GRADES: Mapping[Tone, Mapping[str, str]] = {
    "red": {"zh": "红色：一级", "en": "Red: grade I"},
    "orange": {"zh": "橙色：二级", "en": "Orange: grade II"},
    "yellow": {"zh": "黄色：三级", "en": "Yellow: grade III"},
    "blue": {"zh": "蓝色：四级", "en": "Blue: grade IV"},
}
"""What a disc's colour means; a rainstorm warning has the colour it is named by."""


class StationPlace(Protocol):
    """Station as this layer needs it."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> Mapping[str, str]: ...


class StationsLayer(Layer):
    """Layer of a basin's stations.

    ``places`` are (station, east, north) in the frame's CRS.
    """

    kind = "stations"

    def __init__(
        self,
        places: Iterable[tuple[StationPlace, float, float]],
        *,
        id: str = "stations",  # noqa: A002  (the field's own word)
        title: Mapping[str, str],
        visible: bool = True,
    ) -> None:
        places = list(places)
        kinds = [kind for kind in SHAPES if any(station.kind == kind for station, _, _ in places)]
        legend = [
            LegendEntry(colour=COLOURS[kind], text=KINDS[kind], shape="point", sign=kind) for kind in kinds
        ]
        legend += [
            LegendEntry(colour="#00000000", text=text, shape="point", sign=sign)
            for sign, text in zip(("stale", "dead", "alarm"), STATES, strict=True)
        ]
        legend += [LegendEntry(colour=ALARMS[tone], text=GRADES[tone], shape="point") for tone in GRADES]
        super().__init__(id, title=title, visible=visible, legend=tuple(legend))
        self.candidates = tuple(
            LabelCandidate(
                id=station.id,
                layer=id,
                kind=f"station-{station.kind}",
                east=east,
                north=north,
                text=station.name,
                mark=COLOURS[station.kind],
                live=True,
            )
            for station, east, north in places
        )


def station_layers(basin: SceneBasin, _context: RenderContext) -> list[Layer]:
    """Make the layer of a basin's stations; none where it has none."""
    network = basin.network()
    if network is None or not network.stations:
        return []
    found = list(network.stations.values())
    east, north = basin.frame.from_lonlat([s.lon for s in found], [s.lat for s in found])
    places = zip(found, map(float, east), map(float, north), strict=True)
    return [StationsLayer(places, title={"zh": "监测站", "en": "Stations"})]
