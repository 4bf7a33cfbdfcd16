"""Set one field of a shot from a form's value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from apps.studio.camera_fields import FOLLOW, with_camera_field
from apps.studio.field_values import M, Value, refused, replaced, words_in
from apps.studio.shot_edits import changed_shot
from twin.bilingual import Language
from twin.catalog.types import Place
from twin.storyboard.camera_track import CameraTrack
from twin.storyboard.shot_texts import Callout, Caption, ShotTitle
from twin.storyboard.storyboard import Panel, Shot
from twin.storyboard.water_track import LevelKey, NamedSpan, Span, WaterTrack

Lines = Literal["captions", "callouts"]
TITLE_S = 4.0
PANELS: tuple[Panel, ...] = get_args(Panel)


def with_field(shot: Shot, field: str, value: Value, *, language: Language, zone: ZoneInfo) -> Shot:
    """Return the shot with one field of its form set.

    Words are those of the film's ``language``, times of the world those of ``zone``. Raises ShotFieldError.
    """
    try:
        if field in ("name", "title", "under"):
            return _worded(shot, field, str(value).strip(), language)
        if field.startswith("panel_"):
            return _panelled(shot, field.removeprefix("panel_"), bool(value))
        if field in (*FOLLOW, "turn_deg"):
            return with_camera_field(shot, field, value)
        return _FIELDS[field](shot, value, zone)
    except (KeyError, ValueError, TypeError) as error:
        if isinstance(error, ValidationError) or not isinstance(error, KeyError):
            raise refused(field, value) from error
        raise refused(field, field) from error


def with_line(shot: Shot, lines: Lines, number: int, field: str, value: Value, *, language: Language) -> Shot:
    """Return the shot with a caption's or call-out's field set; raises ShotFieldError."""
    found: list[Any] = list(getattr(shot, lines))
    try:
        line = found[number]
        if field == "text":
            new: Any = words_in(line.text, str(value).strip(), language)
        elif field in ("from_s", "to_s"):
            new = None if field == "to_s" and value in ("", 0) else float(value)
        else:
            raise refused(field, value)
        found[number] = replaced(line, **{field: new})
        return changed_shot(shot, **{lines: found})
    except (IndexError, ValueError, TypeError) as error:
        raise refused(field, value) from error


def with_caption(shot: Shot, text: str, *, at_s: float) -> Shot:
    """Return the shot with one more caption.

    The one before ends where it begins. ``at_s`` is where the film stands, seconds of the shot. Raises
    ShotFieldError.
    """
    captions, from_s = list(shot.captions), 0.0
    try:
        if captions:
            last = captions[-1]
            least_s = last.from_s + 0.5 if last.to_s is None else last.to_s
            middle_s = (last.from_s + shot.seconds) / 2
            from_s = round(at_s if least_s <= at_s < shot.seconds else max(least_s, middle_s), 1)
            if last.to_s is None:
                captions[-1] = replaced(last, to_s=from_s)
        return changed_shot(shot, captions=[*captions, Caption(text=text.strip(), from_s=from_s)])
    except ValueError as error:
        raise refused("caption", text) from error


def with_callout(shot: Shot, text: str, *, east_m: float, north_m: float) -> Shot:
    """Return the shot with a call-out more.

    The place is in the frame's CRS. Raises ShotFieldError.
    """
    try:
        place = Place(east=round(east_m, 1), north=round(north_m, 1))
        return changed_shot(shot, callouts=[*shot.callouts, Callout(text=text.strip(), place=place)])
    except ValueError as error:
        raise refused("callout", text) from error


def without_line(shot: Shot, lines: Lines, number: int) -> Shot:
    """Return the shot without a caption or call-out; raises ShotFieldError."""
    found = list(getattr(shot, lines))
    if not 0 <= number < len(found):
        raise refused(lines, number)
    del found[number]
    return changed_shot(shot, **{lines: found})


# -- fields -------------------------------------------------------------------------------------------


def _seconds(shot: Shot, value: Value, _: ZoneInfo) -> Shot:
    """Another length: keys, levels and words keep their share of it."""
    seconds = round(float(value), 2)
    share = seconds / shot.seconds
    camera = shot.camera
    if camera.keys:
        camera = CameraTrack(keys=[_scaled(key, share) for key in camera.keys])
    water = shot.water
    if water is not None and water.levels:
        water = WaterTrack(levels=[_scaled(key, share) for key in water.levels])
    elif water is not None and water.storages:
        water = WaterTrack(storages=[_scaled(key, share) for key in water.storages])
    return changed_shot(
        shot,
        seconds=seconds,
        camera=camera,
        water=water,
        captions=[_scaled(line, share) for line in shot.captions],
        callouts=[_scaled(line, share) for line in shot.callouts],
        title=None if shot.title is None else _scaled(shot.title, share),
        poster_s=None if shot.poster_s is None else round(shot.poster_s * share, 2),
    )


def _scaled(timed: M, share: float) -> M:
    given = {name: getattr(timed, name, None) for name in ("at_s", "from_s", "to_s", "dwell_s")}
    return replaced(timed, **{name: round(s * share, 2) for name, s in given.items() if s is not None})


def _water(shot: Shot, value: Value, _: ZoneInfo) -> Shot:
    """Another kind of water, with what it begins with; a scenario is set by its id."""
    level_m = _first_level(shot.water)
    kinds: Mapping[Value, Callable[[], WaterTrack | None]] = {
        "kept": lambda: None,
        "level": lambda: WaterTrack(levels=[LevelKey(at_s=0.0, level_m=level_m)]),
        "rise": lambda: _rise(shot, level_m, level_m),
        "frozen": lambda: WaterTrack(frozen=True),
    }
    return changed_shot(shot, water=kinds[value]())


def _first_level(water: WaterTrack | None) -> float:
    if water is None or not water.levels:
        raise ValueError("no level is known")
    return water.levels[0].level_m


def _rise(shot: Shot, from_m: float, to_m: float) -> WaterTrack:
    first, last = LevelKey(at_s=0.0, level_m=from_m), LevelKey(at_s=shot.seconds, level_m=to_m)
    return WaterTrack(levels=[first, last])


def _level(shot: Shot, value: Value, _: ZoneInfo) -> Shot:
    levels = [] if shot.water is None else shot.water.levels
    first = LevelKey(at_s=0.0, level_m=float(value))
    return changed_shot(shot, water=WaterTrack(levels=[first, *levels[1:]]))


def _level_to(shot: Shot, value: Value, _: ZoneInfo) -> Shot:
    levels = [] if shot.water is None else shot.water.levels
    first = levels[0].level_m if levels else float(value)
    between = [key for key in levels[1:-1] if 0.0 < key.at_s < shot.seconds]
    track = _rise(shot, first, float(value)).levels
    return changed_shot(shot, water=WaterTrack(levels=[track[0], *between, track[1]]))


def with_scenario(shot: Shot, id_: str, start: datetime, end: datetime) -> Shot:
    """Return the shot running through a flood of the catalog."""
    return changed_shot(
        shot, water=WaterTrack(scenario=NamedSpan.model_validate({"id": id_, "from": start, "to": end}))
    )


def _end_of_span(end: Literal["from", "to"]) -> Callable[[Shot, Value, ZoneInfo], Shot]:
    def set_(shot: Shot, value: Value, zone: ZoneInfo) -> Shot:
        at = datetime.fromisoformat(str(value)).replace(tzinfo=zone)
        water = shot.water
        for kind in ("scenario", "run", "history"):
            span: Span | None = None if water is None else getattr(water, kind)
            if span is not None:
                ends = {"from": span.from_, "to": span.to, end: at}
                named = {"id": span.id} if isinstance(span, NamedSpan) else {}
                new = type(span).model_validate({**named, **ends})
                return changed_shot(shot, water=WaterTrack.model_validate({kind: new}))
        raise ValueError("the shot runs through no time")

    return set_


def _poster(shot: Shot, value: Value, _: ZoneInfo) -> Shot:
    return changed_shot(shot, poster_s=None if value == "" else round(float(value), 2))


def _plain(name: str, kind: Callable[[Any], object]) -> Callable[[Shot, Value, ZoneInfo], Shot]:
    return lambda shot, value, _: changed_shot(shot, **{name: kind(value)})


_FIELDS: Mapping[str, Callable[[Shot, Value, ZoneInfo], Shot]] = {
    "seconds": _seconds,
    "fade_s": _plain("fade_s", float),
    "density": _plain("density", str),
    "uncertain": _plain("uncertain", bool),
    "stations": _plain("stations", str),
    "water": _water,
    "level": _level,
    "level_to": _level_to,
    "from": _end_of_span("from"),
    "to": _end_of_span("to"),
    "poster_s": _poster,
}


def _panelled(shot: Shot, panel: str, shown: bool) -> Shot:
    return changed_shot(
        shot, panels=[one for one in PANELS if (shown if one == panel else one in shot.panels)]
    )


def _worded(shot: Shot, field: str, text: str, language: Language) -> Shot:
    if field == "name":
        return changed_shot(shot, name=words_in(shot.name, text, language) if text else None)
    title = shot.title
    if field == "title":
        if not text:
            return changed_shot(shot, title=None)
        if title is None:
            return changed_shot(shot, title=ShotTitle(text=text, to_s=min(TITLE_S, shot.seconds)))
        return changed_shot(shot, title=replaced(title, text=words_in(title.text, text, language)))
    if title is None:
        raise ValueError("the title comes first")
    under = words_in(title.under, text, language) if text else None
    return changed_shot(shot, title=replaced(title, under=under))
