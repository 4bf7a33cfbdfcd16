"""Write a storyboard as YAML."""

from __future__ import annotations

import yaml

from twin.storyboard.storyboard import Storyboard


def storyboard_text(board: Storyboard, *, before: str | None = None) -> str:
    """Return a storyboard as YAML, keys of their defaults left out."""
    del before
    value = board.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)
    return text
