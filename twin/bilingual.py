"""Names in Chinese and English, indexed by language."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]


def in_both(zh: str, en: str = "") -> dict[str, str]:
    """Return pair a Chinese and an English name.

    Where one is missing, the other stands for it.
    """
    return {"zh": zh or en, "en": en or zh}
