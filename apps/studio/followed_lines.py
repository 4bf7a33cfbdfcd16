"""List the named lines of a basin that a camera can follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from twin.products import load_features, vector_step_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twin.basin import Basin

MOST, LEAST_M = 60, 1000.0
NOT_FOLLOWED = frozenset({"buildings", "shoreline", "steep", "barriers"})
"""Kinds of layers whose lines lead nowhere, or are found anew for each level."""


@dataclass(frozen=True, kw_only=True)
class FollowedLine:
    """Line of a layer: its feature, its name in both languages."""

    layer: str
    feature: str
    name: Mapping[str, str]

    @property
    def id(self) -> str:
        """Layer and feature in one word."""
        return f"{self.layer}/{self.feature}"


@lru_cache(maxsize=4)
def lines_to_follow(basin: Basin) -> tuple[FollowedLine, ...]:
    """Return the longest named lines, the longest first.

    Reaches of one name count as one line. Reads the layers, some 0.5 s: call it in a thread.
    """
    found: dict[tuple[str, str], tuple[float, str]] = {}
    for entry in basin.catalog.entries.values():
        step, key = vector_step_name(entry.id), entry.show.label
        if key is None or entry.kind in NOT_FOLLOWED or not basin.generation.has(step):
            continue
        other = f"{key.removesuffix('_zh')}_en" if key.endswith("_zh") else key
        geometries, attributes = load_features(basin.generation.path(step) / "features.json")
        for geometry, row in zip(geometries, attributes, strict=True):
            name = row.get(key)
            if not geometry.geom_type.endswith("LineString") or not isinstance(name, str) or not name.strip():
                continue
            at = entry.id, name.strip()
            length_m = found.get(at, (0.0, ""))[0] + geometry.length
            found[at] = length_m, str(row.get(other) or name).strip()
    longest = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    return tuple(
        FollowedLine(layer=layer, feature=name, name={"zh": name, "en": english})
        for (layer, name), (length_m, english) in longest[:MOST]
        if length_m >= LEAST_M
    )
