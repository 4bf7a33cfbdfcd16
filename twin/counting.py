"""Write how many there are of something."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Write a number before its noun: 1 tile, 2 tiles, 12,000 classes."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun}{'es' if noun.endswith('s') else 's'}"
