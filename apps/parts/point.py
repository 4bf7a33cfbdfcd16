"""Card of a point that was clicked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from apps.formatting import fixed, plain
from apps.parts.provenance import extent
from apps.session.session import Session
from apps.session.views import CardView, RowView
from apps.texts import texts
from twin.bilingual import Language
from twin.water.surface import Shore

if TYPE_CHECKING:
    from twin.water.surface import PointWater

SHORE = {
    Shore.CERTAINLY_WET: ("wet_certain", "certain"),
    Shore.POSSIBLY_DRY: ("wet_possible", "possible"),
    Shore.POSSIBLY_WET: ("wet_possible", "possible"),
    Shore.CERTAINLY_DRY: ("dry_certain", ""),
}


def view(
    session: Session,
    *,
    east: float,
    north: float,
    language: Language,
    building: Mapping[str, Any] | None = None,
) -> CardView:
    """Return the card of a point, and of the building there.

    The point is in the frame's CRS, at the session's moment.
    """
    card = _point(session, east=east, north=north, language=language)
    if building is None:
        return card
    t = texts(language)
    return replace(card, title=_title(building, language), rows=[*_building(building, t), *card.rows])


def _title(building: Mapping[str, Any], language: Language) -> str:
    village = building.get(f"village_{language}", "")
    return f"{village} · {texts(language)['building']} {building['number']}".removeprefix(" · ")


def _building(building: Mapping[str, Any], t: dict[str, str]) -> list[RowView]:
    """Who lives there and how high it is, as far as the data says."""
    kind = t.get(f"building_{building.get('kind')}", "")
    rows = [RowView(label=t["building_kind"], value=kind)] if kind else []
    if building.get("households"):
        lives = t["building_people"].format(households=building["households"], people=building["people"])
        rows.append(RowView(label=t["building_lives"], value=lives))
    if "height_m" in building:
        high = t["building_high"].format(height=fixed(building["height_m"], 1), storeys=building["storeys"])
        rows.append(RowView(label=t["building_height"], value=high))
    return rows


def _point(session: Session, *, east: float, north: float, language: Language) -> CardView:
    t = texts(language)
    point = session.points.water(east, north, moment=session.scene.moment)
    lon, lat = (float(v) for v in session.basin.frame.to_lonlat(east, north))
    place = RowView(label=t["point_place"], value=f"{lat:.5f}° N, {lon:.5f}° E")
    if point.ground_m is None and point.shore is None:
        return CardView(
            kind="point", title=t["point"], value=t["point_outside"], tone="missing", rows=[place]
        )
    status, tone = SHORE[point.shore] if point.shore is not None else ("point_no_survey", "missing")
    no_survey = RowView(label=t["point_ground"], value=t["point_no_survey"], tone="missing")
    rows = [place]
    if point.ground_m is None:
        rows += [no_survey, RowView(label=t["point_depth"], value=t["point_no_survey"], tone="missing")]
    else:
        rows.append(RowView(label=t["point_ground"], value=f"{fixed(point.ground_m, 1)} {t['unit_level']}"))
        if (survey := session.points.survey(east, north)) is not None:
            rows.append(RowView(label=t["point_survey"], value=survey[language]))
        depth = t["none"] if point.depth_m is None else f"{fixed(point.depth_m, 1)} {t['unit_level']}"
        rows.append(RowView(label=t["point_depth"], value=depth))
        rows.append(RowView(label=t["point_first_wet"], value=_first_wet(session, point, t)))
    rows += extent(session.report, language)
    if point.shore is not None and not point.shore.certain:
        rows.append(RowView(label=t["point_error"], value=_within(session, point.shore, t)))
    return CardView(
        kind="point",
        title=t["point"],
        value=t[status],
        tone=tone,
        rows=rows,
        note=t["point_no_survey_note"] if point.ground_m is None else _beyond(session, point, t),
    )


def _beyond(session: Session, point: PointWater, t: dict[str, str]) -> str:
    """What a place that water reaches past a crest at most says of a flood: where it is joined, no more."""
    out_m = session.levels.lowest_way_out_m
    if out_m is None or point.first_wet_m is None or point.first_wet_m < out_m:
        return ""
    return t["point_beyond"].format(level=fixed(out_m, 2))


def _first_wet(session: Session, point: PointWater, t: dict[str, str]) -> str:
    if point.first_wet_m is None:
        return t["point_never"].format(level=plain(_computed_to_m(session)))
    return f"{fixed(point.first_wet_m, 2)} {t['unit_level']}"


def _computed_to_m(session: Session) -> float:
    """The highest level in whole centimetres that connection levels were computed for."""
    return (round(session.basin.cap_m * 100) - 1) / 100


def _within(session: Session, shore: Shore, t: dict[str, str]) -> str:
    """What the terrain alone would say, and how far that can be trusted."""
    error = fixed(session.basin.terrain.vertical_error_m, 1)
    return f"± {error} {t['unit_level']} · {t['terrain_says_wet' if shore.wet else 'terrain_says_dry']}"
