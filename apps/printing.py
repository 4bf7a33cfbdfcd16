"""How commands print."""

from __future__ import annotations

import json


def to_json(data: object) -> str:
    """JSON as the commands print it: no NaN, Chinese as it is."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
