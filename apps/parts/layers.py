"""Layers panel: rows of layers as the scene shows them."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import Field
from trame.widgets import html

from apps.browser.module import Icon, SignElement
from apps.error_messages import told, without_folders
from apps.line_translation import translated
from apps.parts.part import Part
from apps.parts.triggers import Number, Word, trigger
from apps.parts.widgets import panel, panel_button, switch
from apps.session.controller import Controller
from apps.session.lacks import Lack, lacks_at
from apps.texts import texts
from layers.layer import LayerFacts, entry_layer
from twin.bilingual import Language
from twin.scene import Density, Scene
from twin.store import NOT_BUILT

if TYPE_CHECKING:
    from twin.catalog import Entry


@dataclass(frozen=True, kw_only=True)
class LegendView:
    colour: str
    text: str
    shape: str
    sign: str = ""


@dataclass(frozen=True, kw_only=True)
class LayerView:
    """Row of the layers panel.

    One that is broken, or lacks a part, has its ``reason``. ``gauge`` says how the streaming of a model
    stands, ``sources`` where its data come from, ``notes`` what a build left out of them or doubts.
    """

    id: str
    name: str
    visible: bool
    opacity: int
    broken: bool = False
    reason: str = ""
    gauge: str = ""
    sources: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    legend: list[LegendView] = field(default_factory=list)


NOTHING: Mapping[str, Sequence[Lack]] = MappingProxyType({})


def view(
    layers: Mapping[str, LayerFacts],
    scene: Scene,
    lacks: Mapping[str, Sequence[Lack]] = NOTHING,
    entries: Iterable[Entry] = (),
) -> list[LayerView]:
    """Return a row per layer, in the stage's order.

    Broken ones are grey and carry their reason. ``lacks``: what is missing of the data, by layer;
    ``entries`` of the catalog are their sources.
    """
    language = scene.language
    sources: dict[str, list[str]] = {}
    for entry in entries:
        lines = sources.setdefault(entry_layer(entry), [])
        if (line := _source(entry, language)) not in lines:
            lines.append(line)
    states = {layer.id: scene.layers.get(layer.id, layer.at_first) for layer in layers.values()}
    return [
        LayerView(
            id=layer.id,
            name=layer.title[language],
            visible=states[layer.id].visible and layer.state == "ready",
            opacity=round(100 * states[layer.id].opacity),
            broken=layer.state == "broken",
            reason=_reason(layer, language),
            gauge=_gauge(layer, language),
            sources=sources.get(layer.id, []),
            notes=[line for lack in lacks_at(layer.id, lacks, layers) for line in lack.lines(language)],
            legend=[
                LegendView(colour=entry.colour, text=entry.text[language], shape=entry.shape, sign=entry.sign)
                for entry in layer.legend
            ],
        )
        for layer in layers.values()
    ]


def _source(entry: Entry, language: Language) -> str:
    """Where an entry's data come from, which edition it is and since when, and under which licence."""
    t = texts(language)
    edition = t["layer_edition"].format(edition=entry.edition)
    since = "" if entry.since is None else t["layer_since"].format(day=entry.since.isoformat())
    parts = (translated(entry.source, language), edition, since, entry.licence or t["layer_no_licence"])
    return " · ".join(part for part in parts if part)


def _reason(layer: LayerFacts, language: Language) -> str:
    if layer.reason == NOT_BUILT:
        return texts(language)["not_built"]
    if layer.reason is None:
        return ""
    why = without_folders(told(layer.reason, language))
    if layer.streaming is not None and (count := layer.streaming.faults):
        return texts(language)["tiles_broken"].format(count=count, why=why)
    return why


def _gauge(layer: LayerFacts, language: Language) -> str:
    """How the streaming stood at the last frame; nothing before the first one, and for other layers."""
    found = layer.streaming
    if found is None or not found.error_px:  # nothing has been aimed at yet: zeros were never counted
        return ""
    words = texts(language)["tiles_gauge"]
    return words.format(tiles=found.tiles, megabytes=round(found.nbytes / 1e6), error=f"{found.error_px:.0f}")


