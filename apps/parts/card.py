"""Card of answers.

Where a number comes from, what is known of a point, a station's status.
"""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trame.widgets import html

from apps.browser.module import ChartElement
from apps.parts import point, provenance
from apps.parts.part import Part
from apps.parts.triggers import Word, trigger
from apps.parts.widgets import icon_button
from apps.session.controller import Controller
from apps.session.views import CardView, TypedView
from twin.scene import Selection

if TYPE_CHECKING:
    from apps.painter.messages import Picked


def build() -> None:
    with html.Section(
        v_if=("card.kind",), classes="card glass", raw_attrs=['aria-live="polite"', ':data-card="card.kind"']
    ):
        with html.Header(classes="card-head"):
            html.H2("{{ card.title }}")
            icon_button("close", "trigger('close_card')", "close")
        html.P("{{ card.value }}", v_if=("card.value",), classes=("'card-value tone-' + card.tone",))
        with html.Div(v_if=("card.kind === 'station' && station_chart.stream",), classes="past"):
            with html.Select(
                v_if=("station_chart.streams.length > 1",),
                classes="choice",
                change="trigger('choose_stream', [$event.target.value])",
                raw_attrs=[':value="station_chart.stream"', ':aria-label="t.chart_of"'],
            ):
                html.Option(
                    "{{ s.name }}", v_for=("s in station_chart.streams",), key=("s.id",), value=("s.id",)
                )
            html.Button(
                "{{ t.charts_open }}",
                type="button",
                classes="tool",
                click="trigger('open_charts', [station_chart.stream]); panel = 'charts'",
            )
            html.P("{{ station_chart.state }}", v_if=("station_chart.state",), classes="note")
            with html.Div(v_if=("!station_chart.state",), classes="past-chart"):
                ChartElement(figure=("station_chart.figure",))
        with html.Dl(classes="rows"):
            with html.Template(v_for=("row in card.rows",), key=("row.label",)):
                html.Dt("{{ row.label }}")
                html.Dd("{{ row.value }}", classes=("row.tone ? 'tone-' + row.tone : ''",))
        html.P("{{ card.note }}", v_if=("card.note",), classes="note")


STATIONS = "stations"
"""The layer of stations."""


class QuestionActions:
    """Answers are cards that follow the moment."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        controller.pick = self.pick
        controller.show_selection = self.show_selection
        controller.show_place = self.show_place

    @trigger
    def explain(self, figure: Word) -> None:
        """Show the provenance of a headline figure."""
        controller = self._controller
        controller.select(None)
        controller.show_card(lambda: provenance.view(controller.session, figure, controller.language))

    @trigger
    def close_card(self) -> None:
        """Put card and message away."""
        self._controller.select(None)
        self._controller.show_card(CardView)
        self._controller.refuse_typed(TypedView())
        self._controller.dismiss()

    def pick(self, x: float, y: float) -> None:
        """Show the card of what lies under a point of the picture.

        The point is fractions from left and top.
        """
        self._controller.query(self._controller.area.pick(x, y), self._answer)

    def _answer(self, found: Picked) -> None:
        controller = self._controller
        if found.station is not None and controller.live is not None:
            controller.live.open_station(found.station)
            return
        if found.place is None:  # the sky
            controller.select(None)
            controller.show_card(CardView)
            return
        east, north, _ = found.place
        controller.select(Selection(east_m=east, north_m=north))
        self._show_point(east, north, found.building)

    def show_selection(self) -> None:
        """Show the card of what the scene has selected.

        A link was opened.
        """
        selection = self._controller.session.scene.selection
        if selection is None:
            self._controller.show_card(CardView)
        elif selection.east_m is not None and selection.north_m is not None:
            self._show_point(selection.east_m, selection.north_m, None)
        elif (
            selection.layer == STATIONS
            and selection.feature is not None
            and self._controller.live is not None
            and selection.feature in self._controller.live.network.stations
        ):
            self._controller.live.open_station(selection.feature)
        else:  # of a station that is not here
            self._controller.select(None)
            self._controller.show_card(CardView)

    def show_place(self, east: float, north: float, name: Mapping[str, str] | None = None) -> None:
        """Show the card of a point, titled by its name."""
        self._show_point(east, north, None, name)

    def _show_point(
        self,
        east: float,
        north: float,
        building: Mapping[str, Any] | None,
        name: Mapping[str, str] | None = None,
    ) -> None:
        controller = self._controller

        def view() -> CardView:
            language = controller.language
            found = point.view(
                controller.session, east=east, north=north, language=language, building=building
            )
            return found if name is None else replace(found, title=name[language])

        controller.show_card(view)


PART = Part(
    id="card",
    state={"card": CardView()},
    client_only=("card",),
    build=build,
    place="left",
    actions=(QuestionActions,),
    keys={"Escape": ("trigger", "close_card", [])},
)
