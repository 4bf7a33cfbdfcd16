"""Clicks that ask: where does this number come from, what is known of this point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from apps.parts import point, provenance
from apps.parts.state import CardView, TypedView
from apps.parts.triggers import Word, trigger
from apps.session.controller import Controller
from twin.products import load_building
from twin.scene import Selection

if TYPE_CHECKING:
    from apps.session.live_updates import LiveDesk
    from layers.stage import Stage

STATIONS = "stations"
"""The layer of stations."""

Found = tuple[tuple[float, float, float] | None, Mapping[str, Any] | None]
"""The place that was clicked, None for the sky; and what is known of the building there."""


class QuestionActions:
    """Answers are cards that follow the moment."""

    def __init__(self, board: Controller) -> None:
        self._board = board
        #: Stations can be clicked where there are any.
        self.live: LiveDesk | None = None

    @trigger
    def explain(self, figure: Word) -> None:
        """Say where a headline figure comes from."""
        board = self._board
        board.select(None)
        board.show_card(lambda: provenance.view(board.session, figure, board.language))

    @trigger
    def close_card(self) -> None:
        """Put card and message away."""
        self._board.select(None)
        self._board.show_card(CardView)
        self._board.refuse_typed(TypedView())
        self._board.forget()

    def pick(self, x: float, y: float) -> None:
        """Say what is known of the ground under a place of the picture (shares from left and top)."""

        def look(stage: Stage) -> Found | str:
            station = stage.pick_station(x, y)
            if station is not None and self.live is not None:
                return station
            model = stage.pick_model(x, y)
            if model is None:
                return stage.pick(x, y), None
            return model.place, load_building(model.folder, model.feature)

        self._board.ask(look, self._answer)

    def _answer(self, found: Found | str) -> None:
        if isinstance(found, str):
            if self.live is not None:
                self.live.open_station(found)
            return
        board, (place, building) = self._board, found
        if place is None:  # the sky
            board.select(None)
            board.show_card(CardView)
            return
        east, north, _ = place
        board.select(Selection(east_m=east, north_m=north))
        self._show_point(east, north, building)

    def show_selection(self) -> None:
        """Show the card of what the scene has selected: a link was opened."""
        selection = self._board.session.scene.selection
        if selection is None:
            self._board.show_card(CardView)
        elif selection.east_m is not None and selection.north_m is not None:
            self._show_point(selection.east_m, selection.north_m, None)
        elif (
            selection.layer == STATIONS
            and selection.feature is not None
            and self.live is not None
            and selection.feature in self.live.network.stations
        ):
            self.live.open_station(selection.feature)
        else:  # of a station that is not here
            self._board.select(None)
            self._board.show_card(CardView)

    def _show_point(self, east: float, north: float, building: Mapping[str, Any] | None) -> None:
        board = self._board
        board.show_card(
            lambda: point.view(
                board.session, east=east, north=north, language=board.language, building=building
            )
        )
