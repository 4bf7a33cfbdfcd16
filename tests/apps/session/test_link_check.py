"""A link of another basin, or from nowhere, is refused; what it names and is not here is said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from apps.session.link_check import ForeignLinkError, refuse_foreign, unknown_in
from apps.session.session import Session
from twin.basin import Basin
from twin.moment import Moment, what_if
from twin.scene import AbsurdLinkError, Camera, LayerState, Scene


@pytest.fixture(scope="module")
def session(small_basin: Path) -> Session:
    return Session(Basin.open(small_basin))


def scene(session: Session, **camera: float) -> Scene:
    """A scene that looks at the reservoir's seed, changed."""
    seed = session.basin.catalog.head.reservoir.seed
    east, north = session.basin.frame.place(seed)
    look = {
        "target_east_m": east,
        "target_north_m": north,
        "target_m": 150.0,
        "distance_m": 4_000.0,
        "heading_deg": 0.0,
        "pitch_deg": -40.0,
    }
    return Scene(camera=Camera(**(look | camera)), moment=what_if(150.0))


def test_a_camera_over_the_basin_passes(session: Session) -> None:
    for far_m in (10.0, 4_000.0, 80_000.0):
        refuse_foreign(scene(session, distance_m=far_m), session)


@pytest.mark.parametrize(
    "camera",
    [{"target_north_m": 0.0}, {"target_east_m": 4e7}, {"distance_m": 2_000_000.0}],
    ids=["equator", "another zone", "orbit"],
)
def test_a_camera_that_sees_nothing_of_the_basin_is_refused(
    session: Session, camera: dict[str, float]
) -> None:
    with pytest.raises(ForeignLinkError, match="km") as caught:
        refuse_foreign(scene(session, **camera), session)
    assert "未打开" in caught.value.in_chinese() and "km" in caught.value.in_chinese()


def test_an_absurd_value_is_named_in_chinese_and_not_called_a_damaged_link(session: Session) -> None:
    text = (
        scene(session)
        .to_json()
        .replace('"mode":"what-if"', '"mode":"what-if","valid_at":"9999-12-31T23:00:00Z"')
    )
    with pytest.raises(AbsurdLinkError) as caught:
        Scene.from_json(text)
    assert caught.value.in_chinese() == "此链接含有不可能的数值（moment.valid_at），未打开"


def test_layers_and_runs_that_are_not_here_are_named(session: Session) -> None:
    plain = scene(session)
    assert unknown_in(plain, session, {"water"}) is None
    moment = Moment(
        mode="history",
        level_m=150.0,
        highest_m=150.0,
        valid_at=datetime(2025, 7, 27, tzinfo=UTC),
        run="another-flood",
    )
    layers = {"water": LayerState(), "elsewhere": LayerState(visible=False)}
    other = plain.model_copy(update={"moment": moment, "layers": layers})
    unknown = unknown_in(other, session, {"water"})
    assert unknown is not None
    assert "another-flood, elsewhere" in str(unknown)
    assert "another-flood, elsewhere" in unknown.in_chinese()
