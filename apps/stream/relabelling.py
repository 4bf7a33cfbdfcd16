"""Refresh station texts of a placed overlay, without placing labels anew.

Asked of a painter each time, 200 desks at rest kept both painters busy with labels that stay where they are.
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
    """Overlay as a painter placed it.

    For which view, of which signs by their ``placing``.
    """

    view: object
    placing: int
    overlay: Mapping[str, Any]


def relabelled(placed: PlacedOverlay | None, *, view: object, signs: Signs) -> dict[str, Any] | None:
    """Return the overlay with the station texts of ``signs``.

    None where labels must be placed anew: another view, a station that appears, goes or changes its rank, or
    a text that has become too long for its place.
    """
    if placed is None or placed.view != view or placed.placing != signs.placing:
        return None
    labels = []
    for label in placed.overlay.get("labels", ()):
        if label["state"]:
            sign = signs.stations[label["id"]]
            if len(sign.detail) - len(label["detail"]) > GROWS:
                return None
            labels.append({**label, "detail": sign.detail, "since_s": sign.since_s})
        else:
            labels.append(label)
    return {**placed.overlay, "labels": labels}
