"""Small files of a product."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_json(path: Path, data: object) -> None:
    """A product's facts."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
