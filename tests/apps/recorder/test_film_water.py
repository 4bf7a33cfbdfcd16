"""Water of a film's shots: floods, kept runs, observed and frozen levels, each as what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from apps.recorder.observed_store import ObservedStore
from apps.recorder.shot_error import ShotError
from apps.session.what_if import WhatIf
from tests.apps.recorder.films import film
from tests.browser.live_basin import write_live_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.forecast_table import ForecastLevels
from twin.live import open_database
from twin.runs_file import FILE, RunsFile
from twin.stations.model import Observation
from twin.stations.store import Reader, Writer
from twin.store import Store

START = datetime(2026, 7, 1, tzinfo=UTC)
FLOOD = {"id": "flood", "from": "2025-07-27T08:00:00+08:00", "to": "2025-07-29T23:00:00+08:00"}


@pytest.fixture(scope="module")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A basin with a flood, two villages and three stations."""
    return shared_store.build(write_live_basin(tmp_path_factory.mktemp("film-water"), url=None))


@pytest.fixture(scope="module")
def basin(catalog: Path) -> Basin:
    return Basin.open(catalog)


@pytest.fixture(scope="module")
def observed(basin: Basin) -> Iterator[ObservedStore]:
    """The gauge rises 1 cm every five minutes from 150 m; one value is in doubt, one came late."""
    database = open_database(basin, write=True)

    def seen(minutes: int, value: float, *, late_h: float = 0.0, **more: Any) -> Observation:
        at = START + timedelta(minutes=minutes)
        received = at + timedelta(hours=late_h)
        given = {"quality": "good", "feed": "f", **more}
        return Observation(
            datastream="30500001.level", phenomenon_at=at, received_at=received, value=value, **given
        )

    Writer(database).append(
        [
            *(seen(5 * k, 150.0 + 0.01 * k) for k in range(200)),
            seen(503, 170.0, quality="suspect"),
            seen(498, 158.0, late_h=100.0),
        ]
    )
    yield ObservedStore(basin, Reader(database))
    database.close()


def span(start_h: float, end_h: float, **more: Any) -> dict[str, Any]:
    ends = (START + timedelta(hours=hours) for hours in (start_h, end_h))
    return dict(zip(("from", "to"), (end.isoformat() for end in ends), strict=True)) | more


def frozen(**more: Any) -> dict[str, Any]:
    return {"at": (START + timedelta(hours=20)).isoformat(), **more}


def test_a_flood_is_history_and_its_pockets_fill_as_on_the_desk(basin: Basin) -> None:
    made = film(basin, {"water": {"scenario": FLOOD}, "panels": ["numbers", "chart"]}, {}, language="en")
    first, last, held = (made.frame(number) for number in (0, 39, 79))
    moment = last.scene.moment
    assert (moment.mode, moment.run, moment.since) == ("history", "flood", "flood")
    assert first.scene.moment.valid_at == datetime(2025, 7, 27, 0, tzinfo=UTC)
    assert first.scene.moment.level_m == pytest.approx(150.0, abs=0.02)
    assert held.scene.moment.level_m == pytest.approx(155.0, abs=0.02)
    assert held.scene.moment.highest_m >= 155.0
    levels = [made.frame(number).scene.moment.level_m for number in range(40)]
    assert levels == sorted(levels)
    assert last.words.moment == "History · 2025-07-29 21:25 · Small flood"
    numbers = {one.label: one for one in last.words.numbers}
    assert "Small flood" in numbers["Level"].source
    assert numbers["Above Flood-limit level"].value == f"{moment.level_m - 152.0:.2f}"
    chart = last.words.chart
    assert chart is not None
    assert chart.times[0] <= chart.at <= chart.times[-1]
    assert np.interp(chart.at, chart.times, chart.levels_m) == pytest.approx(moment.level_m, abs=0.02)
    assert (152.0, "Flood-limit level") in chart.lines
    assert [words for _, words in chart.ticks] == ["07-28", "07-29"]


