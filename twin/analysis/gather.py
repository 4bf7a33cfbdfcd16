"""Gather a basin's villages and buildings with their first-wet levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely

from twin.analysis.affected import Affected, BuildingTable, LeftOutVillage, VillageTable
from twin.analysis.assets import KINDS, TABLE, Assets, asset_texts, read_assets, step_name
from twin.catalog import ModelEntry, TerrainEntry
from twin.products import load_features, model_step_name, vector_step_name
from twin.strict_json import read_json

if TYPE_CHECKING:
    from twin.catalog import Catalog
    from twin.store import Generation
    from twin.water.hypsometry import Hypsometry


class GatheredBasin(Protocol):
    """Basin as far as it is read here; :class:`twin.basin.Basin` is one."""

    @property
    def catalog(self) -> Catalog: ...
    @property
    def generation(self) -> Generation: ...
    @property
    def cap_m(self) -> float: ...
    @property
    def hypsometry(self) -> Hypsometry: ...


@dataclass(kw_only=True)
class _Village:
    """A row of the villages while they are gathered."""

    id: str
    number: str
    name: dict[str, str]
    township: dict[str, str]
    east: float
    north: float
    first_cm: int
    pocket_cm: int
    households: float
    people: float
    surveyed: bool


def affected_of(basin: GatheredBasin) -> Affected:
    """Read what a basin's levels affect; takes 0.1 s for 12,000 buildings.

    Villages are the features of ``village`` entries; those of ``footprint`` entries with the same number or
    name say where each lies. What stands at heights of an unknown reference, or off the terrain, is left out
    and named.
    """
    tables = {kind: _tables(basin, kind) for kind in KINDS}
    rows = _villages((*tables["village"], *tables["footprint"]))
    townships, blind = list(_areas(basin, "township")), _unknown_covers(basin)
    terrain = basin.catalog.only(TerrainEntry)
    kept: list[_Village] = []
    left_out: list[LeftOutVillage] = []
    for row in rows:
        if not row.surveyed:
            left_out.append(LeftOutVillage(name=row.name, reason="no-terrain"))
        elif terrain.vertical.reference == "unknown" or _within(row.east, row.north, blind):
            left_out.append(LeftOutVillage(name=row.name, reason="unknown-heights"))
        else:
            if not row.township["zh"]:
                row.township = _name_at(row.east, row.north, townships)
            kept.append(row)
    stand = tables["buildings"] if terrain.vertical.reference != "unknown" else []
    return Affected(
        villages=VillageTable(
            id=[row.id for row in kept],
            name=[row.name for row in kept],
            township=[row.township for row in kept],
            east=np.array([row.east for row in kept], np.float64),
            north=np.array([row.north for row in kept], np.float64),
            first_cm=np.array([row.first_cm for row in kept], np.int32),
            pocket_cm=np.array([row.pocket_cm for row in kept], np.int32),
            households=np.array([row.households for row in kept], np.float64),
            people=np.array([row.people for row in kept], np.float64),
        ),
        buildings=_buildings(basin, stand, kept=kept, rows=rows, blind=blind) if stand else None,
        cap_cm=round(basin.cap_m * 100),
        vertical_error_m=terrain.vertical_error_m,
        flown_m=basin.hypsometry.flown_m,
        left_out=left_out,
        sources=[assets.entry for group in tables.values() for assets in group],
    )


def _tables(basin: GatheredBasin, kind: str) -> list[Assets]:
    entries = [entry.id for entry in basin.catalog.entries.values() if entry.kind == kind]
    cap_cm = round(basin.cap_m * 100)
    return [
        read_assets(basin.generation.path(step_name(id_)) / TABLE, entry=id_, cap_cm=cap_cm)
        for id_ in entries
        if basin.generation.has(step_name(id_))
    ]


def _villages(tables: Iterable[Assets]) -> list[_Village]:
    """Rows of all tables; a later table's row of the same number or name says where the earlier one lies."""
    rows: list[_Village] = []
    known: dict[str, int] = {}
    for assets in tables:
        earlier, known_here = (
            dict(known),
            Counter(key for k in range(len(assets)) for key in _keys(assets, k)),
        )
        for k in range(len(assets)):
            keys = [key for key in _keys(assets, k) if known_here[key] == 1]
            row = _row(assets, k)
            same = next((earlier[key] for key in keys if key in earlier), None)
            if same is None:
                known |= dict.fromkeys(keys, len(rows))
                rows.append(row)
                continue
            before = rows[same]
            before.first_cm, before.pocket_cm, before.surveyed = row.first_cm, row.pocket_cm, row.surveyed
            before.households = row.households if np.isnan(before.households) else before.households
            before.people = row.people if np.isnan(before.people) else before.people
            before.township = before.township if before.township["zh"] else row.township
    return rows