def build() -> None:
    with panel("layers"):
        html.H2("{{ t.layers }}")
        with html.Div(classes="density"):
            html.Span("{{ t.density }}", raw_attrs=['id="density"'])
            switch(
                get_args(Density),
                chosen="views.density",
                click="trigger('show_density', ['{choice}'])",
                text="density",
                label="density",
            )
        with html.Ul(classes="layers"):
            with html.Li(
                v_for=("layer in layers",),
                key=("layer.id",),
                classes=("'layer' + (layer.broken ? ' layer-broken' : '')",),
                raw_attrs=[':data-layer="layer.id"'],
            ):
                with html.Div(classes="layer-head"):
                    html.Button(
                        type="button",
                        classes=("'toggle' + (layer.visible ? ' toggle-on' : '')",),
                        click="trigger('show_layer', [layer.id, !layer.visible])",
                        raw_attrs=[
                            'role="switch"',
                            ':aria-checked="layer.visible"',
                            ":aria-label=\"t.layer_show.replace('{name}', layer.name)\"",
                            ':disabled="layer.broken"',
                        ],
                    )
                    html.Span("{{ layer.name }}", classes="layer-name")
                    html.Span("{{ layer.opacity }}%", v_if=("layer.visible",), classes="layer-percent")
                html.P("{{ layer.gauge }}", v_if=("layer.visible && layer.gauge",), classes="layer-gauge")
                with html.P(v_if=("layer.reason",), classes="layer-reason"):
                    Icon("alert-outline")
                    html.Span("{{ layer.reason }}")
                html.P(
                    "{{ source }}",
                    v_for=("source in layer.visible ? layer.sources : []",),
                    key=("source",),
                    classes="layer-source",
                )
                with html.P(v_for=("note in layer.notes",), key=("note",), classes="layer-note"):
                    Icon("information-outline")
                    html.Span("{{ note }}")
                html.Input(
                    v_if=("layer.visible",),
                    type="range",
                    classes="range",
                    input="trigger('layer_opacity', [layer.id, Number($event.target.value)])",
                    raw_attrs=[
                        'min="0"',
                        'max="100"',
                        'step="5"',
                        ':value="layer.opacity"',
                        ":style=\"{ '--part': layer.opacity + '%' }\"",
                        ":aria-label=\"t.layer_opacity.replace('{name}', layer.name)\"",
                    ],
                )
                with html.Ul(v_if=("layer.visible && layer.legend.length",), classes="legend"):
                    with html.Li(v_for=("entry in layer.legend",), key=("entry.text",)):
                        SignElement(v_if=("entry.sign",), kind=("entry.sign",))
                        html.I(
                            v_if=("!entry.sign",),
                            classes=("'swatch swatch-' + entry.shape",),
                            style=("{ '--colour': entry.colour }",),
                        )
                        html.Span("{{ entry.text }}")


class LayerActions:
    """Show, hide and fade layers.

    Names that do not exist change nothing.
    """

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    @trigger
    def show_layer(self, layer: Word, visible: bool) -> None:
        """Show or hide a layer."""

        self._restyle(layer, visible=visible)

    @trigger
    def layer_opacity(self, layer: Word, percent: Annotated[Number, Field(ge=0, le=100)]) -> None:
        """Make a layer more or less opaque."""

        self._restyle(layer, opacity=percent / 100)

    def _restyle(self, layer: str, **state: float) -> None:
        """Change the state of a layer that can be shown."""
        found = self._controller.layers.get(layer)
        if found is not None and found.state == "ready":
            self._controller.do(lambda scene: scene.with_layer(layer, **state))
            self._controller.publish_part("layers")


def _view(controller: Controller) -> Mapping[str, Any]:
    session = controller.session
    entries = session.basin.catalog.entries.values()
    return {"layers": view(controller.layers, session.scene, session.lacks, entries)}


def _button() -> None:
    panel_button("layers", "layers-outline", key="L")


PART = Part(
    id="layers",
    state={"layers": []},
    view=_view,
    build=build,
    panel="layers",
    actions=(LayerActions,),
    button=_button,
    tools="head",
    keys={"l": ("panel", "layers")},
    help=(("L", "layers"),),
)
