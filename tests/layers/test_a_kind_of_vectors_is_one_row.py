"""A new kind of vector data is drawn by a row of the table of styles, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from shapely import LineString

from layers.stage import Stage
from layers.vectors.styles import STYLES, VectorStyle
from layers.vectors.vector_layer import VectorLayer
from tests.layers.altered import Altered, vector_data
from tests.layers.plan import CLEAR, FROM_ABOVE, SIZE, drawn
from tests.scenes import show
from tests.small import CELL_M, NORTH, WEST
from twin.basin import Basin


def test_a_kind_is_drawn_and_named_by_its_row(
    basin: Basin, open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        STYLES, "cableway", VectorStyle(colour="#ff00ff", width_px=6.0, label_kind=lambda row: "peak")
    )
    path = LineString([(WEST + k * CELL_M, NORTH - k * CELL_M) for k in (20, 60)])
    named = {"label": "name_zh", "attributes": [{"name_zh": "索道", "name_en": "Cableway"}]}
    data = [vector_data(kind, kind, [path], **named) for kind in ("cableway", "track")]
    magenta = []
    for each in data:
        stage = open_stage(Altered(basin, synthetic=False, vectors=[each]), size=SIZE, light=CLEAR)
        show(stage, camera=FROM_ABOVE)
        red, green, blue = (drawn(stage)[..., band].astype(int) for band in range(3))
        magenta.append(int(((red - green > 100) & (blue - green > 100)).sum()))
        layer = stage.layers[each.id]
        assert isinstance(layer, VectorLayer)
        assert {place.kind for place in layer.candidates} == {"peak" if each.kind == "cableway" else "track"}
        assert layer.legend[0].colour == STYLES.get(each.kind, VectorStyle()).colour
    assert magenta[0] > 40 * 2
    assert magenta[1] == 0
