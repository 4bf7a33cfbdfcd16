"""Evaluate a storyboard at a second of its film."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.recorder.film_frame import FilmFrame
from apps.studio.shot_edits import starts_s
from layers.camera import camera as cameras
from twin.moment import what_if
from twin.scene import Camera, LayerState, Scene

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twin.basin import Basin
    from twin.storyboard.camera_track import CameraKey
    from twin.storyboard.storyboard import Shot, Storyboard


class FilmPreview:
    """Frames of a storyboard over a basin.

    ``at_first`` are the layers' first states.
    """

    def __init__(self, board: Storyboard, basin: Basin, at_first: Mapping[str, LayerState]) -> None:
        self.board, self.basin, self._at_first = board, basin, at_first

    def frame(self, at_s: float) -> FilmFrame:
        """Return the frame at a second of the film."""
        shot = shot_at(self.board, at_s)
        return FilmFrame(
            number=round(at_s * self.board.fps), time_s=at_s, shot=shot.id, scene=self._scene(shot)
        )

    def _scene(self, shot: Shot) -> Scene:
        level_m = (
            shot.water.levels[0].level_m
            if shot.water and shot.water.levels
            else self.basin.site.start_level_m
        )
        return Scene(
            camera=self._camera(shot.camera.keys[0]),
            moment=what_if(level_m or 0.0, generation=self.basin.generation.id),
            layers={**self._at_first, **shot.layers},
            density=shot.density,
            exaggeration=shot.exaggeration,
            language=self.board.language,
        )

    def _camera(self, key: CameraKey) -> Camera:
        if key.link is not None:
            return Scene.from_link(key.link).camera
        if key.target is None or key.target.east is None or key.target.north is None:
            place = next(one for one in self.basin.site.viewpoints if key.viewpoint in (None, one.id))
            return cameras.at_viewpoint(place, self.basin.frame)
        return Camera(
            target_east_m=key.target.east,
            target_north_m=key.target.north,
            target_m=key.target_m or 0.0,
            distance_m=key.distance_m or 1000.0,
            heading_deg=key.heading_deg or 0.0,
            pitch_deg=-30.0 if key.pitch_deg is None else key.pitch_deg,
        )


def shot_at(board: Storyboard, at_s: float) -> Shot:
    """Return the shot that a second of the film lies in."""
    return next(
        (
            shot
            for shot, start in reversed(list(zip(board.shots, starts_s(board), strict=True)))
            if start <= at_s
        ),
        board.shots[0],
    )
