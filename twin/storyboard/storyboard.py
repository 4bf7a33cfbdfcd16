"""Model of a storyboard, a YAML file: size, title block, shots.

A shot is a ``Scene`` over time. Times within a shot are seconds from its first frame (``at_s``, ``from_s``);
times of the world are aware and become UTC.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.bilingual import Language
from twin.catalog.title_block import TitleBlock
from twin.catalog.types import Names, Slug, Strict, Text, refuse_twice
from twin.moment import Word
from twin.scene import Density, LayerState
from twin.storyboard.camera_track import CameraTrack
from twin.storyboard.frozen_values import FrozenValues
from twin.storyboard.shot_texts import Callout, Caption, ShotTitle
from twin.storyboard.water_track import WaterTrack

LONGEST_S = 3600.0

Words = Text | Names
"""Words of the film's language, or of both."""

Panel = Literal["numbers", "chart", "inset"]
"""Numbers with their sources, the level over time with a moving mark, a small map of where one is."""


class Shot(Strict):
    """Shot: camera, water, layers and words over ``seconds``.

    Without ``water`` the level stays as the shot before left it. ``fade_s`` is a dissolve from the shot
    before; 0 is a cut.
    """

    id: Slug
    seconds: Annotated[float, Field(gt=0, le=600)]
    name: Words | None = None
    camera: CameraTrack
    water: WaterTrack | None = None
    layers: Annotated[dict[Slug, LayerState], Field(max_length=200)] = Field(default={})
    density: Density = "few"
    exaggeration: Annotated[float, Field(ge=1, le=5)] = 1.0
    uncertain: bool = False
    stations: Literal["none", "frozen", "history"] = "none"
    title: ShotTitle | None = None
    captions: list[Caption] = Field(default=[])
    callouts: list[Callout] = Field(default=[])
    panels: list[Panel] = Field(default=[])
    fade_s: Annotated[float, Field(ge=0, le=5)] = 0.0


class Storyboard(Strict):
    """Contents of a storyboard's file.

    ``generation`` is the build that the film shows; None: the newest when it is recorded. ``frozen`` holds
    the live values that its shots show, so that the film can be made again.
    """

    version: Literal[1] = 1
    title: Words
    language: Language = "zh"
    size: tuple[Annotated[int, Field(ge=320, le=7680)], Annotated[int, Field(ge=180, le=4320)]] = (1920, 1080)
    fps: Annotated[int, Field(ge=1, le=60)] = 30
    generation: Word | None = None
    title_block: TitleBlock | None = None
    sound: Text | None = Field(default=None, description="A sound file beside the storyboard.")
    frozen: FrozenValues | None = None
    shots: Annotated[list[Shot], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _shots_fit(self) -> Storyboard:
        refuse_twice((shot.id for shot in self.shots), what="shot")
        if sum(shot.seconds for shot in self.shots) > LONGEST_S:
            raise ValueError(f"lasts longer than an hour ({LONGEST_S:.0f} s)")
        return self
