"""How old something is, in words."""

from __future__ import annotations

from apps.view.state import Language
from apps.view.texts import texts

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0


def age(seconds: float | None, language: Language) -> str:
    """An age in its largest whole unit; the dash where there is none."""
    t = texts(language)
    if seconds is None:
        return t["none"]
    if seconds < 10.0:
        return t["age_now"]
    for unit_s, text in ((DAY_S, "age_days"), (HOUR_S, "age_hours"), (MINUTE_S, "age_minutes")):
        if seconds >= unit_s:
            return t[text].format(n=int(seconds // unit_s))
    return t["age_seconds"].format(n=int(seconds))
