"""Model of a storyboard, a YAML file: size, title block, shots.

A shot is a ``Scene`` over time. Times within a shot are seconds from its first frame (``at_s``, ``from_s``);
times of the world are aware and become UTC.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from twin.bilingual import Language
from twin.catalog.title_block import TitleBlock
from twin.catalog.types import Access, Slug, Strict, Text, Words
from twin.moment import Word
from twin.scene import Density, LayerState
from twin.storyboard.camera_track import CameraTrack
from twin.storyboard.frozen_values import FrozenValues
from twin.storyboard.shot_texts import Callout, Caption, ShotTitle
from twin.storyboard.water_track import WaterTrack

LONGEST_S = 3600.0

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
    poster_s: Annotated[float, Field(ge=0, le=600)] | None = Field(
        default=None, description="Time of the still and the slide; by default the last with all words."
    )


class Storyboard(Strict):
    """Contents of a storyboard's file.

    ``generation`` is the build that the film shows; None: the newest when it is recorded. ``access`` is who
    may see the film: what is not open to them is left out of it and named. ``frozen`` holds the live values
    that its shots show, so that the film can be made again.
    """

    version: Literal[1] = 1
    title: Words
    language: Language = "zh"
    size: tuple[Annotated[int, Field(ge=320, le=7680)], Annotated[int, Field(ge=180, le=4320)]] = (1920, 1080)
    fps: Annotated[int, Field(ge=1, le=60)] = 30
    catalog: Text | None = Field(
        default=None, description="The data catalog, relative to the storyboard; by default the project's."
    )
    generation: Word | None = None
    access: Access = "public"
    dated: date | None = Field(default=None, description="The date in the title block.")
    title_block: TitleBlock | None = None
    sound: Text | None = Field(default=None, description="A sound file beside the storyboard.")
    frozen: FrozenValues | None = None
    shots: Annotated[list[Shot], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _shots_fit(self) -> Storyboard:
        known = set[str]()
        twice = list[Any]()
        for number, shot in enumerate(self.shots):
            if shot.id in known:
                error = ValueError(f"is the id of a shot before: {shot.id!r}")
                context = {"error": error}
                twice.append(
                    {"type": "value_error", "loc": ("shots", number, "id"), "input": shot.id, "ctx": context}
                )
            known.add(shot.id)
        if twice:
            raise ValidationError.from_exception_data("Storyboard", twice)
        if self.seconds > LONGEST_S:
            raise ValueError(f"lasts {self.seconds:.0f} s; an hour ({LONGEST_S:.0f} s) at most")
        return self

    @property
    def seconds(self) -> float:
        """Length of the film, s."""
        return sum(shot.seconds for shot in self.shots)
