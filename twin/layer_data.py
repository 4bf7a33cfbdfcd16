"""Data of layers, one catalog entry each.

As a view reads it from the products. Arrays are mapped; nothing here loads GDAL or data frames.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from twin.arrays import F64
from twin.errors import Reason
from twin.products import AREAS, load_features
from twin.strict_json import read_json

if TYPE_CHECKING:
    from twin.catalog import Entry


@dataclass(frozen=True, kw_only=True)
class LayerData(ABC):
    """Data that a layer shows of one entry.

    ``fault`` is one line on why there is nothing. Each kind of data is a subclass, whose own fields have
    defaults: those of an entry with a fault. ``title`` is ``{"zh": …, "en": …}``.
    """

    group: ClassVar[str]
    """Products of an entry are called ``group/<entry>`` or ``group/<entry>/<part>``."""

    id: str
    kind: str
    title: Mapping[str, str]
    visible: bool = True
    opacity: float = 1.0
    fault: Reason | None = None
    source: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    @abstractmethod
    def read(cls, entry: Any, products: Sequence[Path]) -> Self:
        """Read an entry's data from its products' folders.

        In the order of their names. There is one at least. The fields of this class come from
        :func:`shown_as`.
        """


def shown_as(entry: Entry) -> dict[str, Any]:
    """Return the fields of a ``LayerData`` from the catalog alone."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "title": entry.title.model_dump(),
        "visible": entry.show.visible,
        "opacity": entry.show.opacity,
        "source": {"entry": entry.id, "edition": entry.edition, "source": entry.source},
    }


@dataclass(frozen=True, kw_only=True)
class AreaCells:
    """Cells of areas that are filled, on the ground's raster; see ``twin/build/area_raster.py``.

    ``start`` is (col, row) of the first one in cells that are ``finer`` times as fine as the ground's.
    ``classes`` are (colour, meaning) from the first on; ``inner`` (n, 2) the middle of every area.
    """

    file: Path
    start: tuple[int, int]
    finer: int
    classes: tuple[tuple[str, Mapping[str, str]], ...]
    inner: Sequence[tuple[float, float]]

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Read them from a product's folder; None where there are none."""
        if not (folder / f"{AREAS}.json").is_file():
            return None
        told = read_json(folder / f"{AREAS}.json")
        return cls(
            file=folder / f"{AREAS}.npy",
            start=(told["start"][0], told["start"][1]),
            finer=told["finer"],
            classes=tuple((one["colour"], {"zh": one["zh"], "en": one["en"]}) for one in told["classes"]),
            inner=[(place[0], place[1]) for place in told["inner"]],
        )


@dataclass(frozen=True, kw_only=True)
class VectorData(LayerData):
    """Vector data set: shapely geometries and attributes.

    In the frame's CRS, row by row.
    """

    group = "vectors"

    geometries: Sequence[Any] = ()
    attributes: Sequence[Mapping[str, Any]] = ()
    colour: str | None = None
    width_px: float | None = None
    label: str | None = None
    areas: AreaCells | None = None

    @classmethod
    def read(cls, entry: Any, products: Sequence[Path]) -> Self:
        geometries, attributes = load_features(products[0] / "features.json")
        return cls(
            **shown_as(entry),
            geometries=geometries,
            attributes=attributes,
            colour=entry.show.colour,
            width_px=entry.show.width_px,
            label=entry.show.label,
            areas=AreaCells.read(products[0]),
        )


@dataclass(frozen=True, kw_only=True)
class ModelData(LayerData):
    """Data set of 3D models.

    Folders that hold a ``tileset.json`` each. ``covers`` are, for each folder, closed rings, east and north
    in the frame's CRS, inside which the model brings the ground and the terrain's own is not drawn.
    ``two_sided`` models are drawn from behind as well.
    """

    group = "models"

    kind: str = "model"
    folders: tuple[Path, ...] = ()
    covers: tuple[Sequence[Sequence[tuple[float, float]]], ...] = ()
    two_sided: bool = False

    @classmethod
    def read(cls, entry: Any, products: Sequence[Path]) -> Self:
        folders = tuple(file.parent for path in products for file in sorted(path.glob("*/tileset.json")))
        return cls(
            **shown_as(entry),
            folders=folders,
            covers=tuple(read_json(folder / "cover.json") for folder in folders),
            two_sided=entry.driver != "sample",  # nobody promises how a foreign model's triangles face
        )


@dataclass(frozen=True, kw_only=True)
class BuildingData(LayerData):
    """Buildings that water can reach.

    ``outlines`` are closed rings (east, north) in the frame's CRS, ``first_wet_m`` and ``pocket_m`` as the
    build found them (NaN for none), ``height_m`` how high each is, NaN where nobody says.
    """

    group = "affected"

    kind: str = "buildings"
    outlines: Sequence[F64] = ()
    first_wet_m: F64 = field(default_factory=lambda: np.zeros(0))
    pocket_m: F64 = field(default_factory=lambda: np.zeros(0))
    height_m: F64 = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def read(cls, entry: Any, products: Sequence[Path]) -> Self:
        with np.load(products[0] / "outlines.npz", allow_pickle=False) as found:
            return cls(
                **shown_as(entry),
                outlines=np.split(found["corners"], found["starts"][1:]) if len(found["starts"]) else (),
                first_wet_m=found["first_wet_m"],
                pocket_m=found["pocket_m"],
                height_m=found["height_m"],
            )