def _keys(assets: Assets, row: int) -> list[str]:
    """What tells a village from others: its number, its name."""
    number, name = assets.texts["number"][row], assets.texts["name_zh"][row]
    return [key for key in (f"#{number}" if number else "", name) if key]


def _row(assets: Assets, row: int) -> _Village:
    texts = assets.texts
    return _Village(
        id=f"{assets.entry}/{row}",
        number=texts["number"][row],
        name={"zh": texts["name_zh"][row], "en": texts["name_en"][row]},
        township={"zh": texts["township_zh"][row], "en": texts["township_en"][row]},
        east=float(assets.east[row]),
        north=float(assets.north[row]),
        first_cm=int(assets.first_cm[row]),
        pocket_cm=int(assets.pocket_cm[row]),
        households=float(assets.households[row]),
        people=float(assets.people[row]),
        surveyed=bool(assets.surveyed[row]),
    )


def _buildings(
    basin: GatheredBasin,
    tables: Sequence[Assets],
    *,
    kept: Sequence[_Village],
    rows: Sequence[_Village],
    blind: Any,
) -> BuildingTable:
    """All buildings, each with its village: as the file says, else the footprint that it stands in."""
    place = {id(row): k for k, row in enumerate(kept)}
    by_key: dict[str, int] = {}
    for row in rows:
        at = place.get(id(row), -1)  # of a village that is left out, the buildings are too
        by_key |= {key: at for key in (row.name["zh"], f"#{row.number}") if key not in ("", "#")}
    areas = [(shape, by_key.get(name["zh"], len(kept))) for shape, name in _areas(basin, "footprint")]
    villages = []
    for assets in tables:
        told = zip(assets.texts["village"], assets.texts["village_zh"], strict=True)
        found = [by_key.get(f"#{number}", by_key.get(name)) for number, name in told]
        for k in (k for k, one in enumerate(found) if one is None):
            around = _first_around(float(assets.east[k]), float(assets.north[k]), [area for area, _ in areas])
            found[k] = len(kept) if around is None else areas[around][1]
        villages.append(np.array(found, np.intp))
    village = np.concatenate(villages)
    east, north = (np.concatenate([getattr(one, name) for one in tables]) for name in ("east", "north"))
    stays = (village >= 0) & np.concatenate([assets.surveyed for assets in tables])
    if blind:
        stays &= ~shapely.contains_xy(shapely.union_all(blind), east, north)

    def column(name: str) -> Any:
        return np.concatenate([getattr(assets, name) for assets in tables])[stays]

    return BuildingTable(
        village=village[stays],
        east=east[stays],
        north=north[stays],
        first_cm=column("first_cm"),
        pocket_cm=column("pocket_cm"),
        households=column("households"),
        people=column("people"),
    )


def _areas(basin: GatheredBasin, kind: str) -> Iterator[tuple[Any, dict[str, str]]]:
    """Polygons of a kind's entries, with their names."""
    for entry in basin.catalog.entries.values():
        step = vector_step_name(entry.id)
        if entry.kind != kind or not basin.generation.has(step):
            continue
        shapes, rows = load_features(basin.generation.path(step) / "features.json")
        for shape, row in zip(shapes, rows, strict=True):
            if "Polygon" in shape.geom_type:
                texts = asset_texts(row, label=entry.show.label)
                yield shape, {"zh": texts["name_zh"], "en": texts["name_en"]}


def _unknown_covers(basin: GatheredBasin) -> list[Any]:
    """Areas of the models whose heights have no known reference."""
    found = []
    for entry in basin.catalog.of_class(ModelEntry):
        start = model_step_name(entry.id, "")
        if entry.vertical.reference != "unknown":
            continue
        for step in basin.generation.products:
            if step.startswith(start):
                covers = sorted(basin.generation.path(step).glob("*/cover.json"))
                found += [shapely.Polygon(ring) for path in covers for ring in read_json(path)]
    return found


def _within(east: float, north: float, areas: Sequence[Any]) -> bool:
    return _first_around(east, north, areas) is not None


def _first_around(east: float, north: float, areas: Sequence[Any]) -> int | None:
    """The first of some areas that a point lies in."""
    if not areas:
        return None
    inside = np.flatnonzero(shapely.contains_xy(np.array(areas, dtype=object), east, north))
    return int(inside[0]) if len(inside) else None


def _name_at(east: float, north: float, areas: Sequence[tuple[Any, dict[str, str]]]) -> dict[str, str]:
    at = _first_around(east, north, [shape for shape, _ in areas])
    return {"zh": "", "en": ""} if at is None else areas[at][1]
