"""Strict model of tileset.json of 3D Tiles 1.1.

What the specification names and nothing else. Implicit tiling, metadata and the schema are taken as they are.
A tileset that this model takes may still break what streaming relies on: see ``check``.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, FiniteFloat, ValidationError, model_validator

from meshes.errors import BadTilesetError
from twin.catalog.types import Strict
from twin.strict_json import JsonError, parse_json

Opaque = dict[str, Any]
Error = Annotated[FiniteFloat, Field(ge=0)]
Box = tuple[
    FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat,
    FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat,
]  # fmt: skip
Sphere = tuple[FiniteFloat, FiniteFloat, FiniteFloat, Annotated[FiniteFloat, Field(ge=0)]]
Region = tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]
Matrix = tuple[
    FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat,
    FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat,
]  # fmt: skip


class Open(Strict):
    """Base of objects: extensions and extras of the specification."""

    extensions: Opaque | None = None
    extras: Any = None


class Asset(Open):
    version: Literal["1.0", "1.1"]
    tilesetVersion: str | None = None  # noqa: N815  (the format's own names)


class BoundingVolume(Open):
    """Bounding volume of a tile.

    ``box``: centre and three half axes, m. ``sphere``: centre and radius, m. ``region``: west, south, east,
    north in radians, lowest and highest ellipsoidal height in m.
    """

    box: Box | None = None
    sphere: Sphere | None = None
    region: Region | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.box is None and self.sphere is None and self.region is None and not self.extensions:
            raise ValueError("needs a box, a sphere or a region")
        if self.region is not None:
            west, south, east, north, low, high = self.region
            if max(abs(west), abs(east)) > math.pi or max(abs(south), abs(north)) > math.pi / 2:
                raise ValueError("region is not in radians")
            if south > north or low > high:
                raise ValueError("region is upside down")
        return self


class ContentLink(Open):
    uri: Annotated[str, Field(min_length=1)]
    boundingVolume: BoundingVolume | None = None  # noqa: N815
    metadata: Opaque | None = None
    group: Annotated[int, Field(ge=0)] | None = None


class Tile(Open):
    """Tile of a tileset.json.

    ``transform`` is column after column, from the tile's own coordinates to its parent's.
    """

    boundingVolume: BoundingVolume  # noqa: N815
    viewerRequestVolume: BoundingVolume | None = None  # noqa: N815
    geometricError: Error  # noqa: N815
    refine: Literal["ADD", "REPLACE"] | None = None
    transform: Matrix | None = None
    content: ContentLink | None = None
    contents: Annotated[tuple[ContentLink, ...], Field(min_length=1)] | None = None
    metadata: Opaque | None = None
    implicitTiling: Opaque | None = None  # noqa: N815
    children: Annotated[tuple[Tile, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.content is not None and self.contents is not None:
            raise ValueError("has both content and contents")
        if self.implicitTiling is not None and self.children is not None:
            raise ValueError("has both implicitTiling and children")
        if self.transform is not None and self.transform[3::4] != (0.0, 0.0, 0.0, 1.0):
            raise ValueError("transform is not affine (its last row is not 0 0 0 1)")
        return self

    @property
    def links(self) -> tuple[ContentLink, ...]:
        """Contents of the tile, however written."""
        return (self.content,) if self.content is not None else self.contents or ()


class Tileset(Open):
    asset: Asset
    properties: Opaque | None = None
    # "schema" itself is a method of every pydantic model.
    schema_: Opaque | None = Field(default=None, alias="schema")
    schemaUri: str | None = None  # noqa: N815
    statistics: Opaque | None = None
    groups: Annotated[tuple[Opaque, ...], Field(min_length=1)] | None = None
    metadata: Opaque | None = None
    geometricError: Error  # noqa: N815
    root: Tile
    extensionsUsed: tuple[str, ...] | None = None  # noqa: N815
    extensionsRequired: tuple[str, ...] | None = None  # noqa: N815

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.schema_ is not None and self.schemaUri is not None:
            raise ValueError("has both schema and schemaUri")
        if self.root.refine is None:
            raise ValueError("root.refine is missing")
        if not {*(self.extensionsRequired or ())} <= {*(self.extensionsUsed or ())}:
            raise ValueError("extensionsRequired names one that extensionsUsed does not")
        return self


def read_model(path: Path) -> Tileset:
    """Read the tileset in a file, every key and number checked.

    Raises BadTilesetError with the first few faults: unknown keys, keys given twice, loose types, NaN.
    """
    try:
        text = path.read_bytes()
        parse_json(text)  # pydantic takes the last of two equal keys
        return Tileset.model_validate_json(text)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:3]]
        reason = "; ".join(faults)
    except (OSError, JsonError) as error:
        reason = str(error) or type(error).__name__
    raise BadTilesetError(f"{path} is not a tileset of 3D Tiles 1.1: {reason}", path=path)
