"""Forms of the studio: cameras, title block, sound, what is frozen with a view."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from apps.studio import taken_views
from apps.studio.camera_fields import with_camera
from apps.studio.field_values import ShotFieldError
from apps.studio.film_fields import with_film_field
from apps.studio.followed_lines import FollowedLine, lines_to_follow
from apps.studio.shot_fields import with_field
from apps.studio.storyboard_folder import StoryboardFolder
from tests.apps.studio.films import film, shot
from twin.basin import Basin
from twin.moment import Moment, what_if
from twin.scene import Camera, LayerState, Scene
from twin.storyboard.frozen_values import FrozenValue, FrozenValues

ZONE = ZoneInfo("Asia/Shanghai")
CAMERA = Camera(
    target_east_m=5.0, target_north_m=6.0, target_m=1.0, distance_m=700.0, heading_deg=9.0, pitch_deg=-20.0
)
LINE = FollowedLine(layer="rivers", feature="云溪", name={"zh": "云溪", "en": "Yunxi"})
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


def test_a_camera_of_another_kind_begins_with_what_is_there() -> None:
    here, taken = taken_views.camera_key(CAMERA, 0.0), shot("a")
    circle = with_camera(taken, "orbit", here=here).camera.orbit
    assert circle is not None and circle.around == taken.camera.keys[0].target
    flight = with_camera(taken, "follow", here=here, line=LINE)
    assert flight.camera.follow is not None and flight.camera.follow.feature == "云溪"
    assert with_camera(flight, "keys", here=here).camera.keys == [here]
    with pytest.raises(ShotFieldError):
        with_camera(taken, "follow", here=here, line=None)
    for field, value in {
        "follow": "roads/环湖路",
        "upstream": True,
        "distance_m": 900,
        "pitch_deg": -10,
    }.items():
        flight = with_field(flight, field, value, language="zh", zone=ZONE)
    follow = flight.camera.follow
    assert follow is not None
    assert (follow.layer, follow.feature, follow.upstream) == ("roads", "环湖路", True)
    assert (follow.distance_m, follow.pitch_deg) == (900, -10)
    with pytest.raises(ShotFieldError):
        with_field(taken, "upstream", True, language="zh", zone=ZONE)


def test_lines_that_can_be_followed_are_long_have_names_and_are_one_for_all_their_reaches(
    tmp_path: Path,
) -> None:
    def row(name: str | None, kind: str, *points: tuple[float, float]) -> dict[str, Any]:
        geometry = {"type": kind, "coordinates": points if kind == "LineString" else [points]}
        return {"type": "Feature", "geometry": geometry, "properties": {"name_zh": name, "name_en": "x"}}

    rows = [
        row("云溪", "LineString", (0, 0), (700, 0)),
        row("云溪", "LineString", (700, 0), (1400, 0)),
        row("短溪", "LineString", (0, 0), (900, 0)),
        row(None, "LineString", (0, 0), (9000, 0)),
        row("湖", "Polygon", (0, 0), (9000, 0), (0, 9000), (0, 0)),
        row("长河", "LineString", (0, 0), (3000, 0)),
    ]
    (tmp_path / "features.json").write_text(json.dumps({"type": "FeatureCollection", "features": rows}))

    class Drawn:
        """A basin with one layer of lines."""

        show = SimpleNamespace(label="name_zh")
        catalog = SimpleNamespace(entries={"rivers": SimpleNamespace(id="rivers", kind="river", show=show)})
        generation = SimpleNamespace(has=lambda step: True, path=lambda step: tmp_path)

    found = lines_to_follow(cast(Basin, Drawn()))
    assert [line.id for line in found] == ["rivers/长河", "rivers/云溪"]


def test_the_title_block_takes_the_sites_words_where_it_has_none_of_its_own() -> None:
    board = with_film_field(film("a"), "unit", "水库管理处")
    board = with_film_field(board, "map_approval", "京S(2026)001号")
    board = with_film_field(with_film_field(board, "dated", "2026-12-01"), "sound", "a/b.mp3")
    assert board.title_block is not None and board.title_block.unit is not None
    assert (board.title_block.unit.zh, board.title_block.map_approval) == ("水库管理处", "京S(2026)001号")
    assert (board.dated, board.sound) == (date(2026, 12, 1), "a/b.mp3")
    english = with_film_field(with_film_field(board, "language", "en"), "unit", "Reservoir Office")
    assert english.title_block is not None
    assert dict(english.title_block.unit or {}) == {"zh": "水库管理处", "en": "Reservoir Office"}
    for field in ("unit", "map_approval", "dated", "sound"):
        board = with_film_field(board, field, "")  # type: ignore[arg-type]
    assert (board.title_block, board.dated, board.sound) == (None, None, None)
    with pytest.raises(ShotFieldError):
        with_film_field(board, "dated", "tomorrow")


def test_only_sounds_of_the_folder_are_offered_and_given_out(tmp_path: Path) -> None:
    films = tmp_path / "storyboards"
    (films / "音乐").mkdir(parents=True)
    for name in ("a.MP3", "音乐/b.wav", "film.yaml"):
        (films / name).touch()
    (tmp_path / "c.mp3").touch()
    folder = StoryboardFolder(films)
    assert folder.sounds() == ["a.MP3", "音乐/b.wav"]
    assert folder.sound("音乐/b.wav") == (films / "音乐/b.wav").resolve()
    assert folder.sound("../c.mp3") is None and folder.sound("none.mp3") is None
    assert StoryboardFolder(tmp_path / "nothing").sounds() == []


def test_a_live_view_is_frozen_with_what_stations_showed() -> None:
    live = Moment(mode="live", level_m=152.0, highest_m=152.5, valid_at=AT)
    value = FrozenValue(station="1", parameter="level", value=152.0, unit="m", time=AT)
    frozen = taken_views.frozen_with(None, live, [value])
    assert frozen == FrozenValues(at=AT, level_m=152.0, highest_m=152.5, values=[value])
    at_first = {"stations": LayerState()}
    scene = Scene(camera=CAMERA, moment=live)
    taken = taken_views.new_shot("a", scene, at_first)
    assert taken.stations == "frozen" and taken.water is not None and taken.water.frozen
    hidden = scene.model_copy(update={"layers": {"stations": LayerState(visible=False)}})
    assert taken_views.new_shot("a", hidden, at_first).stations == "none"
    assert taken_views.new_shot("a", Scene(camera=CAMERA, moment=what_if(150.0)), at_first).stations == "none"


def test_a_view_of_the_past_is_frozen_as_it_is_known_now() -> None:
    past = Moment(mode="history", level_m=152.0, highest_m=152.5, valid_at=AT, known_at=AT)
    assert taken_views.frozen_with(None, past) == FrozenValues(at=AT)
    before = FrozenValues(at=datetime(2026, 1, 1, tzinfo=UTC))
    board = film("a").model_copy(update={"frozen": before})
    assert taken_views.frozen_with(board, past) == before
    scene = Scene(camera=CAMERA, moment=past)
    assert taken_views.new_shot("a", scene, {"stations": LayerState()}).stations == "history"
