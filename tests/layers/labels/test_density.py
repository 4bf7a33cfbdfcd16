"""A picture is calm by default: lake, dams, alarms and the lake's gauge come first, more when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import get_args

import pytest

from layers.labels.density import AMOUNTS, most_names
from layers.labels.symbols import Sign
from layers.stage import Stage
from tests.layers.altered import Altered
from tests.layers.test_stations import network, signs
from tests.scenes import show, show_layer, show_signs
from twin.basin import Basin
from twin.scene import Density, Scene
from twin.stations.network import Network

OpenStage = Callable[..., Stage]
WALL = (3840.0, 2160.0)
DENSITIES: tuple[Density, ...] = get_args(Density)


@pytest.fixture
def net(basin: Basin) -> Network:
    return network(basin, 429)


@pytest.fixture
def stage(basin: Basin, net: Network, open_stage: OpenStage) -> Stage:
    it = open_stage(Altered(basin, network=net))
    show_signs(it, stations=signs(net, rank=0))
    return it


def away(stage: Stage, km: float) -> None:
    show(stage, camera=stage.camera.model_copy(update={"distance_m": 1000.0 * km}))


def words(stage: Stage) -> list[str]:
    return [label.id for label in stage.overlay(size=WALL).labels]


def shown(stage: Stage) -> set[str]:
    return {mark.id for mark in stage.overlay(size=WALL).marks if mark.state}


@pytest.mark.parametrize("km", [3.0, 8.0, 15.0, 40.0])
def test_few_normal_and_all_are_ever_more(stage: Stage, km: float) -> None:
    counts, marks = [], []
    for density in DENSITIES:
        show(stage, density=density)
        away(stage, km)
        found = words(stage)
        assert len(found) <= most_names(density, stage.camera.distance_m)
        counts.append(len(found))
        marks.append(len(shown(stage)))
    assert counts == sorted(counts) and marks == sorted(marks)


def test_from_nearer_there_are_more() -> None:
    for density in DENSITIES:
        numbers = [most_names(density, 1000.0 * km) for km in (60, 30, 20, 10, 5, 1)]
        assert numbers == sorted(numbers)
        assert (numbers[0], numbers[-1]) == (AMOUNTS[density].far, AMOUNTS[density].near)


def test_from_afar_the_lakes_gauge_and_alarms_alone_have_signs(stage: Stage, net: Network) -> None:
    away(stage, 40.0)
    gauge = min(id_ for id_, station in net.stations.items() if station.kind == "reservoir")
    assert shown(stage) == {gauge}
    told = signs(net, rank=0)
    told["00000007"] = Sign(name="报警", detail="1", state="fresh", rank=3)
    show_signs(stage, stations=told)
    assert shown(stage) == {gauge, "00000007"}


def test_what_a_filter_asks_for_is_shown_from_afar(stage: Stage, net: Network) -> None:
    away(stage, 40.0)
    asked = {id_ for id_, station in net.stations.items() if station.kind == "soil"}
    show_signs(
        stage,
        stations={
            id_: Sign(name="站", detail="1", state="fresh", shown=id_ in asked, asked=True)
            for id_ in net.stations
        },
    )
    assert shown(stage) == asked


def test_rain_stations_are_shown_from_afar_while_their_bars_are(stage: Stage, net: Network) -> None:
    away(stage, 40.0)
    rain = {id_ for id_, station in net.stations.items() if station.kind == "rain"}
    show_signs(stage, rain_mm=dict.fromkeys(net.stations, (12.0, 1.0)))
    show_layer(stage, "rain", visible=True)
    assert shown(stage) > rain
    assert {bar.id for bar in stage.overlay(size=WALL).bars} >= rain


def test_the_lake_comes_before_any_number_of_alarms(net: Network, stage: Stage) -> None:
    show_signs(stage, stations=signs(net, rank=1))
    away(stage, 40.0)
    for density in DENSITIES:
        show(stage, density=density)
        assert stage.overlay(size=WALL).labels[0].kind == "reservoir"


def test_a_link_keeps_the_density(stage: Stage) -> None:
    show(stage, density="few")
    scene = Scene.from_link(stage.scene.to_link())
    show(stage, density="all")
    stage.apply(scene)
    assert stage.scene.density == "few"


def test_words_do_not_depend_on_when_the_values_came(
    basin: Basin, net: Network, open_stage: OpenStage
) -> None:
    """A page begins before its live service answers: names that came first kept their places for ever."""
    known = signs(net, rank=0)
    unknown = {id_: replace(sign, state="unknown", detail="") for id_, sign in known.items()}

    def placed(*steps: Mapping[str, Sign]) -> list[str]:
        it = open_stage(Altered(basin, network=net))
        away(it, 3.0)
        for step in steps:
            show_signs(it, stations=step)
            words(it)
        return sorted(words(it))

    half = {id_: known[id_] if k % 2 else sign for k, (id_, sign) in enumerate(unknown.items())}
    at_once = placed(known)
    assert placed({}, unknown, known) == at_once
    assert placed(unknown, half, known) == at_once
    assert any(id_ in net.stations for id_ in at_once)
