"""What is typed beside the level slider: understood, or refused with its range and an offer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.parts.typed import NotUnderstood, Typed, asked, is_inside, read
from apps.session.session import Session
from apps.session.views import TypedView, Unit
from tests.shared_store import SharedStore
from tests.small import write_small_basin
from twin.basin import Basin
from twin.bilingual import Language


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("40", 40.0, None),
        ("１５７．５", 157.5, None),
        ("157。5", 157.5, None),
        ("1,200", 1200.0, None),
        ("１，２００．５", 1200.5, None),
        ("+12", 12.0, None),
        ("－12", -12.0, None),
        (".5", 0.5, None),
        ("157.5m", 157.5, "level"),
        (" 157.5 米 ", 157.5, "level"),
        ("１５７．５ｍ", 157.5, "level"),
        ("35.2亿", 3.52e9, "storage"),
        ("36.29 亿m³", 3.629e9, "storage"),
        ("36.29 亿 立方米", 3.629e9, "storage"),
        ("40.08 10⁸ m³", 4.008e9, "storage"),
        ("40.08×10^8 m³", 4.008e9, "storage"),
        ("352,000万m³", 3.52e9, "storage"),
        ("12万方", 1.2e5, "storage"),
        ("3.1 百万方", 3.1e6, "storage"),
        ("4,375,000,000 m³", 4.375e9, "storage"),
        ("12 hm³", 1.2e7, "storage"),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, value: float, unit: Unit | None) -> None:
    found = read(text)
    assert isinstance(found, Typed)
    assert found.value == pytest.approx(value, rel=1e-12)
    assert found.unit == unit


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "typed_empty"),
        (" \u3000 ", "typed_empty"),
        ("abc", "typed_no_number"),
        ("nan", "typed_no_number"),
        ("NaN m", "typed_no_number"),
        ("inf", "typed_no_number"),
        ("1e999", "typed_unit"),
        ("9" * 41, "typed_no_number"),
        ("-", "typed_no_number"),
        ("<b>", "typed_no_number"),
        ("一百五十七", "typed_no_number"),
        ("1_57", "typed_unit"),
        ("157 5", "typed_unit"),
        ("1.2.3", "typed_unit"),
        ("35,2", "typed_comma"),
        ("157，5", "typed_comma"),
        ("1,2345", "typed_comma"),
        ("517 ft", "typed_unit"),
        ("157.5 cm", "typed_unit"),
    ],
)
def test_what_may_mean_something_else_is_refused(text: str, why: str) -> None:
    found = read(text)
    assert isinstance(found, NotUnderstood)
    assert found.text == why


@given(st.text(max_size=50))
def test_no_text_is_read_as_a_number_that_it_does_not_hold(text: str) -> None:
    found = read(text)
    if isinstance(found, Typed):
        assert any(sign.isdigit() or sign.isnumeric() for sign in text)


@pytest.fixture(scope="module")
def basin(small_basin: Path) -> Basin:
    return Basin.open(small_basin)


@pytest.fixture
def session(basin: Basin) -> Session:
    return Session(basin)  # 126 to 160 m, 0.6 to 2,680.8 万m³


def refused(session: Session, unit: Unit, text: str, language: Language = "zh") -> TypedView:
    found = asked(session, unit, text, language)
    assert isinstance(found, TypedView)
    return found


def test_a_unit_that_is_typed_is_what_is_meant_whatever_the_slider_shows(session: Session) -> None:
    assert asked(session, "storage", "157.5m", "zh") == ("level", 157.5)
    unit, value = asked(session, "level", "1131万m³", "zh")  # type: ignore[misc]
    assert (unit, value) == ("storage", pytest.approx(1131.0))
    unit, value = asked(session, "storage", "0.1131亿", "zh")  # type: ignore[misc]
    assert (unit, value) == ("storage", pytest.approx(1131.0))


def test_a_storage_typed_as_a_level_is_refused_with_the_range_and_offered(session: Session) -> None:
    view = refused(session, "level", "1131")
    assert view.refused == "水位 1,131 m 不在 126.00–160.00 m 之内"
    assert (view.offer, view.unit, view.value) == ("蓄水量 1,131 万m³？", "storage", 1131.0)
    english = refused(session, "level", "1131", "en")
    assert english.refused == "Level 1,131 m is not within 126.00–160.00 m"
    assert english.offer == "Storage 1,131 10⁴ m³?"


def test_what_nothing_here_can_be_has_no_offer(session: Session) -> None:
    assert refused(session, "level", "99999").offer == ""
    assert refused(session, "level", "1131 m").offer == ""  # the unit was said
    assert refused(session, "storage", "-3").offer == ""


@pytest.mark.parametrize("unit", ["level", "storage"])
def test_the_ends_that_are_named_are_taken(session: Session, unit: Unit) -> None:
    words = refused(session, unit, "-1").refused
    low, high = words.split("不在 ")[1].split(" ")[0].split("–")
    for end in (low, high):
        assert asked(session, unit, end, "zh") == (unit, float(end.replace(",", "")))


@given(st.floats(-1e6, 1e6), st.sampled_from(["level", "storage"]))
def test_what_is_taken_is_shown_and_all_else_is_refused(session_: Session, value: float, unit: Unit) -> None:
    found = asked(session_, unit, f"{value:.4f}", "zh")
    if isinstance(found, TypedView):
        assert not is_inside(session_, unit, float(f"{value:.4f}"))
    else:
        session_.show_what_if(*found)
        assert session_.levels.lowest_m <= session_.scene.moment.level_m <= session_.levels.highest_m
        if unit == "level":
            assert session_.scene.moment.level_m == float(f"{value:.4f}")


@pytest.fixture(scope="module")
def session_(basin: Basin) -> Session:
    return Session(basin)


def test_a_large_lakes_level_typed_as_storage_is_offered_as_level(
    shared_store: SharedStore, tmp_path: Path
) -> None:
    """157.5 typed as 亿m³ was the flood of 160 m."""
    catalog = write_small_basin(tmp_path)
    curve = tmp_path / "curve.csv"
    rows = [line.split(",") for line in curve.read_text("utf-8").splitlines()]
    scaled = [rows[0], *([r[0], str(float(r[1]) * 150), str(float(r[2]) * 150)] for r in rows[1:])]
    curve.write_text("\n".join(",".join(row) for row in scaled) + "\n", "utf-8")
    session = Session(Basin.open(shared_store.build(catalog)))
    view = refused(session, "storage", "157.5")
    assert "157.5 亿m³ 不在" in view.refused
    assert (view.offer, view.unit, view.value) == ("水位 157.5 m？", "level", 157.5)
    assert refused(session, "level", "35.2").offer == "蓄水量 35.2 亿m³？"