def test_a_kept_what_if_and_a_forecast_are_what_they_are(basin: Basin, catalog: Path) -> None:
    file = RunsFile(Store.beside(catalog).folder / FILE)
    start_s = START.timestamp()
    asked = WhatIf(
        start_s=start_s, start_m=150.0, inflow=((start_s, 40.0),), release=((start_s, 5.0),), days=2.0
    )
    common = {"author": "li", "author_name": "李工", "access": "public"}
    what_if = file.add("what-if", name="秋汛", document=asked.model_dump_json(), **common)  # type: ignore[arg-type]
    hours = np.arange(25.0)
    levels = 150.0 + 0.1 * hours
    told = ForecastLevels(time_s=start_s + 3600.0 * hours, level_m=levels, low_m=levels, high_m=levels)
    forecast = file.add("forecast", name="预报一", document=told.to_document(), **common)  # type: ignore[arg-type]
    made = film(
        basin,
        {"water": {"run": span(0, 24, id=what_if)}, "panels": ["numbers"]},
        {"water": {"run": span(0, 20, id=forecast)}},
    )
    one, other = made.frame(20), made.frame(60)
    assert (one.scene.moment.mode, one.scene.moment.run) == ("what-if", what_if)
    assert one.scene.moment.valid_at == START + timedelta(hours=12)
    assert one.words.moment == "情景推演 · 2026-07-01 20:00 · 秋汛"
    assert "李工" in one.words.numbers[0].source
    assert (other.scene.moment.mode, other.scene.moment.level_m) == ("forecast", pytest.approx(151.0))
    closed = file.add(
        "forecast", name="内部", document=told.to_document(), **{**common, "access": "internal"}
    )  # type: ignore[arg-type]
    with pytest.raises(ShotError, match="open to this film"):
        film(basin, {"water": {"run": span(0, 20, id=closed)}})


def test_history_shows_trusted_levels_as_they_were_known(basin: Basin, observed: ObservedStore) -> None:
    """Reports of 8:20 and 8:25 are 151.00 and 151.01 m; what came after the film was frozen is unknown."""
    shot = {"water": {"history": span(8, 9)}, "stations": "history", "panels": ["numbers"]}
    made = film(basin, shot, observations=observed, frozen=frozen())
    levels = [made.frame(number).scene.moment.level_m for number in range(40)]
    assert levels == pytest.approx([150.0 + 0.12 * (8 + k / 40) for k in range(40)], abs=1e-3)
    frame = made.frame(20)
    assert frame.scene.moment.known_at == START + timedelta(hours=20)
    assert "大坝水位站" in frame.words.numbers[0].source
    assert frame.signs.stations["30500001"].detail == "151.02 m · 2026-07-01 16:30"
    assert made.frame(20).signs is made.frame(21).signs, "signs change twice a second"
    late = film(basin, shot, observations=observed)
    assert max(late.frame(number).scene.moment.level_m for number in range(40)) > 155.0


def test_history_is_refused_where_nothing_was_observed(basin: Basin, observed: ObservedStore) -> None:
    shot = {"water": {"history": span(-48, -47)}}
    with pytest.raises(ShotError, match=r"shot s0: levels are asked for from 2026-06-29 .* known are none"):
        film(basin, shot, observations=observed)


def test_without_being_given_any_the_stores_own_observations_are_shown(
    basin: Basin, observed: ObservedStore
) -> None:
    shot = {"water": {"history": span(8, 9)}}
    assert film(basin, shot).frame(20) == film(basin, shot, observations=observed).frame(20)


def test_frozen_values_are_marked_with_their_time(basin: Basin) -> None:
    value = {
        "station": "30500001",
        "parameter": "level",
        "value": 151.25,
        "unit": "m",
        "time": START.isoformat(),
        "quality": "good",
    }
    board = frozen(level_m=151.25, highest_m=152.0, values=[value])
    made = film(basin, {"water": {"frozen": True}, "stations": "frozen", "panels": ["numbers"]}, frozen=board)
    frame = made.frame(7)
    moment = frame.scene.moment
    assert (moment.mode, moment.level_m, moment.highest_m) == ("history", 151.25, 152.0)
    assert "2026-07-02 04:00" in frame.words.moment
    assert "2026-07-02 04:00" in frame.words.numbers[0].source
    sign = frame.signs.stations["30500001"]
    assert sign.detail == "151.25 m · 2026-07-01 08:00"
    assert "stations" not in frame.scene.layers


def test_what_cannot_be_shown_is_refused_before_the_first_frame(basin: Basin) -> None:
    for water, words in (
        ({"levels": [{"at_s": 0, "level_m": 400}]}, "400"),
        ({"scenario": {**FLOOD, "to": "2026-01-01T00:00:00+08:00"}}, "known are 2025-07-26"),
        ({"scenario": {**FLOOD, "id": "none"}}, "no flood 'none'"),
        ({"run": {**FLOOD, "id": "none"}}, "no kept run 'none'"),
        ({"frozen": True}, "no level is frozen"),
    ):
        with pytest.raises(ShotError, match=words) as refused:
            film(basin, {"water": json.loads(json.dumps(water))})
        assert refused.value.in_chinese().startswith("镜头 s0：")
