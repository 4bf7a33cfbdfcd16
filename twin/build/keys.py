"""Key of a step: hash of its inputs, parameters and code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from twin.build.closure import code_digest
from twin.build.step import Step
from twin.store import Store


def key_of(step: Step, store: Store, needed_keys: Mapping[str, str]) -> str:
    """Hash a step's inputs, parameters and code: 16 hex digits.

    ``needed_keys`` are those of the products that it needs. Raises OSError for a missing source.
    """
    content = {
        "step": step.name,
        "settings": step.settings,
        "sources": [store.digest(source) for source in step.sources],
        "needs": [needed_keys[name] for name in step.needs],
        "code": code_digest(step.make.__module__, store.folder / "code.json"),
    }
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
