"""Operate the wall: camera, layers, level, replay, message, tour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from apps.parts.alarms.alarm_actions import Ids
from apps.parts.triggers import Number, Word, operator_trigger
from apps.parts.viewpoints import named
from apps.session.controller import Controller
from apps.session.views import Unit
from apps.session.wall_operator import WallOperator
from layers.camera import camera as cameras
from layers.camera import controls
from layers.camera.framing import seeing
from twin.bilingual import Language
from twin.errors import TwinError
from twin.scene import Camera, Scene

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""Message or reason: one line without control characters."""
Reason = Annotated[Line, StringConstraints(min_length=2)]
Share = Annotated[Number, Field(ge=0, le=1)]
Step = Literal["left", "right", "up", "down", "turn_left", "turn_right", "steeper", "flatter", "in", "out"]

MOVE, TURN_DEG, TILT_DEG, ZOOM = 0.3, 30.0, 10.0, 0.6
"""A step of the buttons: so much of the view, degrees, and share of the distance."""


class WallCameraActions:
    """Actions that move the wall's camera; each ends the tour."""

    def __init__(self, operator: WallOperator) -> None:
        self._operator = operator

    @operator_trigger
    def wall_step(self, step: Step) -> None:
        """Move, turn, tilt or zoom by one step."""
        if (controller := self._operator.controller) is not None:
            self._operator.fly_to(stepped(controller, step))

    @operator_trigger
    def wall_aim(self, x: Share, y: Share) -> None:
        """Fly to the place under a point of the picture."""
        if (controller := self._operator.controller) is None:
            return
        session, area = controller.session, controller.area
        hit = controls.surface_at(session.scene, session.ground, x, y, aspect=area.aspect)
        if hit is not None:
            near = max(500.0, ZOOM * session.scene.camera.distance_m)
            place = {"target_east_m": hit[0], "target_north_m": hit[1], "target_m": hit[2]}
            self._operator.fly_to(session.scene.camera.model_copy(update={**place, "distance_m": near}))

    @operator_trigger
    def wall_place(self, place: Word) -> None:
        """Fly to a named viewpoint."""
        if (controller := self._operator.controller) is not None:
            basin = controller.session.basin
            if (view := named(basin.site, place)) is not None:
                self._operator.fly_to(cameras.at_viewpoint(view, basin.frame))

    @operator_trigger
    def wall_station(self, station: Word) -> None:
        """Fly to a station."""
        controller = self._operator.controller
        if controller is None or controller.live is None:
            return
        found = controller.live.network.stations.get(station)
        if found is not None:
            session = controller.session
            east, north = (float(v) for v in session.basin.frame.from_lonlat(found.lon, found.lat))
            self._operator.fly_to(seeing(session.scene, session.ground, east, north))

    @operator_trigger
    def wall_tour(self, on: bool) -> None:
        """Start or end the tour."""
        self._operator.tour(on)


def stepped(controller: Controller, step: Step) -> Camera:
    """Return the camera of the wall after one step."""
    session = controller.session
    scene, k = session.scene, session.scene.exaggeration
    camera, aspect = scene.camera, controller.area.aspect
    held = controls.grabbed_at(scene, session.ground, 0.5, 0.5, aspect=aspect)
    if step in ("in", "out"):
        factor = ZOOM if step == "in" else 1.0 / ZOOM
        return controls.zoomed(camera, held, factor=factor, exaggeration=k)
    turns = {
        "turn_left": (-TURN_DEG, 0.0),
        "turn_right": (TURN_DEG, 0.0),
        "steeper": (0.0, -TILT_DEG),
        "flatter": (0.0, TILT_DEG),
    }
    if step in turns:
        right_deg, up_deg = turns[step]
        return controls.turned(camera, held, right_deg=right_deg, up_deg=up_deg, exaggeration=k)
    dx, dy = {"left": (-MOVE, 0.0), "right": (MOVE, 0.0), "up": (0.0, -MOVE), "down": (0.0, MOVE)}[step]
    return controls.panned(camera, held, to=(0.5 - dx, 0.5 - dy), aspect=aspect, exaggeration=k)


class WallSceneActions:
    """Actions that change what the wall shows of the basin."""

    def __init__(self, operator: WallOperator) -> None:
        self._operator = operator

    @operator_trigger
    def wall_layer(self, layer: Word, visible: bool) -> None:
        """Show or hide a layer."""
        self._change(lambda scene: scene.with_layer(layer, visible=visible))

    @operator_trigger
    def wall_exaggerate(self, factor: Annotated[Number, Field(ge=1, le=5)]) -> None:
        """Draw heights so many times as high."""
        self._change(lambda scene: scene.changed(exaggeration=float(factor)))

    @operator_trigger
    def wall_water(self, unit: Unit, value: Number) -> None:
        """Show a level, m, or a storage in its unit as what-if."""
        if (controller := self._operator.controller) is None:
            return
        try:
            controller.session.show_what_if(unit, value)
        except TwinError as error:
            self._operator.refuse(error)
            return
        controller.stop_replay()
        controller.area.changed(moving=False)
        controller.publish_moment()
        self._operator.presented()

    @operator_trigger
    def wall_replay(self) -> None:
        """Play the flood, or stop it where it is."""
        self._operator.play_pause()
        self._operator.presented()

    @operator_trigger
    def wall_scrub(self, at: Number) -> None:
        """Show the flood at a time, seconds since 1970."""
        self._operator.scrub(at)
        self._operator.presented()

    @operator_trigger
    def wall_live(self) -> None:
        """Show the present again."""
        self._operator.go_live()

    @operator_trigger
    def wall_renew(self) -> None:
        """Keep what is shown for the whole time again."""
        self._operator.renew()

    @operator_trigger
    def wall_speak(self, language: Language) -> None:
        """Set the language of the wall."""
        self._operator.speak(language)

    @operator_trigger
    def wall_write(self, text: Line) -> None:
        """Show a message; an empty one takes it away."""
        self._operator.write(text)

    @operator_trigger
    def wall_acknowledge(self, alarms: Ids, reason: Reason) -> None:
        """Acknowledge alarms, for a reason."""
        self._operator.acknowledge(alarms, reason)

    def _change(self, action: Callable[[Scene], Scene]) -> None:
        if (controller := self._operator.controller) is not None:
            controller.do(action, moving=False)
            controller.publish_part("wall_control")
