"""Heights of every reference, and when they are comparable with the gauge's."""

from __future__ import annotations

import pytest

from twin.catalog import Heights, VerticalSettings
from twin.vertical import VerticalError, ellipsoid_minus_working_m, height_shift

GAUGE_1985 = VerticalSettings(
    edition="2026-01",
    working="1985",
    offsets_m={"EGM2008": -0.36, "Dagu": -1.2},
    geoid="EGM2008",
    geoid_separation_m=-7.35,
)


@pytest.mark.parametrize(
    ("heights", "offset_m"),
    [
        (Heights(reference="1985"), 0.0),
        (Heights(reference="EGM2008"), -0.36),
        (Heights(reference="Dagu"), -1.2),
        (Heights(reference="ellipsoidal"), 7.35 - 0.36),  # the geoid lies below the ellipsoid: heights grow
        (Heights(reference="local", offset_m=54.2), 54.2),
        (Heights(reference="EGM96", offset_m=0.1), 0.1),
        (None, 0.0),
    ],
)
def test_a_known_reference_gets_its_offset(heights: Heights | None, offset_m: float) -> None:
    shift = height_shift(heights, settings=GAUGE_1985)
    assert shift.offset_m == pytest.approx(offset_m)
    assert shift.known
    assert shift.settings_edition == "2026-01"


def test_the_entry_s_own_offset_wins_over_the_settings() -> None:
    assert height_shift(Heights(reference="Dagu", offset_m=-1.0), settings=GAUGE_1985).offset_m == -1.0


def test_unknown_is_allowed_and_says_so() -> None:
    shift = height_shift(Heights(reference="unknown", offset_m=0.3), settings=GAUGE_1985)
    assert shift.offset_m == 0.3
    assert not shift.known
    assert "unknown" in str(shift)


def test_with_an_unknown_gauge_sea_levels_pass_unshifted_but_marked() -> None:
    unknown = VerticalSettings(geoid_separation_m=-7.35)
    for reference, offset_m in (("EGM96", 0.0), ("1985", 0.0), ("ellipsoidal", 7.35)):
        shift = height_shift(Heights(reference=reference), settings=unknown)
        assert shift.offset_m == pytest.approx(offset_m)
        assert not shift.known


@pytest.mark.parametrize("reference", ["EGM96", "local", "ellipsoidal"])
def test_where_no_way_is_given_nothing_is_guessed(reference: str) -> None:
    settings = VerticalSettings(working="1985")
    with pytest.raises(VerticalError, match=f"vertical.offsets_m.{reference}"):
        height_shift(Heights(reference=reference), settings=settings)


def test_working_heights_become_ellipsoidal_for_viewers_of_the_globe() -> None:
    assert ellipsoid_minus_working_m(VerticalSettings(geoid_separation_m=-7.35)) == pytest.approx(-7.35)
    moved = VerticalSettings(
        working="1985", geoid="EGM2008", geoid_separation_m=-7.35, offsets_m={"EGM2008": -0.4}
    )
    assert ellipsoid_minus_working_m(moved) == pytest.approx(-6.95)  # 1985 counts from 0.4 m higher
    assert ellipsoid_minus_working_m(VerticalSettings(working="local")) == 0.0
