"""Stations over the scene: told signs and words, alarms first, steady while the camera turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from layers.labels.overlay import Label
from layers.labels.painter import paint
from layers.labels.symbols import ALARMS, SHAPES, Sign, State, as_paths
from layers.rain import STEPS, colour_of, written
from layers.stage import Stage
from tests.layers.altered import Altered
from tests.scenes import show, show_layer, show_signs
from tests.small import NORTH, WEST
from twin.basin import Basin
from twin.stations.model import STATION_KINDS, Station
from twin.stations.network import Network
from twin.stations.snapshot import Tone

OpenStage = Callable[..., Stage]
DESK = (1280.0, 720.0)
GRAVE = 17


def network(basin: Basin, count: int) -> Network:
    """So many stations all over the small basin, of all kinds."""
    luck = np.random.default_rng(1)
    east = WEST + luck.uniform(400, 3600, count)
    north = NORTH - luck.uniform(400, 2800, count)
    lon, lat = basin.frame.to_lonlat(east, north)
    stations = {
        f"{k:08d}": Station(
            id=f"{k:08d}",
            name={"zh": f"测站{k}号", "en": f"station {k}"},
            kind=STATION_KINDS[k % len(STATION_KINDS)],
            lon=float(lon[k]),
            lat=float(lat[k]),
        )
        for k in range(count)
    }
    return Network(stations=stations, datastreams={})


def signs(net: Network, *, detail: str = "12.34 m ↑ · 3 分钟前", **more: Any) -> dict[str, Sign]:
    return {
        id_: Sign(
            name=station.name["zh"],
            detail=detail,
            **{"state": "fresh", "rank": 2 if k % GRAVE == 0 else 0, **more},
        )
        for k, (id_, station) in enumerate(net.stations.items())
    }


@pytest.fixture
def net(basin: Basin) -> Network:
    return network(basin, 429)


@pytest.fixture
def stage(basin: Basin, net: Network, open_stage: OpenStage) -> Stage:
    return open_stage(Altered(basin, network=net))


def test_before_it_is_told_anything_a_station_shows_nothing(stage: Stage) -> None:
    overlay = stage.overlay(size=DESK)
    assert not [mark for mark in overlay.marks if mark.layer == "stations"]


def test_a_told_station_has_its_sign_and_its_words(stage: Stage, net: Network) -> None:
    show_signs(stage, stations={"00000003": Sign(name="甲", detail="1.2 m", state="stale", rank=3)})
    overlay = stage.overlay(size=DESK)
    (mark,) = [m for m in overlay.marks if m.layer == "stations"]
    (label,) = [x for x in overlay.labels if x.layer == "stations"]
    assert (mark.id, mark.kind, mark.state, mark.rank) == ("00000003", "station-reservoir", "stale", 3)
    assert (label.text, label.detail, label.state, label.rank) == ("甲", "1.2 m", "stale", 3)


def test_the_rest_of_the_picture_is_not_touched(stage: Stage, net: Network) -> None:
    before = stage.render()
    show_signs(stage, stations=signs(net))
    asked: list[None] = []
    stage.on_change = lambda: asked.append(None)
    show_signs(stage, stations=signs(net, detail="12.35 m"))
    assert asked == []
    np.testing.assert_array_equal(before, stage.render())


def test_one_that_is_filtered_out_is_gone(stage: Stage, net: Network) -> None:
    told = signs(net) | {"00000003": Sign(name="甲", detail="1.2 m", state="fresh", shown=False)}
    show_signs(stage, stations=told)
    overlay = stage.overlay(size=DESK)
    assert "00000003" not in {m.id for m in overlay.marks} | {x.id for x in overlay.labels}


def box(label: Label) -> tuple[float, float, float, float]:
    """Where words stand, by what both painters do; a Chinese character takes its size."""
    wide = max(len(label.text) * 11.5, sum(12.5 if ord(c) > 0x2E7F else 7.0 for c in label.detail))
    x, y = label.x * DESK[0] + label.dx, label.y * DESK[1] + label.dy
    high = 29.0 if label.text else 15.5
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def test_many_are_shown_without_overlap_and_all_that_alarm(stage: Stage, net: Network) -> None:
    show_signs(stage, stations=signs(net))
    overlay = stage.overlay(size=DESK)
    words = [x for x in overlay.labels if x.layer == "stations"]
    assert len(words) >= 40
    for one, other in combinations(map(box, words), 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
    alarmed = {
        m.id
        for m in overlay.marks
        if m.layer == "stations" and m.rank and 0.06 < m.x < 0.94 and 0.08 < m.y < 0.94
    }
    assert alarmed
    assert len(alarmed & {x.id for x in words}) >= 0.9 * len(alarmed)  # the rest has its sign alone


def test_where_there_is_no_room_for_a_name_the_value_stands_alone(stage: Stage, net: Network) -> None:
    show_signs(stage, stations=signs(net))
    words = [x for x in stage.overlay(size=DESK).labels if x.layer == "stations"]
    brief = [x for x in words if not x.text]
    assert 0 < len(brief) < len(words) / 2
    assert all(x.detail for x in brief)
    show_signs(
        stage, stations={x.id: signs(net)[x.id] for x in brief[:1]}
    )  # alone in the view it has all room
    (alone,) = [x for x in stage.overlay(size=DESK).labels if x.layer == "stations"]
    assert alone.text == net.stations[brief[0].id].name["zh"]


def test_no_value_does_not_stand_alone(stage: Stage, net: Network) -> None:
    show_signs(stage, stations=signs(net, detail="无数据", state="never", rank=0))
    words = [x for x in stage.overlay(size=DESK).labels if x.layer == "stations"]
    assert words
    assert all(x.text for x in words)


def test_a_click_on_a_value_that_stands_alone_means_its_station(stage: Stage, net: Network) -> None:
    show_signs(stage, stations=signs(net))
    overlay = stage.overlay(size=DESK)
    for one in (x for x in overlay.labels if x.layer == "stations" and not x.text):
        x, y = one.x + one.dx / DESK[0], one.y + one.dy / DESK[1]
        if all(np.hypot((m.x - x) * DESK[0], (m.y - y) * DESK[1]) > 30.0 for m in overlay.marks):
            break
    else:
        pytest.fail("no value stands alone and away from all signs")
    assert stage.pick_station(x, y) == one.id
    assert stage.pick_station(x, y + 13.0 / DESK[1]) != one.id


def test_an_alarm_takes_the_place_of_what_does_not(basin: Basin, open_stage: OpenStage) -> None:
    crowd = network(basin, 40)
    middle = basin.frame.to_lonlat(WEST + 2000.0, NORTH - 1400.0)
    stations = {
        id_: Station(id=id_, name=s.name, kind="rain", lon=float(middle[0]), lat=float(middle[1]))
        for id_, s in crowd.stations.items()
    }
    stage = open_stage(Altered(basin, network=Network(stations=stations, datastreams={})))
    told = {
        id_: Sign(name="站", detail="1", state="fresh", rank=1 if id_.endswith("39") else 0)
        for id_ in stations
    }
    show_signs(stage, stations=told)
    shown = [x.id for x in stage.overlay(size=DESK).labels if x.layer == "stations"]
    assert "00000039" in shown


def test_turning_slowly_leaves_the_words_in_peace(stage: Stage, net: Network) -> None:
    show_signs(stage, stations=signs(net))
    start, shown = stage.camera, []
    for step in range(60):
        show(stage, camera=start.model_copy(update={"heading_deg": (start.heading_deg + 0.1 * step) % 360}))
        labels = [x for x in stage.overlay(size=DESK).labels if x.layer == "stations"]
        shown.append({x.id for x in labels if 0.06 < x.x < 0.94 and 0.08 < x.y < 0.94})
    changes = sum(len(before ^ after) for before, after in pairwise(shown))
    total = sum(len(before | after) for before, after in pairwise(shown))
    assert changes / total < 0.01, f"{changes} of {total}"


def test_a_new_value_does_not_move_the_words(stage: Stage, net: Network) -> None:
    show_signs(stage, stations=signs(net))
    before = {x.id: (x.dx, x.dy) for x in stage.overlay(size=DESK).labels if x.layer == "stations"}
    show_signs(stage, stations=signs(net, detail="12.35 m → · 4 分钟前"))
    after = {x.id: (x.dx, x.dy) for x in stage.overlay(size=DESK).labels if x.layer == "stations"}
    assert before == after


def test_a_click_on_sign_or_words_finds_the_station(stage: Stage, net: Network) -> None:
    show_signs(stage, stations={"00000003": Sign(name="甲甲甲甲", detail="1.2 m", state="fresh")})
    (label,) = [x for x in stage.overlay(size=DESK).labels if x.layer == "stations"]
    assert stage.pick_station(label.x, label.y) == "00000003"
    on_words = (label.x + label.dx / DESK[0], label.y + label.dy / DESK[1])
    assert stage.pick_station(*on_words) == "00000003"
    assert stage.pick_station(label.x, label.y + 60 / DESK[1]) is None


def test_a_hidden_layer_shows_no_stations(stage: Stage, net: Network) -> None:
    show_signs(stage, stations=signs(net))
    show_layer(stage, "stations", visible=False)
    overlay = stage.overlay(size=DESK)
    assert not [x for x in (*overlay.labels, *overlay.marks) if x.layer == "stations"]


# -- rain -------------------------------------------------------------------------------------------------


def test_rain_is_drawn_when_asked_for_and_only_where_the_day_is_known(stage: Stage, net: Network) -> None:
    show_signs(stage, stations=signs(net))
    show_signs(stage, rain_mm={"00000000": (62.0, 1.0), "00000008": (12.0, 0.5), "00000016": (0.0, 1.0)})
    assert stage.overlay(size=DESK).bars == ()
    show_layer(stage, "rain", visible=True)
    (bar,) = stage.overlay(size=DESK).bars
    assert (bar.id, bar.text, bar.colour) == ("00000000", "62", "#3c5bff")
    blank = np.full((720, 1280, 3), 90, np.uint8)
    show_signs(stage, rain_mm={})
    before = paint(blank, stage.overlay(size=DESK))
    show_signs(stage, rain_mm={"00000000": (62.0, 1.0)})
    after = paint(blank, stage.overlay(size=DESK))
    rows, cols = np.nonzero((before != after).any(axis=2))
    place = (bar.x * DESK[0], bar.y * DESK[1])
    assert abs(cols.mean() - place[0]) < 6
    assert rows.max() <= place[1] + 2 and place[1] - rows.min() >= bar.height_px


@pytest.mark.parametrize(
    ("mm", "colour"),
    [(0.1, "#9fe3a1"), (9.9, "#9fe3a1"), (10, "#5fc15f"), (99.9, "#3c5bff"), (400, "#9a1f5c")],
)
def test_rain_has_the_national_classes(mm: float, colour: str) -> None:
    assert colour_of(mm) == colour


@given(st.integers(100_000, 400_000_000))
def test_rain_is_written_in_the_class_of_its_colour(micro: int) -> None:
    mm = micro / 1e6
    assert colour_of(float(written(mm))) == colour_of(mm)
    assert abs(float(written(mm)) - mm) <= 0.5


def test_rain_just_under_a_class_is_not_written_as_that_class() -> None:
    shown = {9.96: "9.96", 49.6: "49.6", 49.96: "49.96", 50.0: "50", 12.3: "12", 0.1: "0.1"}
    assert {mm: written(mm) for mm in shown} == shown
    assert all(colour_of(least) == colour for least, colour, _ in STEPS)


# -- the signs themselves ---------------------------------------------------------------------------------


def drawn(kind: str, size: int = 64) -> np.ndarray[Any, np.dtype[np.bool_]]:
    image = Image.new("1", (size, size))
    outline = [(size / 2 + x * size / 2.6, size / 2 + y * size / 2.6) for x, y in SHAPES[kind]]
    ImageDraw.Draw(image).polygon(outline, fill=1)
    return np.asarray(image)


def test_every_kind_has_a_shape_and_no_two_are_alike_without_colour() -> None:
    assert set(SHAPES) == set(STATION_KINDS)
    for one, other in combinations(SHAPES, 2):
        a, b = drawn(one), drawn(other)
        alike = (a & b).sum() / (a | b).sum()
        assert alike < 0.86, (one, other, alike)


def test_the_page_is_given_the_same_shapes() -> None:
    paths = as_paths()
    for kind, outline in SHAPES.items():
        numbers = [float(x) for x in paths[kind].strip("MZ").replace("L", " ").split()]
        assert numbers == pytest.approx([v for point in outline for v in point])


def test_a_value_alone_stands_in_the_middle_of_its_place_in_saved_pictures(stage: Stage) -> None:
    show_signs(stage, stations={"00000003": Sign(name="甲", detail="1.2 m", state="fresh")})
    overlay = stage.overlay(size=DESK)
    (label,) = [x for x in overlay.labels if x.layer == "stations"]
    others = [x for x in overlay.labels if x is not label]
    blank = np.full((720, 1280, 3), 90, np.uint8)
    bare = paint(blank, replace(overlay, labels=tuple(others)))
    words = paint(blank, replace(overlay, labels=(*others, label._replace(text=""))))
    rows, cols = np.nonzero((bare != words).any(axis=2))
    middle = (label.x * DESK[0] + label.dx, label.y * DESK[1] + label.dy)
    assert abs((rows.min() + rows.max()) / 2 - middle[1]) < 3
    assert abs((cols.min() + cols.max()) / 2 - middle[0]) < 3
    assert rows.max() - rows.min() < 20


@pytest.mark.parametrize("tone", ["blue", "yellow", "orange", "red"])
def test_saved_pictures_and_the_page_draw_a_warning_in_its_own_colour(stage: Stage, tone: Tone) -> None:
    show_signs(
        stage, stations={"00000003": Sign(name="甲", detail="1.2 m", state="fresh", rank=2, tone=tone)}
    )
    over = stage.overlay(size=DESK)
    (mark,) = (mark for mark in over.marks if mark.state)
    assert (mark.tone, [label.tone for label in over.labels if label.state]) == (tone, [tone])
    picture = paint(np.full((720, 1280, 3), 90, np.uint8), replace(over, labels=()))
    colour = ALARMS[tone]
    disc = tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))
    row, col = round(mark.y * 720), round(mark.x * 1280)
    around = picture[row - 12 : row + 12, col - 12 : col + 12]
    assert (around == disc).all(axis=2).sum() > 60
    named = {"blue": 2, "red": 0}.get(tone)
    assert named is None or max(range(3), key=lambda k: disc[k]) == named


@pytest.mark.parametrize("state", ["fresh", "stale", "dead", "never"])
def test_saved_pictures_show_how_a_station_stands(stage: Stage, state: State) -> None:
    """Each state looks different from every other, in grey."""
    pictures = {}
    blank = np.full((720, 1280, 3), 90, np.uint8)
    for how in ("fresh", "stale", "dead"):
        show_signs(stage, stations={"00000003": Sign(name="甲", detail="1.2 m", state=how)})  # type: ignore[arg-type]
        pictures[how] = paint(blank, stage.overlay(size=DESK)).astype(int).mean(axis=2)
    show_signs(stage, stations={"00000003": Sign(name="甲", detail="1.2 m", state=state)})
    mine = paint(blank, stage.overlay(size=DESK)).astype(int).mean(axis=2)
    for how, picture in pictures.items():
        assert (how == state or (state == "never" and how == "stale")) == bool((picture == mine).all())
