"""Check each property of a tile's JSON in a tileset.

What is null counts as not written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from meshes.errors import DamagedError, UnsupportedForeignError
from meshes.readers.sandbox.json_values import whole
from meshes.readers.sandbox.scene import matrix_of
from twin.arrays import F64

LARGEST_ERROR = 1e9
"""A geometric error over this says "always refine", as Infinity and 1e308 do."""
VERSIONS = ("0.0", "1.0", "1.1", "1")
_IMPLICIT = "3DTILES_implicit_tiling"


def transform_of(told: dict[str, Any]) -> F64 | None:
    """Return the transform (4, 4), or None where there is none.

    Raises DamagedError for what moves no box to a box.
    """
    numbers = told.get("transform")
    if numbers is None:
        return None
    if not isinstance(numbers, list) or not all(isinstance(number, int | float) for number in numbers):
        raise DamagedError("its transform is not 16 numbers")
    if len(numbers) != 16:
        raise DamagedError("its transform is not 16 numbers")
    matrix = matrix_of(numbers)
    if (matrix[3] != (0.0, 0.0, 0.0, 1.0)).any():
        raise DamagedError("its transform does not end with 0, 0, 0, 1 row by row: it goes column by column")
    if not np.linalg.det(matrix[:3, :3]):
        raise DamagedError("its transform leaves nothing of it: it has no volume")
    return matrix


def error_of(told: dict[str, Any]) -> float | None:
    """Return the geometric error as written, or None.

    Raises DamagedError.
    """
    error = told.get("geometricError")
    if error is None:
        return None
    if isinstance(error, bool) or not isinstance(error, int | float) or error < 0:
        raise DamagedError("its geometricError is no length")
    return min(float(min(error, LARGEST_ERROR)), LARGEST_ERROR)


def refine_of(told: dict[str, Any]) -> bool | None:
    """Return whether children are drawn beside their tile.

    None where it is inherited. Raises DamagedError.
    """
    refine = told.get("refine")
    if refine is None:
        return None
    word = str(refine).strip().upper()
    if word not in ("ADD", "REPLACE"):
        raise DamagedError("its refine is neither ADD nor REPLACE")
    return word == "ADD"


def contents_of(told: dict[str, Any]) -> list[object]:
    """Return a tile's contents, wherever they are written.

    However many. Raises DamagedError.
    """
    contents = told.get("contents")
    if contents is None and told.get("extensions") is not None:
        several = object_of(object_of(told, "extensions"), "3DTILES_multiple_contents")
        contents = several.get("contents", several.get("content"))
    if contents is None:
        content = told.get("content")
        return [] if content is None else [content]
    if not isinstance(contents, list):
        raise DamagedError("its contents are no list")
    return contents


def uri_of(content: object) -> object:
    """Return a content's URI, or None.

    Raises DamagedError.
    """
    if not isinstance(content, dict):
        raise DamagedError("its content is no object")
    uri = content.get("uri")
    return content.get("url") if uri is None else uri


def children_of(told: dict[str, Any]) -> list[object]:
    """Return children, sound or not.

    Raises DamagedError where they are no list.
    """
    children = told.get("children")
    if children is None:
        return []
    if not isinstance(children, list):
        raise DamagedError("its children are no list")
    return children


def implicit_of(told: dict[str, Any]) -> dict[str, Any] | None:
    """Return the implicit tiling in the words of 1.1, or None.

    Of 1.1, or of the extension to 1.0.
    """
    if told.get("implicitTiling") is not None:
        return object_of(told, "implicitTiling")
    if not told.get("extensions"):
        return None
    old = object_of(object_of(told, "extensions"), _IMPLICIT)
    if not old:
        return None
    levels = old.get("maximumLevel")
    return old if levels is None else {"availableLevels": whole(levels, "its maximumLevel") + 1, **old}


def object_of(told: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object property, {} where not written.

    Raises DamagedError.
    """
    found = told.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise DamagedError(f"its {name} is no object")
    return found


def head_of(told: dict[str, Any], *, known: set[str]) -> dict[str, Any]:
    """Return the asset of a tileset file.

    Raises DamagedError; UnsupportedForeignError for versions and extensions.
    """
    asset = told.get("asset")
    if not isinstance(asset, dict) or not isinstance(told.get("root"), dict):
        raise DamagedError("is no tileset: it has no asset and root")
    version = asset.get("version")
    if version is not None and str(version) not in VERSIONS:
        raise UnsupportedForeignError(
            f"is 3D Tiles {str(version)[:20]!r}, which is not read: 1.0 and 1.1 are"
        )
    needed = told.get("extensionsRequired") or []
    if not isinstance(needed, list) or not all(isinstance(name, str) for name in needed):
        raise DamagedError("its extensionsRequired is no list of names")
    if strange := sorted(set(needed) - known):
        raise UnsupportedForeignError(
            f"needs the extension {strange[0]}, which is not read: export it without"
        )
    return asset
