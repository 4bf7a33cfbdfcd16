"""Table of the kinds of data sets.

What reads, checks, builds, opens and draws each. A row names its code as ``module:name``, so that this lowest
package imports none of it. Each name is resolved by a package that may import it: ``entry`` by the catalog,
``check`` and ``steps`` by ``meshes``, ``data`` by the basin, ``layers`` by the stage. Arrows run down at run
time too; a test resolves every row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pkgutil import resolve_name

from twin.catalog.entries import Entry


@dataclass(frozen=True, kw_only=True)
class LayerKind:
    """Code of one kind, each as ``module:name``.

    '' where the kind needs none of its own.

    - ``entry``: model of the keys that an entry may have, a subclass of ``Entry``.
    - ``check``: ``(catalog, entry, path) -> Findings`` reads the file through (``twin/entry_checks.py``); ''
      where there is none.
    - ``steps``: ``(catalog, entry) -> list[Step]``; '' where a step of the whole basin reads the entry.
    - ``sample_steps``: the same for ``driver: sample``; '' where ``steps`` reads the file that was generated.
    - ``data``: what the products hold, a subclass of ``LayerData`` (``twin/layer_data.py``).
    - ``layers``: ``(basin, canvas) -> list[Layer]`` of all entries that share it.
    - ``shown_by``: id of the scene's layer that shows the entry; '' where each has a layer of its own.
    """

    entry: str
    check: str
    steps: str = ""
    sample_steps: str = ""
    data: str = ""
    layers: str = ""
    shown_by: str = ""


PLAIN = LayerKind(
    entry="twin.catalog.entries:VectorEntry",
    check="twin.entry_checks:check_vectors",
    steps="twin.build.asset_steps:asset_steps",
    data="twin.layer_data:VectorData",
    layers="layers.vectors.vector_layer:vector_layers",
)
"""A kind that has no row: plain vector data, drawn as ``layers/vectors/styles.py`` says."""

LAYER_KINDS: dict[str, LayerKind] = {
    # Ground, water, picture and terrain tiles are steps of every basin, made from these and from barriers.
    "terrain": LayerKind(
        entry="twin.catalog.entries:TerrainEntry",
        check="twin.entry_checks:check_terrain",
        shown_by="terrain",
    ),
    "inset": LayerKind(
        entry="twin.catalog.entries:InsetEntry",
        check="twin.entry_checks:check_raster",
        shown_by="terrain",
    ),
    "surroundings": LayerKind(
        entry="twin.catalog.entries:SurroundingsEntry",
        check="twin.entry_checks:check_raster",
        steps="meshes.build.surroundings_step:surroundings_steps",
        layers="layers.ground.surroundings:surroundings_layers",
        shown_by="surroundings",
    ),
    "landcover": LayerKind(
        entry="twin.catalog.entries:LandcoverEntry",
        check="twin.entry_checks:check_raster",
        shown_by="terrain",
    ),
    "imagery": LayerKind(
        entry="twin.catalog.entries:ImageryEntry",
        check="twin.entry_checks:check_raster",
        shown_by="terrain",
    ),
    "barriers": LayerKind(
        entry="twin.catalog.entries:BarrierEntry",
        check=PLAIN.check,
        steps=PLAIN.steps,
        data=PLAIN.data,
        layers=PLAIN.layers,
    ),
    "buildings": LayerKind(
        entry="twin.catalog.entries:BuildingsEntry",
        check=PLAIN.check,
        steps=PLAIN.steps,
        sample_steps="meshes.sample.building_steps:sample_building_steps",
        data="twin.layer_data:BuildingData",
        layers="layers.wet_buildings:building_layers",
    ),
    "curve": LayerKind(
        entry="twin.catalog.entries:CurveEntry",
        check="twin.entry_checks:check_table",
        steps="twin.build.tables:table_steps",
        shown_by="water",
    ),
    "run": LayerKind(
        entry="twin.catalog.entries:RunEntry",
        check="twin.entry_checks:check_table",
        steps="twin.build.tables:table_steps",
        shown_by="water",
    ),
    "outlets": LayerKind(
        entry="twin.catalog.entries:OutletsEntry",
        check="twin.entry_checks:check_table",
        steps="twin.build.tables:table_steps",
        shown_by="water",
    ),
    "shoreline": LayerKind(
        entry="twin.catalog.derived_entries:ShorelineEntry",
        check="",
        steps="twin.build.shorelines:shoreline_steps",
        data=PLAIN.data,
        layers=PLAIN.layers,
    ),
    "steep": LayerKind(
        entry="twin.catalog.derived_entries:SteepEntry",
        check="",
        steps="twin.build.slopes:slope_steps",
        data=PLAIN.data,
        layers=PLAIN.layers,
    ),
    # Their layers share one budget and change while a build goes on: layers/tiles/models.py keeps them.
    "model": LayerKind(
        entry="twin.catalog.entries:ModelEntry",
        check="meshes.build.foreign.model_check:check_model",
        steps="meshes.build.foreign_step:foreign_steps",
        sample_steps="meshes.sample.village_steps:village_steps",
        data="twin.layer_data:ModelData",
    ),
    "stations": LayerKind(
        entry="twin.catalog.entries:StationsEntry",
        check="twin.entry_checks:check_stations",
        steps="twin.build.stations:station_steps",
        sample_steps="twin.sample.monitoring.station_step:sample_station_steps",
        layers="layers.stations:station_layers",
        shown_by="stations",
    ),
}
"""The kinds that are more than plain vector data, in the order in which their layers are listed."""


def kind_of(kind: str) -> LayerKind:
    """Return the row of a kind.

    That of plain vector data where it has none.
    """
    return LAYER_KINDS.get(kind, PLAIN)


def steps_name(entry: Entry) -> str:
    """Return ``module:name`` of what makes the steps of an entry.

    '' where it has none of its own.
    """
    kind = kind_of(entry.kind)
    return (kind.sample_steps if entry.driver == "sample" else "") or kind.steps


def entry_models() -> Mapping[str, type[Entry]]:
    """Return the model of every kind that has a row."""
    return {kind: entry_model(kind) for kind in LAYER_KINDS}


def entry_model(kind: str) -> type[Entry]:
    """Return the model of a kind's entries."""
    model: type[Entry] = resolve_name(kind_of(kind).entry)
    return model
