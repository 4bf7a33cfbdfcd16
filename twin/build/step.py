"""Step of a build: its needs, and what its result depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

StepProgress = Callable[[float], None]
"""Called with the done part of a step, 0 to 1."""

Products = Mapping[str, Path]
"""Folders of the needed products by step name."""

Make = Callable[[Path, Products, StepProgress], None]
"""(empty folder to fill, needed products, progress)."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Step that makes one product.

    ``title`` is (Chinese, English) for people who wait; ``seconds`` is a first guess that shares out the
    progress bar. An ``entry`` marks a step that belongs to one catalog entry: when it fails, the entry
    becomes a greyed layer and the build goes on, unless the step is ``required``. Before ``late`` steps,
    which stand last, the build publishes a generation without them: a basin can be looked at before its
    villages are there.

    The key hashes the module that defines ``make`` with all that it imports, so each step is defined in a
    module that imports nothing of another step's. ``make`` itself imports what is slow to import: a server
    asks for the keys at every start.
    """

    name: str
    title: tuple[str, str]
    make: Make
    needs: tuple[str, ...] = ()
    sources: tuple[Path, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 1.0
    entry: str | None = None
    required: bool = True
    late: bool = False
