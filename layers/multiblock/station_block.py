"""Make one block of a basin's monitoring stations.

Points on the ground with names and values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData

from layers.heights import Ground
from layers.multiblock.draping import draped
from layers.multiblock.named_arrays import Column, poly_data
from twin.arrays import F64
from twin.stations.model import Station
from twin.stations.network import Network, NetworkError
from twin.stations.properties import PROPERTIES


def station_block(
    network: Network, *, ground: Ground, values: Mapping[str, float | None]
) -> tuple[vtkPolyData | None, list[str]]:
    """Place stations on the ground.

    Those where no height is known are left out, a line each. Point arrays: texts ``id``, ``name_zh``,
    ``name_en``, ``kind``; ``height_m`` float32; for each property of ``values``, which are by datastream,
    float64 under the property's name and unit (``level_m``, ``flow_m3s``), NaN where none was given. Raises
    NetworkError for an unknown datastream.
    """
    found = list(network.stations.values())
    columns = _value_columns(network, found, values)
    east, north = ground.frame.from_lonlat([s.lon for s in found], [s.lat for s in found])
    place = draped(np.column_stack([east, north]), ground)
    on_ground = np.isfinite(place[:, 2])
    there = np.flatnonzero(on_ground)
    left_out = [f"{found[k].id} lies where no height is known" for k in np.flatnonzero(~on_ground)]
    if not len(there):
        return None, left_out
    placed = [found[k] for k in there]
    texts: dict[str, Column] = {
        "id": [station.id for station in placed],
        "name_zh": [station.name.get("zh", "") for station in placed],
        "name_en": [station.name.get("en", "") for station in placed],
        "kind": [station.kind for station in placed],
        "height_m": place[there, 2].astype(np.float32),
    }
    block = poly_data(
        ground.frame.local(*place[there].T),
        points=np.arange(len(there)),
        of_points=texts | {name: numbers[there] for name, numbers in columns.items()},
    )
    return block, left_out


def _value_columns(
    network: Network, stations: Sequence[Station], values: Mapping[str, float | None]
) -> dict[str, F64]:
    row = {station.id: number for number, station in enumerate(stations)}
    columns: dict[str, F64] = {}
    for id_, value in values.items():
        stream = network.datastreams.get(id_)
        if stream is None:
            raise NetworkError(f"the basin has no datastream {id_!r}", datastream=id_)
        name = array_name(stream.property) + ("" if stream.origin == "observed" else f"_{stream.origin}")
        numbers = columns.setdefault(name, np.full(len(stations), np.nan))
        if value is not None:
            numbers[row[stream.station]] = value
    return columns


def array_name(property_: str) -> str:
    """Return a property with its unit: ``flow_m3s``, ``oxygen_mgL``, ``algae_perL``, ``ph``."""
    unit = PROPERTIES[property_].unit.replace("dimensionless", "").replace("**", "").replace("1/", "per")
    return f"{property_}_{unit.replace('/', '')}".rstrip("_")
