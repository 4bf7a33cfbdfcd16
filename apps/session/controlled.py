"""Interfaces that a controller works with: picture, live data, page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from twin.bilingual import Language

if TYPE_CHECKING:
    from apps.live.client import LiveClient
    from apps.painter.messages import Picked
    from layers.labels.signs import Signs
    from layers.layer import LayerFacts
    from twin.alarms.operating import AlarmOperation
    from twin.scene import Camera, Scene
    from twin.stations.filter import Filter
    from twin.stations.network import Network
    from twin.stations.snapshot import ValueNow

Message = Callable[[Language], str]
"""Words in the language of whoever reads them: what is on the page follows a switch of language."""


class SceneHandle(Protocol):
    """Streamed picture as a controller uses it.

    :class:`apps.stream.scene_view.SceneView`.
    """

    caption: Callable[[], dict[str, Any]]

    def changed(self, *, moving: bool = True, seen: float | None = None) -> None: ...

    signs: Callable[[Scene], Signs]

    def recaption(self) -> None: ...
    def relabel(self) -> None: ...
    async def layers(self) -> Sequence[LayerFacts]: ...
    async def pick(self, x: float, y: float) -> Picked | None: ...
    def fly_to(self, camera: Camera) -> None: ...
    def jump(self) -> None: ...
    @property
    def aspect(self) -> float: ...
    @property
    def width(self) -> int: ...


class Live(Protocol):
    """Live service's data, where the basin has stations."""

    who: str
    client: LiveClient

    @property
    def network(self) -> Network: ...
    def open_station(self, station: str) -> None: ...
    def choose_stream(self, stream: str) -> None: ...
    def choose(self, wanted: Filter) -> None: ...
    def refresh(self) -> None: ...
    def operate(self, operation: AlarmOperation) -> None: ...
    def lake_value(self, property_: str) -> ValueNow | None: ...
    @property
    def charts(self) -> Any: ...
    def start(self, work: Coroutine[Any, Any, None]) -> None: ...
    def draw_charts(self) -> None: ...


class Publish(Protocol):
    """Sets keys of the page's state."""

    def __call__(self, **views: Any) -> None: ...
