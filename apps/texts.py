"""Texts of the screen, in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from twin.bilingual import Language

_FOLDER = Path(__file__).with_name("locale")


@cache
def texts(language: Language) -> dict[str, str]:
    """Return all texts of a language, by key."""
    loaded = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return {str(key): str(value) for key, value in loaded.items()}
