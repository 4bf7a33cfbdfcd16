"""Films over a basin, in a few words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from apps.recorder.observed import Observed
from apps.recorder.shots import Film
from twin.basin import Basin
from twin.storyboard.storyboard import Storyboard

OVERVIEW = {"keys": [{"at_s": 0, "viewpoint": "home"}]}
RISING = {"levels": [{"at_s": 0, "level_m": 150}, {"at_s": 4, "level_m": 158}]}


def film(
    basin: Basin,
    *shots: dict[str, Any],
    observations: Observed | None = None,
    left_out: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    before: Film | None = None,
    **head: Any,
) -> Film:
    """Make a film of shots of 4 s over the whole basin, unless they say otherwise, at 10 frames/s."""
    told = [{"id": f"s{k}", "seconds": 4, "camera": OVERVIEW, **shot} for k, shot in enumerate(shots)]
    board = {"title": "片", "fps": 10, "shots": told, **head}
    read = Storyboard.model_validate_json(json.dumps(board))
    return Film(read, basin, observations=observations, left_out=left_out, before=before)
