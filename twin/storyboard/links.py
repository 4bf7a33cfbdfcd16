"""Take the scene's part out of an address that a desk copied."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit


def link_of(text: str) -> str:
    """Return the permanent link in an address, or the text itself.

    ``https://twin.example/desk/index.html?scene=2.abc`` gives ``2.abc``.
    """
    found = parse_qs(urlsplit(text.strip()).query).get("scene")
    return found[0] if found else text.strip()
