"""A built basin with some of its answers changed: what a scene shows of data that no build would give."""

from __future__ import annotations

from typing import Any

from layers.model import VectorData
from twin.basin import Basin


class Altered:
    """``Altered(basin, bed_m=140.0, vectors=[...])`` answers those itself and the rest from the basin."""

    def __init__(self, basin: Basin, **own: Any) -> None:
        self._basin = basin
        self._own = own

    def __getattr__(self, name: str) -> Any:
        if name not in self._own:
            return getattr(self._basin, name)
        value = self._own[name]
        return (lambda: value) if callable(getattr(type(self._basin), name)) else value


def vector_data(id: str, kind: str, shapes: list[Any], **more: Any) -> VectorData:  # noqa: A002
    """A data set whose features may carry ``name_zh`` and ``name_en``."""
    facts: dict[str, Any] = {"title": {"zh": "数据", "en": "Data"}, "attributes": [{} for _ in shapes]}
    return VectorData(id=id, kind=kind, geometries=shapes, **(facts | more))
