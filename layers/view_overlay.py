"""Compose what lies over a picture: names, marks, bars, north arrow, scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from layers import missing_tiles
from layers.heights import flood_of
from layers.labels.overlay import SYNTHETIC, Overlay, heights_note, north_deg, scale_bar
from layers.labels.painter import stamp_box
from layers.rain import bars

if TYPE_CHECKING:
    from layers.labels.placer import Box, LabelPlacer
    from layers.model import SceneBasin
    from layers.scene_layers import SceneLayers
    from twin.scene import Scene


def view_overlay(
    scene: Scene,
    scenery: SceneLayers,
    placer: LabelPlacer,
    *,
    basin: SceneBasin,
    size: tuple[float, float],
    reserved: Sequence[Box],
    stamp_at: tuple[float, float],
    withheld: frozenset[str],
) -> Overlay:
    """Place everything over a view of ``size`` CSS pixels.

    Marks of tiles that cannot be read come first, then names. No name is placed in the ``reserved`` boxes
    (left, top, right, bottom; CSS pixels) or on the stamp of invented data, whose place is ``stamp_at``
    (fractions from left and top). Layers in ``withheld`` have no names.
    """
    stamped = [stamp_box(stamp_at, size)] if basin.synthetic else []
    reserved = [*reserved, *stamped]
    broken, broken_marks, taken = missing_tiles.marked(
        scenery.layers.values(),
        camera=scene.camera,
        size=size,
        exaggeration=scene.exaggeration,
        language=scene.language,
        reserved=reserved,
        unmarked=stamped,
    )
    labels, marks = placer.place(
        scenery.candidates(withheld=withheld),
        camera=scene.camera,
        size=size,
        language=scene.language,
        flood=flood_of(scene),
        exaggeration=scene.exaggeration,
        opacity={layer.id: layer.opacity for layer in scenery.layers.values() if layer.visible},
        density=scene.density,
        afar=scenery.kind_afar,
        reserved=[*taken, *reserved],
        unmarked=stamped,
    )
    note = heights_note(scene.exaggeration, scene.language)
    return Overlay(
        labels=labels + broken,
        marks=marks + broken_marks,
        north_deg=north_deg(scene.camera, true_north_deg=basin.frame.true_north_deg),
        scale=scale_bar(scene.camera, size[0] / size[1], metre_m=basin.frame.metre_m, note=note),
        synthetic=SYNTHETIC if basin.synthetic else None,
        mode=scene.moment.mode,
        bars=bars(scenery.rain, marks, size=size, reserved=reserved),
    )
