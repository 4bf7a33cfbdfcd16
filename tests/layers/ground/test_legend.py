"""The layers panel says what the picture on the ground stands for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layers.stage import Stage
from tests.layers.altered import Altered
from twin.basin import Basin

OpenStage = Callable[..., Stage]


@pytest.mark.parametrize(
    ("painting", "zh"),
    [
        (("imagery",), ["影像"]),
        (("imagery", "cover"), ["影像", "示意"]),
        (("relief",), ["只画地形明暗"]),
    ],
)
def test_the_terrain_says_what_was_painted_on_it(
    painting: tuple[str, ...], zh: list[str], basin: Basin, open_stage: OpenStage
) -> None:
    legend = open_stage(Altered(basin, painting=painting)).layers["terrain"].legend
    for entry, words in zip(legend, zh, strict=True):
        assert words in entry.text["zh"]
        assert entry.text["en"]


def test_a_basin_without_land_cover_has_plain_relief(basin: Basin) -> None:
    assert basin.painting == ("relief",)
