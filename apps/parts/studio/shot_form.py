"""View of the form of one shot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from apps.parts.studio.strip_view import worded
from apps.studio.shot_fields import PANELS
from apps.texts import texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from apps.session.session import Session
    from apps.studio.followed_lines import FollowedLine
    from twin.bilingual import Language
    from twin.storyboard.camera_track import Follow
    from twin.storyboard.shot_texts import Callout, Caption
    from twin.storyboard.storyboard import Shot, Storyboard
    from twin.storyboard.water_track import Span


@dataclass(frozen=True, kw_only=True)
class WordsLine:
    """Caption or call-out; ``to_s`` is '' for the shot's end."""

    text: str
    from_s: float
    to_s: float | str


@dataclass(frozen=True, kw_only=True)
class KeyView:
    """Camera key by its second and how it is given."""

    at_s: float
    name: str


@dataclass(frozen=True, kw_only=True)
class FormChoice:
    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ShotForm:
    """Form of the edited shot; ``id`` is '' for none.

    Times of the world are written as ``datetime-local`` fields take them, in the site's zone. ``place`` is
    where a call-out would be anchored, in words.
    """

    id: str = ""
    number: int = 0
    name: str = ""
    seconds: float = 0.0
    fade_s: float = 0.0
    title: str = ""
    under: str = ""
    water: str = "kept"
    waters: list[FormChoice] = field(default_factory=list)
    level: float | str = ""
    level_to: float | str = ""
    lowest_m: float = 0.0
    highest_m: float = 0.0
    start: str = ""
    end: str = ""
    camera: str = "keys"
    turn_deg: float = 90.0
    lines: list[FormChoice] = field(default_factory=list)
    follow: str = ""
    upstream: bool = False
    distance_m: float = 0.0
    pitch_deg: float = 0.0
    camera_keys: list[KeyView] = field(default_factory=list)
    captions: list[WordsLine] = field(default_factory=list)
    callouts: list[WordsLine] = field(default_factory=list)
    panels: dict[str, bool] = field(default_factory=dict)
    uncertain: bool = False
    stations: str = "none"
    poster_s: float | str = ""
    place: str = ""


SPANS = ("scenario", "run", "history")


def shot_form(
    shot: Shot,
    board: Storyboard,
    session: Session,
    language: Language,
    *,
    lines: Sequence[FollowedLine] = (),
) -> ShotForm:
    """Return the form of a shot.

    ``lines`` are those that can be followed. Its words are those of the film's language.
    """
    t, water, zone = texts(language), shot.water, session.zone
    kind = _kind(shot)
    span: Span | None = None if water is None else next((s for k in SPANS if (s := getattr(water, k))), None)
    levels = [] if water is None else water.levels
    camera = shot.camera
    return ShotForm(
        id=shot.id,
        number=board.shots.index(shot) + 1,
        name=worded(shot.name, board.language),
        seconds=shot.seconds,
        fade_s=shot.fade_s,
        title="" if shot.title is None else worded(shot.title.text, board.language),
        under="" if shot.title is None else worded(shot.title.under, board.language),
        water=kind,
        waters=_waters(kind, board, session, language),
        level=levels[0].level_m if levels else "",
        level_to=levels[-1].level_m if len(levels) > 1 else "",
        lowest_m=session.levels.lowest_m,
        highest_m=session.levels.highest_m,
        start="" if span is None else _local(span.from_, zone),
        end="" if span is None else _local(span.to, zone),
        camera="keys" if camera.keys else "orbit" if camera.orbit else "follow",
        turn_deg=90.0 if camera.orbit is None else camera.orbit.turn_deg,
        **_followed(camera.follow, lines, language),
        camera_keys=[
            KeyView(at_s=key.at_s, name=key.viewpoint or t["shot_key"].format(number=number))
            for number, key in enumerate(camera.keys, 1)
        ],
        captions=_lines(shot.captions, board.language),
        callouts=_lines(shot.callouts, board.language),
        panels={panel: panel in shot.panels for panel in PANELS},
        uncertain=shot.uncertain,
        stations=shot.stations,
        poster_s="" if shot.poster_s is None else shot.poster_s,
        place=t["callout_clicked" if _point(session) else "callout_middle"],
    )


def _followed(follow: Follow | None, lines: Sequence[FollowedLine], language: Language) -> dict[str, Any]:
    """Fields of a flight along a line; a line that only the file has is a choice, too."""
    choices = [FormChoice(id=line.id, name=line.name[language]) for line in lines]
    if follow is None:
        return {"lines": choices}
    id_ = f"{follow.layer}/{follow.feature}" if follow.layer else ""
    if id_ not in {choice.id for choice in choices}:
        name = follow.feature or texts(language)["shot_line_places"]
        choices.append(FormChoice(id=id_, name=name))
    return {
        "lines": choices,
        "follow": id_,
        "upstream": follow.upstream,
        "distance_m": follow.distance_m,
        "pitch_deg": follow.pitch_deg,
    }


def _point(session: Session) -> bool:
    selection = session.scene.selection
    return selection is not None and selection.east_m is not None


def _kind(shot: Shot) -> str:
    water = shot.water
    if water is None:
        return "kept"
    if water.levels:
        return "level" if len(water.levels) == 1 else "rise"
    if water.scenario is not None:
        return f"scenario:{water.scenario.id}"
    return next(kind for kind in ("storages", "run", "history", "frozen") if getattr(water, kind))


def _waters(kind: str, board: Storyboard, session: Session, language: Language) -> list[FormChoice]:
    """What a shot's water can be; one that only the file can set is there while it is."""
    t = texts(language)
    ids = ["kept", "level", "rise", *(["frozen"] if board.frozen is not None else [])]
    found = [FormChoice(id=id_, name=t[f"water_{id_}"]) for id_ in ids]
    if (flood := session.flood) is not None:
        found.append(FormChoice(id=f"scenario:{flood.id}", name=flood.name[language]))
    if kind not in {choice.id for choice in found}:
        name = t[f"shot_water_{kind.partition(':')[0]}"]
        found.append(FormChoice(id=kind, name=name))
    return found


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _lines(lines: Sequence[Caption | Callout], language: Language) -> list[WordsLine]:
    return [
        WordsLine(
            text=worded(line.text, language), from_s=line.from_s, to_s="" if line.to_s is None else line.to_s
        )
        for line in lines
    ]
