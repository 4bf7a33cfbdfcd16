"""Operate the wall in a visitor's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from apps.hub.visitor import Visitor
from apps.texts import texts
from twin.alarms.operating import AlarmOperation

if TYPE_CHECKING:
    from apps.hub.wall.drilling import Drilling
    from apps.parts.timebar import FloodActions
    from apps.session.controller import Controller
    from apps.session.wall_state import WallState
    from twin.bilingual import Language
    from twin.scene import Camera, Scene


class Operated(Protocol):
    """Wall as operators change it.

    :class:`apps.hub.wall.wall_server.Wall`.
    """

    state_of: WallState
    drilling: Drilling

    @property
    def controller(self) -> Controller | None: ...
    def show(self, scene: Scene, *, by: str) -> None: ...
    def presented(self, by: str) -> None: ...
    def go_live(self) -> None: ...
    @property
    def replay(self) -> FloodActions | None: ...
    def refresh(self) -> None: ...
    def set_language(self, language: Language) -> None: ...


class Operator:
    """Visitor who operates the wall; see :class:`apps.session.wall_operator.WallOperator`."""

    def __init__(self, wall: Operated, visitor: Visitor) -> None:
        self.by = visitor.full_name or visitor.name
        #: Shows an error to this operator.
        self.refuse: Callable[[Exception], None] = lambda error: None
        self._wall = wall

    @property
    def controller(self) -> Controller | None:
        """Controller of the wall; None before there is a basin."""
        return self._wall.controller

    @property
    def state(self) -> WallState:
        """State of the wall beyond its Scene."""
        return self._wall.state_of

    def show(self, scene: Scene) -> None:
        """Show a Scene; see :meth:`apps.hub.wall.wall_server.Wall.show`."""
        self._wall.show(scene, by=self.by)

    def presented(self) -> None:
        """Note that this operator has changed what is shown."""
        self._wall.presented(self.by)

    def go_live(self) -> None:
        """Show the present again."""
        self._wall.go_live()

    def play_pause(self) -> None:
        """Play the flood, or stop it."""
        if self._wall.replay is not None:
            self._wall.replay.play_pause()

    def scrub(self, at: float) -> None:
        """Show the flood at a time, seconds since 1970."""
        if self._wall.replay is not None:
            self._wall.replay.scrub(at)

    def renew(self) -> None:
        """Keep what is shown for the whole time again."""
        self.state.renew()
        self._wall.refresh()

    def fly_to(self, camera: Camera) -> None:
        """Fly there, and end the tour."""
        self.tour(False)
        if self.controller is not None:
            self.controller.area.fly_to(camera)

    def tour(self, on: bool) -> None:
        """Start or end the tour."""
        if self.state.touring != on:
            self.state.touring = on
            self._wall.refresh()

    def write(self, text: str) -> None:
        """Set the message; an empty one takes it away."""
        self.state.write(text, self.by)
        self._wall.refresh()

    def speak(self, language: Language) -> None:
        """Set the language of the wall."""
        self._wall.set_language(language)

    def start_drill(self, file: str) -> None:
        """Start the drill of a file."""
        self._wall.drilling.start(file, by=self.by)

    def end_drill(self) -> None:
        """End the drill that runs."""
        self._wall.drilling.end(by=self.by)

    def acknowledge_drill(self, alarms: Sequence[str], reason: str) -> None:
        """Acknowledge alarms of the drill, in its own log."""
        controller = self.controller
        by = self.by or ("" if controller is None else texts(controller.language)["wall_operator"])
        self._wall.drilling.acknowledge(alarms, reason=reason, by=by)

    def acknowledge(self, alarms: Sequence[str], reason: str) -> None:
        """Acknowledge alarms for a reason."""
        controller = self.controller
        if controller is not None and controller.live is not None:
            by = self.by or texts(controller.language)["wall_operator"]
            controller.live.operate(
                AlarmOperation(act="acknowledge", alarms=tuple(alarms), by=by, note=reason)
            )
