"""What tests do with a stage's scene, in few words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from layers.camera import controls
from layers.camera.camera import Vector
from layers.camera.flight import Flight
from layers.stage import Stage
from twin.moment import Mode, Moment
from twin.scene import Camera, LayerState, Marks

DRY_M = -500.0
"""A level below all ground."""
AT = datetime(2026, 7, 28, tzinfo=UTC)


def show(
    stage: Stage,
    *,
    level_m: float | None = None,
    highest_m: float | None = None,
    uncertain: bool = False,
    compared_m: float | None = None,
    **fields: Any,
) -> None:
    """Apply the stage's scene with other ``fields``; a level is a moment of its own, with its marks."""
    if level_m is not None:
        top_m = max(level_m, level_m if highest_m is None else highest_m)
        mode = stage.scene.moment.mode
        fields["moment"] = moment_of(mode, level_m=level_m, highest_m=top_m)
        fields["marks"] = Marks(uncertain=uncertain, compared_m=compared_m)
    stage.apply(stage.scene.changed(**fields))


def moment_of(mode: Mode, *, level_m: float, highest_m: float | None = None) -> Moment:
    """A moment of a mode, with all that the mode asks for."""
    return Moment(
        mode=mode,
        level_m=level_m,
        highest_m=level_m if highest_m is None else highest_m,
        valid_at=None if mode == "what-if" else AT,
        run="a-run" if mode in ("forecast", "drill") else None,
    )


def show_mode(stage: Stage, mode: Mode) -> None:
    """The same water in another mode."""
    was = stage.scene.moment
    show(stage, moment=moment_of(mode, level_m=was.level_m, highest_m=was.highest_m))


def show_layer(stage: Stage, layer: str, **state: Any) -> None:
    """Apply the stage's scene with a layer's ``visible`` or ``opacity`` changed."""
    stage.apply(stage.scene.with_layer(layer, **state))


def show_signs(stage: Stage, **signs: Any) -> None:
    """Show other ``stations`` or ``rain_mm``, and the rest as it was."""
    stage.show_signs(replace(stage.signs, **signs))


def grab(stage: Stage, x: float, y: float) -> Vector:
    return controls.grabbed_at(stage.scene, stage.ground, x, y, aspect=aspect(stage))


def pan(stage: Stage, held: Vector, *, x: float, y: float) -> None:
    stage.apply(controls.pan(stage.scene, stage.ground, held, to=(x, y), aspect=aspect(stage)))


def orbit(stage: Stage, held: Vector, *, right_deg: float, up_deg: float) -> None:
    stage.apply(controls.orbit(stage.scene, stage.ground, held, right_deg=right_deg, up_deg=up_deg))


def zoom(stage: Stage, held: Vector, *, factor: float) -> None:
    stage.apply(controls.zoom(stage.scene, stage.ground, held, factor=factor))


def flight_to(stage: Stage, end: Camera) -> Flight:
    return controls.flight(stage.scene, stage.ground, end)


def aspect(stage: Stage) -> float:
    width, height = stage.size
    return width / height


def shown(stage: Stage) -> dict[str, LayerState]:
    """How each layer is drawn."""
    return {x.id: LayerState(visible=x.visible, opacity=x.opacity) for x in stage.layers.values()}
