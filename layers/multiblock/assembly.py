"""Export a basin's data as one multi-block.

Terrain, water, models, vectors and stations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vtkmodules.vtkCommonDataModel import vtkMultiBlockDataSet, vtkPolyData

from layers.heights import Ground, ground_of
from layers.model import ModelData, VectorData
from layers.multiblock.model_block import model_block
from layers.multiblock.named_arrays import Facts, describe, describe_all, multi_block
from layers.multiblock.raster_blocks import surroundings_block, terrain_block, water_block
from layers.multiblock.station_block import station_block
from layers.multiblock.vector_block import vector_block
from twin.areas import cell_side_m
from twin.stations.network import Network
from twin.water.centimetres import extent_level_m
from twin.water.surface import WaterState

if TYPE_CHECKING:
    from twin.basin import Basin


def blocks(
    basin: Basin,
    *,
    level_m: float,
    highest_m: float | None = None,
    step: int = 1,
    error_m: float = 1.0,
    values: Mapping[str, float | None] | None = None,
) -> vtkMultiBlockDataSet:
    """Export a basin as named VTK blocks.

    ``pyvista.wrap`` takes them, and no PyVista is needed. ``level_m`` is the water's level, ``highest_m`` the
    highest it stood at before (pockets stay full to their sills). The terrain has every ``step``-th cell,
    under models with a ground of their own as well; the water always has every wet cell. Models are at most
    ``error_m`` off, 0 being the finest. ``values`` are shown at stations: a number by datastream,
    ``{"<station>.<property>": 1.2}``, in the property's own unit.

    Blocks: ``terrain`` (see :func:`terrain_block`), ``surroundings`` (:func:`surroundings_block`), ``water``
    (:func:`water_block`), ``models`` with one for each data set (:func:`model_block`), ``vectors`` likewise
    (:func:`vector_block`), ``stations`` (:func:`station_block`). A block that has nothing to show is None
    under its name.

    Points are float32 metres: east and north of the frame's CRS minus its origin, and the working height,
    without exaggeration: where a ``Stage`` draws the same. Field data, of each block and of the whole:
    ``crs``; ``origin_m`` (east, north, 0), which is to be added in float64; ``vertical`` (how the heights
    were made), ``basin``, ``generation``, ``synthetic`` (1 where the data is invented); of a data set
    ``title_zh``, ``title_en``, ``edition``, ``source``; of the water ``level_m``, ``highest_m`` and
    ``extent_level_m``; of a terrain that was flown over a lake ``flown_level_m``, at and below which it is
    that lake's surface. ``left_out`` of the whole says in one line each what could not be exported, and why.

    Raises LevelOutOfRange, HighestBelowLevel, NetworkError for an unknown datastream; ValueError for a step
    below 1 or a negative error.
    """
    if step < 1 or not error_m >= 0.0:
        raise ValueError(f"a step is 1 or more and an error not negative; they are {step} and {error_m}")
    state = basin.water.state(level_m, highest_m=highest_m)
    ground, left_out = ground_of(basin), list[str]()
    out = multi_block(
        {
            "terrain": _terrain(basin, step),
            "surroundings": surroundings_block(basin),
            "water": _water(basin, state, left_out),
            "models": _models(basin, error_m, left_out),
            "vectors": _vectors(basin, ground, left_out),
            "stations": _stations(basin, ground, values or {}, left_out),
        }
    )
    describe_all(out, _facts(basin))
    describe(out, {"left_out": left_out})
    return out


def _terrain(basin: Basin, step: int) -> vtkPolyData:
    block = terrain_block(basin, step=step)
    if basin.bed_m is not None:
        describe(block, {"flown_level_m": basin.bed_m})
    return block


def _water(basin: Basin, state: WaterState, left_out: list[str]) -> vtkPolyData | None:
    block = water_block(basin, state)
    if block is None:
        left_out.append(f"water: nothing is wet at {state.level_m:g} m")
    else:
        levels = {"level_m": state.level_m, "highest_m": state.highest_m}
        describe(block, levels | {"extent_level_m": extent_level_m(state.level_m)})
    return block


def _models(basin: Basin, error_m: float, left_out: list[str]) -> vtkMultiBlockDataSet:
    found: dict[str, vtkPolyData | None] = {}
    for data in basin.models():
        found[data.id], why = model_block(data, frame=basin.frame, error_m=error_m)
        left_out += [f"models/{data.id}: {line}" for line in why]
        _entitle(found[data.id], data)
    return multi_block(found)


def _vectors(basin: Basin, ground: Ground, left_out: list[str]) -> vtkMultiBlockDataSet:
    found: dict[str, vtkPolyData | None] = {}
    for data in basin.vectors():
        found[data.id], why = vector_block(data, ground=ground, spacing_m=cell_side_m(basin.ground()[1]))
        left_out += [f"vectors/{data.id}: {line}" for line in why]
        _entitle(found[data.id], data)
    return multi_block(found)


def _stations(
    basin: Basin, ground: Ground, values: Mapping[str, float | None], left_out: list[str]
) -> vtkPolyData | None:
    network = basin.network() or Network(stations={}, datastreams={})
    block, why = station_block(network, ground=ground, values=values)
    left_out += [f"stations: {line}" for line in why]
    return block


def _entitle(block: vtkPolyData | None, data: ModelData | VectorData) -> None:
    if block is not None:
        titles = {f"title_{language}": text for language, text in data.title.items()}
        origin = {key: data.source[key] for key in ("edition", "source") if key in data.source}
        describe(block, titles | origin)


def _facts(basin: Basin) -> Facts:
    """What every block says of itself."""
    frame = basin.frame
    return {
        "crs": frame.crs,
        "origin_m": (frame.east, frame.north, 0.0),
        "vertical": basin.vertical,
        "basin": basin.catalog.head.id,
        "generation": basin.generation.id,
        "synthetic": int(basin.synthetic),
    }
