"""What the tests of the readers may ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def write_tileset(tmp_path: Path) -> Callable[..., Path]:
    """Write a tileset and files beside it; b3dm that it names and nobody gives are there, and empty."""

    def do(
        root: dict[str, Any],
        files: dict[str, bytes] | None = None,
        *,
        name: str = "tileset.json",
        there: bool = True,
        **asset: object,
    ) -> Path:
        told = {"asset": {"version": "1.0", **asset}, "geometricError": 100, "root": root}
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told), encoding="utf-8")
        named = re.findall(r'"uri": "([^":{}%]+[.]b3dm)"', json.dumps(root)) if there else []
        for file, data in (dict.fromkeys(named, b"") | (files or {})).items():
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_bytes(data)
        return path

    return do
