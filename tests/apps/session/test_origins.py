"""Every headline number says in every mode what it is, where from, of when, and how good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apps.parts import head, level_slider, provenance, readout
from apps.session.flood_replay import first_flood
from apps.session.live_level import LiveLevel, Obstacle
from apps.session.origins import feed_name
from apps.session.session import Session
from tests.apps.clock import Clock
from tests.browser.live_basin import write_live_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.bilingual import Language
from twin.catalog import load_catalog
from twin.moment import Moment
from twin.quantity import Quality
from twin.stations.freshness import Freshness

FIGURES = ("storage", "level", "area", "free_normal", "free_design")
AT = datetime(2026, 7, 28, 6, 32, tzinfo=UTC)
RECEIVED = AT + timedelta(minutes=1)
BY_HAND = ("人工设定", "set by hand")


@pytest.fixture(scope="module")
def basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Basin:
    catalog = write_live_basin(tmp_path_factory.mktemp("origins"), url="http://127.0.0.1:9/now.json")
    return Basin.open(shared_store.build(catalog))


@pytest.fixture
def session(basin: Basin, clock: Clock) -> Session:
    return Session(basin, flood=first_flood(basin), clock=clock)


def lake(session: Session, level_m: float = 151.0, *, quality: Quality = "good") -> LiveLevel:
    network = session.basin.network()
    assert network is not None
    return LiveLevel(
        level_m=level_m,
        at=AT,
        station=network.stations["30500001"],
        datastream="30500001.level",
        freshness=Freshness.FRESH,
        quality=quality,
        feed="web",
        received_at=RECEIVED,
    )


def live(session: Session) -> None:
    session.set_live_level(lake(session))
    session.live_age_s = 130.0


def asked(session: Session) -> None:
    live(session)
    session.show_what_if("level", 149.0)


def link(session: Session) -> None:
    live(session)
    session.follow()
    session.restore(session.scene.moment)


def forecast(session: Session) -> None:
    live(session)
    session.restore(
        Moment(
            mode="forecast", level_m=152.0, highest_m=152.0, valid_at=AT + timedelta(hours=6), run="ens-07"
        )
    )


def drill(session: Session) -> None:
    session.restore(Moment(mode="drill", level_m=152.0, highest_m=152.0, valid_at=AT, run="drill-3"))


def published(session: Session) -> None:
    assert session.flood is not None
    session.seek(float(session.flood.published["level"][0][0]))


def reconstructed(session: Session) -> None:
    assert session.flood is not None
    session.seek(session.flood.start + 4 * 3600)


def fresh(session: Session) -> None:
    return


def marked(session: Session) -> None:
    session.show_what_if("level", 157.5, basis="mark")


def left(session: Session) -> None:
    reconstructed(session)
    session.leave_replay()


MODES: dict[str, tuple[Callable[[Session], None], str, tuple[str, str], Quality]] = {
    "start": (fresh, "what-if", ("起始水位", "start level"), "unchecked"),
    "by hand": (asked, "what-if", BY_HAND, "unchecked"),
    "mark": (marked, "what-if", ("特征水位", "characteristic level"), "unchecked"),
    "left": (left, "what-if", ("退出洪水重演", "replay was left"), "unchecked"),
    "live": (live, "live", ("大坝水位站 (30500001) · 接口", "Dam gauge (30500001) · Interface"), "good"),
    "link": (link, "history", ("制作链接时的实况", "live when the link was made"), "unchecked"),
    "forecast": (forecast, "forecast", ("预报 ens-07", "Forecast ens-07"), "unchecked"),
    "drill": (drill, "drill", ("演练 drill-3", "Drill drill-3"), "unchecked"),
    "published": (published, "history", ("小洪水 · 公布值", "Small flood · published"), "unchecked"),
    "rebuilt": (reconstructed, "history", ("小洪水 · 重建值", "Small flood · reconstructed"), "estimate"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("mode", MODES)
def test_the_origin_is_that_of_the_mode(session: Session, mode: str, figure: str, language: Language) -> None:
    enter, expected, words, quality = MODES[mode]
    enter(session)
    assert session.scene.moment.mode == expected
    card = provenance.view(session, figure, language)
    rows = {row.label: row.value for row in card.rows}
    text = " ".join(rows.values())
    assert words[language == "en"] in text
    if mode != "by hand":
        assert not any(hand in text for hand in BY_HAND)
    assert (
        rows["质量" if language == "zh" else "Quality"]
        == {
            "good": ("可靠", "good"),
            "unchecked": ("未检验", "unchecked"),
            "estimate": ("估算", "estimate"),
        }[quality][language == "en"]
    )
    time = rows["时刻" if language == "zh" else "Time"]
    assert (time in ("与时间无关", "timeless")) == (expected == "what-if")
    known = next(f for f in readout.figures(session) if f.id == figure)
    assert known.quantity.quality == quality
    assert known.quantity.time == session.scene.moment.valid_at
    if figure != "level":
        assert "the cone's closed form" in text  # the curve, and the level it was asked with
        level = "所用水位" if language == "zh" else "At level"
        assert rows[level].startswith(f"{session.scene.moment.level_m:.2f} m · ")
    if figure.startswith("free_"):
        assert "invented" in rows["特征水位" if language == "zh" else "Counted to"]


@pytest.mark.parametrize("figure", FIGURES)
def test_live_numbers_say_when_they_were_received_and_how_old_they_are(session: Session, figure: str) -> None:
    live(session)
    rows = {row.label: row.value for row in provenance.view(session, figure, "zh").rows}
    assert (rows["时刻"], rows["收到时间"], rows["距今"]) == (
        "2026-07-28 14:32",
        "2026-07-28 14:33",
        "2 分钟前",
    )


def test_what_the_curve_makes_of_an_estimate_is_no_better(session: Session) -> None:
    session.set_live_level(lake(session, quality="estimate"))
    assert {f.quantity.quality for f in readout.figures(session)} == {"estimate"}


def test_the_level_is_marked_with_what_it_is(session: Session) -> None:
    words = {
        "live": "实测",
        "by hand": "设定",
        "link": "链接所存",
        "published": "公布值",
        "rebuilt": "重建值",
    }
    for mode, word in words.items():
        MODES[mode][0](session)
        level = next(f for f in readout.view(session, "zh").figures if f.id == "level")
        assert level.mark == word


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "cause", ["starting", "away", "never", "missing", "doubt", "outside", "heights", "no_gauge"]
)
def test_why_the_desk_is_not_live_stands_in_the_frame(
    session: Session, cause: str, language: Language
) -> None:
    network = session.basin.network()
    assert network is not None
    held = Obstacle(
        cause=cause,  # type: ignore[arg-type]
        station=network.stations["30500001"],
        level_m=0.149,
        at=AT,
        reason="spike",
        quality="suspect",
    )
    session.obstacle = held
    before = head.view(session.basin.catalog, session, language)
    assert before.tone == "what-if"
    if cause != "no_gauge":
        assert ("大坝水位站" if language == "zh" else "Dam gauge") in before.note or cause == "starting"
    if cause == "outside":
        assert "0.149 m" in before.note and "126.00–160.00" in before.note
    session.set_live_level(lake(session))
    session.live_age_s = 28.0
    after = head.view(session.basin.catalog, session, language)
    assert (after.tone, after.live_tone) == ("stale", "old")
    assert after.mode not in ("水位已过时", "Level out of date")
    assert ("28 秒前" if language == "zh" else "28 s ago") in after.note
    rows = {row.label for row in provenance.view(session, "level", language).rows}
    assert ("最新一报" if language == "zh" else "Newest report") in rows


def test_a_level_that_is_only_old_is_called_out_of_date(session: Session) -> None:
    session.set_live_level(replace(lake(session), freshness=Freshness.STALE))
    assert head.view(session.basin.catalog, session, "zh").mode == "水位已过时"


def test_the_highest_level_says_from_when_on_it_is_known(session: Session) -> None:
    session.set_live_level(lake(session, 150.0))
    session.remember(152.0, since=AT - timedelta(hours=5))
    session.follow()
    view = level_slider.view(session, "level", "zh")
    assert view.highest_text == "自 2026-07-28 09:32 以来最高 152.00 m"
    assert session.flood is not None
    session.seek(session.flood.end)
    assert level_slider.view(session, "level", "zh").highest_text == "自 2025-07-26 21:00 以来最高 155.00 m"


def test_a_level_outside_the_range_is_not_remembered_as_another_one(session: Session) -> None:
    session.set_live_level(lake(session, 150.0))
    session.remember(400.0, since=AT)
    assert session.scene.moment.highest_m == 150.0


@pytest.mark.parametrize("level_m", [200.0, 100.0])
def test_a_links_level_outside_the_range_is_refused(session: Session, level_m: float) -> None:
    from twin.water.ranges import LevelOutOfRange

    live(session)
    before = session.scene.moment
    with pytest.raises(LevelOutOfRange):
        session.restore(Moment(mode="what-if", level_m=level_m, highest_m=level_m))
    with pytest.raises(LevelOutOfRange):
        session.restore(Moment(mode="live", level_m=150.0, highest_m=200.0, valid_at=AT))
    assert session.scene.moment == before


def test_who_was_live_is_live_again_after_a_loss(session: Session, basin: Basin) -> None:
    live(session)
    shown = session.scene.moment
    again = Session(basin)
    again.resume(shown)
    assert (again.scene.moment.mode, again.scene.moment.level_m) == (
        "history",
        151.0,
    )  # until the gauge is heard
    assert again.awaits_live
    assert again.set_live_level(lake(session, 150.5))
    assert (again.scene.moment.mode, again.scene.moment.level_m) == ("live", 150.5)


def test_who_was_not_live_is_not_after_a_loss(session: Session, basin: Basin) -> None:
    asked(session)
    again = Session(basin)
    again.resume(session.scene.moment)
    again.set_live_level(lake(session))
    assert (again.scene.moment.mode, again.scene.moment.level_m) == ("what-if", 149.0)


@pytest.mark.parametrize(("language", "word"), [("zh", "合成数据"), ("en", "Synthetic data")])
def test_invented_values_are_called_so_at_the_origin(project: Path, language: Language, word: str) -> None:
    site = load_catalog(project / "data_catalog.yaml").site
    (sample,) = [feed.id for feed in site.feeds if feed.driver == "sample"]
    assert feed_name(site, sample, language).endswith(word)
    assert feed_name(site, "gone", language) == "gone"


def test_the_share_of_the_normal_capacity_says_what_it_is_a_share_of(session: Session) -> None:
    rows = {row.label: row.value for row in provenance.view(session, "storage", "zh").rows}
    assert rows["占正常库容"] == "51.2% · 2,208.9 万m³ (157.50 m)"
