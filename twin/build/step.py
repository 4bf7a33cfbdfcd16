"""One step of a build: what it needs, and what its result depends on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from twin.build.closure import code_digest
from twin.store import Store

Tell = Callable[[float], None]
"""Called with the done part of a step, 0 to 1."""

Make = Callable[[Path, Mapping[str, Path], Tell], None]
"""(empty folder to fill, folders of the needed products by step name, progress)."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A product to be made.

    ``title`` is (Chinese, English) for people who wait; ``seconds`` is a first guess that shares out the
    progress bar. ``code`` names the modules that ``make`` calls; all that they import is part of the key. An
    ``entry`` marks a step that belongs to one catalog entry: when it fails, the entry becomes a greyed layer
    and the build goes on, unless the step is ``required``. Before ``late`` steps, which stand last, the build
    publishes a generation without them: a basin can be looked at before its villages are there.
    """

    name: str
    title: tuple[str, str]
    make: Make
    needs: tuple[str, ...] = ()
    sources: tuple[Path, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    code: tuple[str, ...] = ()
    seconds: float = 1.0
    entry: str | None = None
    required: bool = True
    late: bool = False

    def key(self, store: Store, needed_keys: Mapping[str, str]) -> str:
        """Hash of inputs, parameters and code: 16 hex digits. Raises OSError for a missing source."""
        content = {
            "step": self.name,
            "settings": self.settings,
            "sources": [store.digest(source) for source in self.sources],
            "needs": [needed_keys[name] for name in self.needs],
            "code": code_digest(self.code, store.folder / "code.json"),
        }
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
