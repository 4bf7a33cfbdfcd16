"""Layer: shown, hidden and described apart from how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeVar

from layers.errors import LayerError
from twin.catalog.layer_kinds import kind_of
from twin.errors import Reason
from twin.layer_data import LayerData
from twin.scene import LayerState

if TYPE_CHECKING:
    from twin.catalog import Entry

SCENE_LAYER_IDS = ("terrain", "water", "surroundings", "sky")
"""The scene's own layers, which no entry of a catalog makes."""

State = Literal["ready", "broken"]
D = TypeVar("D", bound=LayerData)
Extent = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class LegendEntry:
    """Line of a legend: colour (#rrggbb) and meaning, in both languages.

    ``sign`` is a station's: its kind, or a state of it.
    """

    colour: str
    text: Mapping[str, str]
    shape: Literal["area", "line", "point"] = "area"
    sign: str = ""


@dataclass(frozen=True, kw_only=True)
class StreamStatus:
    """Status of streaming at the last frame.

    Tiles drawn, bytes held, the error that was aimed at (px), tiles that the view needs and does not have
    yet, and how many cannot be read.
    """

    tiles: int = 0
    nbytes: int = 0
    error_px: float = 0.0
    missing: int = 0
    faults: int = 0


@dataclass(frozen=True, kw_only=True)
class LayerFacts:
    """Facts of a layer for people.

    ``streaming`` is None for one whose tiles are not streamed.
    """

    id: str
    title: Mapping[str, str]
    at_first: LayerState
    state: State = "ready"
    reason: Reason | None = None
    legend: tuple[LegendEntry, ...] = ()
    streaming: StreamStatus | None = None


def layer_id(entry_id: str) -> str:
    """Return an entry's layer id, distinct from the scene's own layers'."""
    return f"{entry_id}-data" if entry_id in SCENE_LAYER_IDS else entry_id


def entry_layer(entry: Entry) -> str:
    """Return the id of the layer that shows an entry.

    Its own, the ground's, or the water's.
    """
    return kind_of(entry.kind).shown_by or layer_id(entry.id)


class Layer:
    """Base of all layers; by itself a broken one, greyed.

    ``extent`` is (west, south, east, north) in the frame's CRS, or None where the layer has none.
    A broken layer has ``state == "broken"`` and says why in ``reason``, in one line.
    """

    kind = "layer"

    def __init__(
        self,
        id: str,  # noqa: A002  (the field's own word)
        *,
        title: Mapping[str, str],
        visible: bool = True,
        opacity: float = 1.0,
        extent: Extent | None = None,
        legend: tuple[LegendEntry, ...] = (),
        reason: Reason | None = None,
    ) -> None:
        self.id = id
        self.title = title
        self.extent = extent
        self.legend = legend
        self.reason = reason
        self.state: State = "ready" if reason is None else "broken"
        self.on_change: Callable[[], None] = lambda: None
        #: How it is shown in a fresh view, once it can be.
        self.at_first = LayerState(visible=visible, opacity=opacity)
        self._visible, self._opacity = visible and reason is None, opacity

    @property
    def visible(self) -> bool:
        return self._visible

    @property
    def opacity(self) -> float:
        return self._opacity

    def facts(self) -> LayerFacts:
        """Describe the layer at the last frame."""
        return LayerFacts(
            id=self.id,
            title=self.title,
            at_first=self.at_first,
            state=self.state,
            reason=self.reason,
            legend=self.legend,
        )

    def set_state(self, state: LayerState) -> None:
        """Draw the layer with this state; a broken one stays hidden."""
        visible = state.visible and self.state == "ready"
        if (visible, state.opacity) != (self._visible, self._opacity):
            self._visible, self._opacity = visible, state.opacity
            self.restyle()

    def restyle(self) -> None:
        """Apply visibility and opacity to what is drawn."""


def layer_of(data: D, make: Callable[[D], Layer]) -> Layer:
    """Make the layer of an entry's data, or a greyed one.

    Where it has a fault or cannot be drawn. ``make`` gets the data under the id of their layer.
    """
    data = replace(data, id=layer_id(data.id))
    reason = data.fault
    if reason is None:
        try:
            return make(data)
        except (ValueError, TypeError, KeyError, AttributeError) as error:  # what odd data may raise
            reason = Reason.of(LayerError(f"cannot be drawn: {error}"))
    layer = Layer(data.id, title=data.title, reason=reason)
    layer.kind = data.kind
    return layer
