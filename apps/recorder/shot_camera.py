"""Resolve a shot's camera track to a path over its seconds."""

from __future__ import annotations

from math import isfinite

import numpy as np

from apps.recorder.shot_error import ShotError
from apps.recorder.shot_line import line_of
from layers.camera.camera import at_viewpoint, eye, home, looking
from layers.camera.clearance import ClearPath
from layers.camera.following import FollowPath
from layers.camera.path import CameraPath, KeyPath, OrbitPath, PathKey
from layers.heights import Ground, WaterLevels
from twin.arrays import F64
from twin.basin import Basin
from twin.catalog.types import Place
from twin.scene import Camera, LinkError, Scene
from twin.storyboard.camera_track import CameraKey, Eye, Follow, Orbit
from twin.storyboard.links import link_of
from twin.storyboard.storyboard import Shot

LONGEST_FADE_S = 5.0
"""So long a shot goes on behind the next one."""


class ShotCamera:
    """Camera of a shot, in the basin's frame.

    Heights that are not given are those of ``ground`` or of the water at ``flood``, None for none.
    """

    def __init__(self, basin: Basin, ground: Ground, shot: Shot, *, flood: WaterLevels | None) -> None:
        self._basin, self._ground, self._shot, self._flood = basin, ground, shot, flood

    def path(self) -> CameraPath:
        """Return the path, above ground and water. Raises ShotError."""
        keys = [at_s for key in self._shot.camera.keys for at_s in (key.at_s, key.at_s + key.dwell_s)]
        return ClearPath(
            self._planned(),
            ground=self._ground,
            flood=self._flood,
            exaggeration=self._shot.exaggeration,
            seconds=self._shot.seconds + LONGEST_FADE_S,
            keys=keys,
        )

    def _planned(self) -> CameraPath:
        track = self._shot.camera
        if track.orbit is not None:
            return self._orbit(track.orbit)
        if track.follow is not None:
            return self._followed(track.follow)
        keys = [PathKey(at_s=key.at_s, camera=self._camera(key), dwell_s=key.dwell_s) for key in track.keys]
        try:
            return KeyPath(keys)
        except ValueError as error:
            raise ShotError(
                f"camera keys: {error}",
                shot=self._shot.id,
                words="机位须按时间先后排列，停留不得越过下一机位",
            ) from None

    def under_m(self, key: CameraKey) -> float:
        """Return how far a key's eye lies under ground or water, m.

        0 above. The path is lifted there.
        """
        east, north, z = eye(self._camera(key), self._shot.exaggeration)
        floor_m = self._ground.floor(east, north, flood=self._flood)
        return max(0.0, floor_m - z / self._shot.exaggeration)

    def height_m(self, place: Place) -> float:
        """Return the working height of ground or water at a place, m.

        0 where none is known.
        """
        east, north = self._basin.frame.place(place)
        height = self._ground.floor(east, north, flood=self._flood)
        return height if isfinite(height) else 0.0

    def _camera(self, key: CameraKey) -> Camera:
        if key.viewpoint is not None:
            for view in self._basin.site.viewpoints:
                if view.id == key.viewpoint:
                    return at_viewpoint(view, self._basin.frame)
            raise ShotError(
                f"the site has no viewpoint {key.viewpoint!r}",
                shot=self._shot.id,
                words=f"站点没有名为 {key.viewpoint} 的视点",
            )
        if key.link is not None:
            try:
                return Scene.from_link(link_of(key.link)).camera
            except LinkError as error:
                raise ShotError(f"link: {error}", shot=self._shot.id, words=str(error.zh)) from None
        if key.eye is not None:
            return self._looking(key.eye)
        assert key.target is not None
        assert key.distance_m is not None
        assert key.heading_deg is not None
        assert key.pitch_deg is not None
        return self._aimed(
            key.target,
            key.target_m,
            distance_m=key.distance_m,
            heading_deg=key.heading_deg,
            pitch_deg=key.pitch_deg,
        )

    def _looking(self, at: Eye) -> Camera:
        k = self._shot.exaggeration
        east, north = self._basin.frame.place(at.place)
        to_east, to_north = self._basin.frame.place(at.look_at)
        to_m = self.height_m(at.look_at) if at.look_at_m is None else at.look_at_m
        return looking(
            home(self._basin, self._ground),
            eye_at=(east, north, at.height_m * k),
            at=(to_east, to_north, to_m * k),
            exaggeration=k,
        )

    def _orbit(self, orbit: Orbit) -> CameraPath:
        camera = self._aimed(
            orbit.around,
            orbit.around_m,
            distance_m=orbit.distance_m,
            heading_deg=orbit.from_deg,
            pitch_deg=orbit.pitch_deg,
        )
        return OrbitPath(camera, turn_deg=orbit.turn_deg, seconds=self._shot.seconds)

    def _followed(self, follow: Follow) -> CameraPath:
        line = line_of(follow, self._basin, self._ground)
        try:
            if line is None or len(line) < 2:
                raise ValueError("there is no such line")
            return FollowPath(
                line,
                self._heights,
                distance_m=follow.distance_m,
                pitch_deg=follow.pitch_deg,
                seconds=self._shot.seconds,
            )
        except ValueError as error:
            what = " ".join(part for part in (follow.layer, follow.feature) if part) or "places"
            raise ShotError(
                f"following {what}: {error}", shot=self._shot.id, words=f"找不到可沿行的线（{what}）"
            ) from None

    def _heights(self, east: F64, north: F64) -> F64:
        """(n,) heights of ground or water along a line; where none is known, its nearest."""
        found = self._ground.height(east, north, flood=self._flood)
        around = self._ground.height_around(east, north)
        found = np.where(np.isnan(found), around, found)
        known = np.flatnonzero(np.isfinite(found))
        return np.interp(np.arange(len(found)), known, found[known]) if len(known) else np.zeros(len(found))

    def _aimed(
        self,
        place: Place,
        target_m: float | None,
        *,
        distance_m: float,
        heading_deg: float,
        pitch_deg: float,
    ) -> Camera:
        east, north = self._basin.frame.place(place)
        return Camera(
            target_east_m=east,
            target_north_m=north,
            target_m=self.height_m(place) if target_m is None else target_m,
            distance_m=distance_m,
            heading_deg=heading_deg,
            pitch_deg=pitch_deg,
        )
