"""Frame of a film: its Scene and the words over it.

What evaluates a storyboard makes these (``shots.py``), what draws them knows no storyboard.
"""

from __future__ import annotations

from dataclasses import dataclass

from layers.labels.signs import NO_SIGNS, Signs
from twin.scene import Scene


@dataclass(frozen=True, kw_only=True)
class TitleWords:
    """Title; ``opacity`` is 0 to 1."""

    text: str
    under: str
    opacity: float


@dataclass(frozen=True, kw_only=True)
class CaptionWords:
    """Line at the foot."""

    text: str
    opacity: float


@dataclass(frozen=True, kw_only=True)
class CalloutWords:
    """Words on a leader to a place; working height in m."""

    text: str
    east_m: float
    north_m: float
    height_m: float
    opacity: float


@dataclass(frozen=True, kw_only=True)
class NumberWords:
    """Figure of the numbers panel: as it is read, with its source."""

    label: str
    value: str
    unit: str
    source: str


@dataclass(frozen=True, kw_only=True)
class LevelChart:
    """Level over the film's or shot's time.

    ``times`` and ``levels_m`` of equal length; ``at`` is the mark's place on ``times``. ``ticks`` are (time,
    words), ``lines`` named levels (level in m, name).
    """

    times: tuple[float, ...]
    levels_m: tuple[float, ...]
    at: float
    level_m: float
    ticks: tuple[tuple[float, str], ...]
    lines: tuple[tuple[float, str], ...]
    heading: str


@dataclass(frozen=True, kw_only=True)
class FrameWords:
    """Words and panels over a frame, beside its overlay.

    ``moment`` is the time the picture is of, in words; ``block`` the title block's line, ``attributions``
    who owns what is shown, ``lacking`` what was left out because its access forbids it.
    """

    title: TitleWords | None = None
    caption: CaptionWords | None = None
    callouts: tuple[CalloutWords, ...] = ()
    numbers: tuple[NumberWords, ...] = ()
    chart: LevelChart | None = None
    inset: bool = False
    moment: str = ""
    block: str = ""
    attributions: str = ""
    lacking: str = ""


@dataclass(frozen=True, kw_only=True)
class FilmFrame:
    """Frame by its number in the film, from 0.

    Two scenes are mixed while shots dissolve: ``before`` is the former one, ``mix`` the share of the new.
    """

    number: int
    time_s: float
    shot: str
    scene: Scene
    signs: Signs = NO_SIGNS
    words: FrameWords = FrameWords()
    before: FilmFrame | None = None
    mix: float = 1.0
