"""One step of a build: what it needs, and what its result depends on."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from twin.store import Store

Tell = Callable[[float], None]
"""Called with the done part of a step, 0 to 1."""

Make = Callable[[Path, Mapping[str, Path], Tell], None]
"""(empty folder to fill, folders of the needed products by step name, progress)."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A product to be made.

    ``title`` is (Chinese, English) for people who wait; ``seconds`` is a first guess that shares out the
    progress bar. ``code`` names the modules and packages whose text is part of the key. An ``entry`` marks a
    step that belongs to one catalog entry: when it fails, the entry becomes a greyed layer and the build
    goes on, unless the step is ``required``. Before ``late`` steps, which stand last, the build publishes a
    generation without them: a basin can be looked at before its villages are there.
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
            "code": [code_digest(name) for name in self.code],
        }
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


@cache
def code_digest(name: str) -> str:
    """Hash of the text of a module, or of a package's own modules; those of packages inside it do not count.

    Nothing heavy is imported for it.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    origin = Path(spec.origin)
    files = sorted(origin.parent.glob("*.py")) if spec.submodule_search_locations else [origin]
    digest = sha256()
    for file in files:
        digest.update(file.relative_to(origin.parent).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
