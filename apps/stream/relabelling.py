"""Refresh station texts of a placed overlay, without placing labels anew.

Ages go on once a second. Asked of a painter each time, 200 desks at rest kept both painters busy with labels
that stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layers.labels.signs import Signs

GROWS = 3
"""A text that has grown by more signs than this may touch its neighbours: labels are placed anew."""


@dataclass(frozen=True, kw_only=True)
class PlacedOverlay:
    """Overlay as a painter placed it: for which view, with which signs."""

    view: object
    signs: Signs
    overlay: Mapping[str, Any]


def relabelled(placed: PlacedOverlay | None, *, view: object, signs: Signs) -> dict[str, Any] | None:
    """Return the overlay with the station texts of ``signs``.

    None where labels must be placed anew: another view, a station that appears, goes or changes its rank, or
    a text that has become too long for its place.
    """
    if placed is None or placed.view != view or placed.signs.placing != signs.placing:
        return None
    labels = [
        {**label, "detail": signs.stations[label["id"]].detail} if label["state"] else label
        for label in placed.overlay.get("labels", ())
    ]
    texts = {label["id"]: len(label["detail"]) for label in labels if label["state"]}
    if any(length - len(placed.signs.stations[id_].detail) > GROWS for id_, length in texts.items()):
        return None
    return {**placed.overlay, "labels": labels}
