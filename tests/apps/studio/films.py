"""Storyboards for tests."""

from __future__ import annotations

from twin.catalog.types import Place
from twin.storyboard.camera_track import CameraKey, CameraTrack
from twin.storyboard.storyboard import Shot, Storyboard
from twin.storyboard.water_track import LevelKey, WaterTrack


def shot(id_: str, *, seconds: float = 2.0, level_m: float = 150.0) -> Shot:
    key = CameraKey(
        at_s=0.0, target=Place(east=0.0, north=0.0), distance_m=900.0, heading_deg=0.0, pitch_deg=-30.0
    )
    water = WaterTrack(levels=[LevelKey(at_s=0.0, level_m=level_m)])
    return Shot(id=id_, seconds=seconds, camera=CameraTrack(keys=[key]), water=water)


def film(*ids: str, title: str = "汛期") -> Storyboard:
    return Storyboard(title=title, shots=[shot(id_) for id_ in ids])
