"""Take the Scene of now into a storyboard: camera key, water, layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from apps.recorder.film_layers import STATIONS
from apps.studio.shot_edits import changed_shot
from twin.catalog.types import Place
from twin.errors import TwinError
from twin.moment import Moment
from twin.scene import Camera, LayerState, Scene
from twin.storyboard.camera_track import CameraKey, CameraTrack
from twin.storyboard.frozen_values import FrozenValue, FrozenValues
from twin.storyboard.storyboard import Shot, Storyboard
from twin.storyboard.water_track import LevelKey, NamedSpan, Span, WaterTrack

NEW_SHOT_S = 6.0
MORE_S = 4.0
"""A view that is added to a still shot makes it longer by so much; later ones add the same."""
NEAR_M, FAR_M, UP_DEG = 50.0, 400_000.0, 30.0
"""Cameras of a storyboard keep within these; a desk's may go further."""


class FixedPathError(TwinError):
    """View for a shot whose camera circles or follows a line."""

    zh = "此镜头的相机环绕或沿线飞行，不能再加视角；请先把运镜方式改为“视角之间”"


def camera_key(camera: Camera, at_s: float) -> CameraKey:
    """Return a camera as a key: target, angles, distance, rounded for reading."""
    return CameraKey(
        at_s=round(at_s, 2),
        target=Place(east=round(camera.target_east_m, 1), north=round(camera.target_north_m, 1)),
        target_m=round(camera.target_m, 1),
        distance_m=round(min(FAR_M, max(NEAR_M, camera.distance_m)), 1),
        heading_deg=round(camera.heading_deg, 2) % 360.0,
        pitch_deg=round(min(UP_DEG, camera.pitch_deg), 2),
    )


def water_of(moment: Moment, frozen: FrozenValues | None) -> WaterTrack:
    """Return the water of a moment, standing still over a shot.

    ``frozen`` are those of its storyboard: a moment that shows them is taken as such.
    """
    if moment.mode == "live" or _shows(moment, frozen):
        return WaterTrack(frozen=True)
    if moment.valid_at is not None:
        span = {"from": moment.valid_at, "to": moment.valid_at}
        if moment.mode == "history" and moment.run is None:
            return WaterTrack(history=Span.model_validate(span))
        if moment.run is not None:
            named = NamedSpan.model_validate({"id": moment.run, **span})
            return WaterTrack(scenario=named) if moment.mode == "history" else WaterTrack(run=named)
    return WaterTrack(levels=[LevelKey(at_s=0.0, level_m=moment.level_m)])


def _shows(moment: Moment, frozen: FrozenValues | None) -> bool:
    """Whether a moment is that of frozen values, as a page shows it whose shot has them."""
    if frozen is None or moment.mode != "history" or moment.run is not None:
        return False
    return (moment.valid_at, moment.level_m) == (frozen.at, frozen.level_m)


def frozen_with(
    board: Storyboard | None, moment: Moment, values: Sequence[FrozenValue] = ()
) -> FrozenValues | None:
    """Return the frozen values of a storyboard that shows a moment.

    Of a live one level, time and the stations' ``values``; of a past one as known at the time it is taken, so
    that what is corrected later changes no film.
    """
    before = None if board is None else board.frozen
    if moment.is_live and moment.valid_at is not None:
        return FrozenValues(
            at=moment.valid_at, level_m=moment.level_m, highest_m=moment.highest_m, values=list(values)
        )
    if moment.mode == "history" and moment.run is None and before is None:
        return FrozenValues(at=moment.known_at or datetime.now(UTC).replace(microsecond=0))
    return before


def stations_of(
    scene: Scene, at_first: Mapping[str, LayerState], frozen: FrozenValues | None
) -> Literal["none", "frozen", "history"]:
    """Choose whose values stations show, as in a Scene."""
    state = scene.layers.get(STATIONS, at_first.get(STATIONS))
    if state is None or not state.visible or scene.moment.run is not None:
        return "none"
    if scene.moment.is_live or _shows(scene.moment, frozen):
        return "frozen"
    return "history" if scene.moment.mode == "history" else "none"


def layers_of(scene: Scene, at_first: Mapping[str, LayerState]) -> dict[str, LayerState]:
    """Return the layers whose state is not the one they begin with."""
    return {id_: state for id_, state in scene.layers.items() if at_first.get(id_) != state}


def new_shot(
    id_: str, scene: Scene, at_first: Mapping[str, LayerState], *, frozen: FrozenValues | None = None
) -> Shot:
    """Return a shot that shows a Scene as it is.

    ``frozen`` are the values its storyboard has already.
    """
    return Shot(
        id=id_,
        seconds=NEW_SHOT_S,
        camera=CameraTrack(keys=[camera_key(scene.camera, 0.0)]),
        water=water_of(scene.moment, frozen),
        stations=stations_of(scene, at_first, frozen),
        layers=layers_of(scene, at_first),
        density=scene.density,
        exaggeration=scene.exaggeration,
        uncertain=scene.marks.uncertain,
    )


def with_view(shot: Shot, scene: Scene) -> Shot:
    """Return a shot that goes on to a Scene's camera and level.

    A shot with one key becomes a movement over its whole length; one with more is made longer. Raises
    FixedPathError.
    """
    keys = shot.camera.keys
    if not keys:
        raise FixedPathError("the shot's camera circles or follows a line: views cannot be added to it")
    seconds = shot.seconds if len(keys) == 1 else round(shot.seconds + MORE_S, 2)
    moved = CameraTrack(keys=[*keys, camera_key(scene.camera, seconds)])
    return changed_shot(shot, seconds=seconds, camera=moved, water=_onward(shot.water, scene.moment, seconds))


def _onward(water: WaterTrack | None, moment: Moment, at_s: float) -> WaterTrack | None:
    """Water that rises or falls to a what-if's level; any other stays as it is."""
    if water is None or not water.levels or moment.mode != "what-if":
        return water
    if water.levels[-1].level_m == moment.level_m:
        return water
    before = [key for key in water.levels if key.at_s < at_s]
    return WaterTrack(levels=[*before, LevelKey(at_s=at_s, level_m=moment.level_m)])
