"""What the desk says about a moment: figures, provenance, points, the page's state. No browser."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from apps.parts import level_slider, point, provenance, readout
from apps.parts.part import first_state
from apps.rooms import desk
from apps.session.session import Session
from apps.session.views import Unit
from tests.apps.templates import scripts, template_texts
from tests.apps.views.at_end import at_end
from tests.shared_store import SharedStore
from tests.small import CREST_M, write_small_basin
from twin.basin import Basin
from twin.bilingual import Language
from twin.moment import Moment
from twin.water.ranges import LevelOutOfRange, StorageOutOfRange

# -- what limits the trust --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def low_dam(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Basin:
    """The small basin with a dam that its own range of levels passes."""
    catalog = write_small_basin(tmp_path_factory.mktemp("low_dam"))
    dam = catalog.parent / "dam.geojson"
    dam.write_text(dam.read_text("utf-8").replace(f'"crest_m": {CREST_M}', '"crest_m": 152.0'), "utf-8")
    return Basin.open(shared_store.build(catalog))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_level_past_the_crest_says_that_the_water_beyond_it_is_no_forecast(
    low_dam: Basin, language: Language
) -> None:
    session = Session(low_dam)
    session.show_what_if("level", 152.0)
    held = session.report.area_m2
    assert readout.view(session, language).remarks == []
    session.show_what_if("level", 152.01)
    (remark,) = readout.view(session, language).remarks
    assert "152.01" in remark and "1" in remark
    assert session.report.area_m2 > 1.05 * held


def test_a_place_below_the_dam_is_told_as_joined_and_not_as_forecast(low_dam: Basin) -> None:
    session = Session(low_dam)
    session.show_what_if("level", 152.01)
    below = point.view(session, east=492_010.0, north=4_482_300.0, language="zh")
    assert "152.01 m" in below.note and "不是预报" in below.note
    inside = point.view(session, east=492_010.0, north=4_483_590.0, language="zh")
    assert inside.note == ""


# -- the session ------------------------------------------------------------------------------------------


def test_it_starts_with_the_sites_level_as_a_what_if(session: Session) -> None:
    assert session.scene.moment.level_m == 150.0
    assert session.scene.moment.mode == "what-if"
    assert session.scene.moment.generation == session.basin.generation.id


@pytest.mark.parametrize(
    ("unit", "value"),
    [("level", 160.01), ("level", 125.9), ("level", math.nan), ("storage", 1e9), ("storage", -1.0)],
)
def test_what_lies_outside_the_range_is_refused_and_changes_nothing(
    session: Session, unit: Unit, value: float
) -> None:
    before = session.scene.moment
    with pytest.raises((LevelOutOfRange, StorageOutOfRange)):
        session.show_what_if(unit, value)
    assert session.scene.moment == before
    assert session.untouched


@pytest.mark.parametrize("unit", ["level", "storage"])
def test_the_sliders_own_ends_are_taken_however_they_are_written(session: Session, unit: Unit) -> None:
    gauge = level_slider.view(session, unit, "zh")
    for end, level_m in ((gauge.minimum, session.levels.lowest_m), (gauge.maximum, session.levels.highest_m)):
        session.show_what_if(unit, float(f"{end:.8f}"))
        assert session.scene.moment.level_m == pytest.approx(level_m, abs=1e-4)


def test_a_storage_finds_its_level(session: Session) -> None:
    at_155 = session.basin.water.at(level_m=155.0).storage_m3
    session.show_what_if("storage", at_155 / session.levels.storage_unit.m3)
    assert session.scene.moment.level_m == pytest.approx(155.0, abs=1e-3)


def test_a_question_forgets_the_flood_and_remembers_nothing(session: Session) -> None:
    at_end(session)
    session.show_what_if("level", 140.0)
    assert session.scene.moment.mode == "what-if"
    assert session.scene.moment.highest_m == 140.0


def test_a_replay_remembers_the_highest_level_of_its_flood(session: Session) -> None:
    moment = at_end(session).scene.moment
    assert moment.mode == "history"
    assert moment.level_m == 154.98  # as published at the flood's end
    assert moment.highest_m == pytest.approx(155.0, abs=0.02)
    assert moment.highest_m > moment.level_m


def test_a_link_into_the_flood_is_restored_and_one_into_another_becomes_a_what_if(session: Session) -> None:
    moment = at_end(session).scene.moment
    session.show_what_if("level", 130.0)
    session.restore(moment)
    assert session.scene.moment == moment
    session.restore(Moment(**moment.model_dump(exclude={"run"}), run="another-flood"))
    assert session.scene.moment.mode == "what-if"
    assert session.scene.moment.level_m == pytest.approx(moment.level_m, abs=1e-4)


# -- the readout ------------------------------------------------------------------------------------------


def test_the_figures_are_the_curves(session: Session) -> None:
    report = session.basin.water.at(level_m=150.0)
    by_id = {figure.id: figure for figure in readout.figures(session)}
    assert by_id["storage"].quantity.value == report.storage_m3
    assert by_id["area"].quantity.value == report.curve_area_m2
    free = session.basin.water.at(level_m=157.5).storage_m3 - report.storage_m3
    assert by_id["free_normal"].quantity.value == pytest.approx(free)


def test_above_the_normal_level_the_free_capacity_becomes_an_excess(session: Session) -> None:
    session.show_what_if("level", 158.0)
    view = readout.view(session, "zh")
    normal = next(figure for figure in view.figures if figure.id == "free_normal")
    assert (normal.label, normal.tone) == ("超正常蓄水位", "over")
    assert not normal.value.startswith("−")


def test_nothing_is_in_excess_by_nothing(session: Session) -> None:
    for level in (157.5, 157.5001, 157.51, 157.6, 158.0):
        session.show_what_if("level", level)
        normal = next(f for f in readout.view(session, "zh").figures if f.id == "free_normal")
        assert (normal.tone == "over") == (float(normal.value) > 0)


def test_the_fill_is_a_share_of_the_normal_capacity(session: Session) -> None:
    session.show_what_if("level", 157.5)
    assert readout.view(session, "en").fill == pytest.approx(100.0)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("figure", ["storage", "level", "area", "free_normal", "free_design"])
def test_every_figure_has_a_whole_provenance(session: Session, figure: str, language: str) -> None:
    card = provenance.view(at_end(session), figure, language)  # type: ignore[arg-type]
    assert card.kind == "provenance"
    assert all(row.label and row.value for row in card.rows)
    assert any(session.basin.generation.id in row.value for row in card.rows)


def test_a_published_storage_stands_beside_the_curves_with_their_difference(session: Session) -> None:
    assert session.playback is not None
    session.playback.seek(1753801200.0)  # 29 July 23:00 in Beijing
    session.replay()
    rows = {row.label: row.value for row in provenance.view(session, "storage", "en").rows}
    assert rows["Reported"].startswith("1,800.0 10⁴ m³ (off by ")


def test_what_is_not_a_figure_has_no_card(session: Session) -> None:
    assert provenance.view(session, "nonsense", "zh").kind == ""


# -- points -----------------------------------------------------------------------------------------------


def test_a_point_in_the_lake_has_ground_depth_and_first_wet_level(session: Session) -> None:
    card = point.view(session, east=492_010.0, north=4_483_590.0, language="en")
    rows = {row.label: row.value for row in card.rows}
    assert card.value == "certainly wet"
    assert rows["Ground"] == "120.0 m"
    assert rows["Depth"] == "30.0 m"


def test_a_point_on_the_plateau_is_dry_whatever_the_level(session: Session) -> None:
    session.show_what_if("level", 160.0)
    card = point.view(session, east=490_100.0, north=4_484_900.0, language="en")
    assert card.value == "dry"
    assert "not up to 160.5 m" in {row.label: row.value for row in card.rows}["First wet at"]


@pytest.mark.parametrize(("level_m", "says"), [(150.3, "wet by the terrain"), (149.7, "dry by the terrain")])
def test_a_point_within_the_height_error_of_the_shore_is_only_possible(
    session: Session, level_m: float, says: str
) -> None:
    session.show_what_if("level", level_m)
    # On the cone the ground rises 0.05 m a metre: 30 m up is 600 m from the middle.
    card = point.view(session, east=492_010.0 - 600.0, north=4_483_590.0, language="en")
    assert (card.value, card.tone) == ("possibly wet", "possible")
    assert {row.label: row.value for row in card.rows}["Height error"] == f"± 0.5 m · {says}"


def test_outside_the_terrain_there_is_nothing_to_say(session: Session) -> None:
    assert point.view(session, east=0.0, north=0.0, language="en").value == "No terrain here"


# -- the page's state -------------------------------------------------------------------------------------


def test_the_templates_use_only_what_the_views_hold(project: Path) -> None:
    page = first_state(desk.PARTS)
    heads = {name: set(value) for name, value in page.items() if isinstance(value, dict) and name != "chart"}
    used: set[tuple[str, str]] = set()
    for text in [*template_texts(project), *scripts(project)]:
        for name in heads.keys() - {"t", "label_styles"}:
            used |= {(name, part) for part in re.findall(rf"\b{name}\.([a-z_]+)\b", text) if part != "value"}
    wrong = {(name, part) for name, part in used if part not in heads[name]}
    assert wrong <= {(n, p) for n, p in wrong if p in {"py", "js", "build", "view"}}
    assert len(used) > 30


def test_a_buildings_card_says_who_lives_there_and_what_is_known_of_the_ground(session: Session) -> None:
    facts = {
        "number": 7,
        "kind": "house",
        "village_zh": "石城",
        "village_en": "Shicheng",
        "households": 2,
        "people": 5,
        "storeys": 2,
        "height_m": 7.25,
    }
    place = {"east": 492_010.0, "north": 4_483_590.0}
    ground = point.view(session, **place, language="en")
    card = point.view(session, **place, language="en", building=facts)
    assert card.title == "Shicheng · building 7"
    assert [(row.label, row.value) for row in card.rows[:3]] == [
        ("Kind", "house"),
        ("Residents", "5 people · households: 2"),
        ("Height", "7.2 m · storeys: 2"),
    ]
    assert card.rows[3:] == ground.rows
    assert (card.value, card.tone) == (ground.value, ground.tone)


def test_a_building_without_residents_says_nothing_of_them(session: Session) -> None:
    facts = {"number": 3, "kind": "shed", "households": 0, "people": 0, "storeys": 1, "height_m": 2.5}
    card = point.view(session, east=492_010.0, north=4_483_590.0, language="zh", building=facts)
    assert card.title == "建筑 3"
    assert [row.label for row in card.rows[:2]] == ["类型", "高度"]


# -- levels between centimetres ---------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("zh", "150.00 m 的范围"), ("en", "at 150.00 m")])
def test_origins_and_points_name_the_extent_where_it_is_coarser(
    session: Session, language: Language, words: str
) -> None:
    label = {"zh": "淹没范围", "en": "Extent"}[language]

    def told() -> list[str | None]:
        cards = [provenance.view(session, name, language) for name in ("storage", "level", "area")]
        cards.append(point.view(session, east=492_010.0, north=4_483_590.0, language=language))
        return [next((row.value for row in card.rows if row.label == label), None) for card in cards]

    session.show_what_if("level", 150.006)
    assert all(value is not None and words in value and "150.006 m" in value for value in told())
    session.show_what_if("level", 149.999999)
    assert session.scene.moment.level_m == 150.0
    assert told() == [None] * 4
