"""Evaluate titles, captions and call-outs of a shot at a time."""

from __future__ import annotations

from apps.recorder.film_frame import CaptionWords, TitleWords
from twin.bilingual import Language
from twin.catalog.types import Words
from twin.storyboard.shot_texts import Timed
from twin.storyboard.storyboard import Shot

FADE_S = 0.4


def said(words: Words | None, language: Language) -> str:
    """Return words in a film's language; '' for none."""
    if words is None or isinstance(words, str):
        return words or ""
    return words[language]


def opacity(timed: Timed, t: float, *, seconds: float) -> float:
    """Return the opacity of words at a time, 0 to 1."""
    start, end = timed.from_s, min(seconds, seconds if timed.to_s is None else timed.to_s)
    fade = min(FADE_S, (end - start) / 2.0)
    if not start <= t < end or fade <= 0.0:
        return 0.0
    x = min(1.0, (t - start) / fade, (end - t) / fade)
    return x * x * (3.0 - 2.0 * x)


def title_at(shot: Shot, t: float, language: Language) -> TitleWords | None:
    """Return the shot's title at a time, or None."""
    title = shot.title
    if title is None or not (shown := opacity(title, t, seconds=shot.seconds)):
        return None
    return TitleWords(text=said(title.text, language), under=said(title.under, language), opacity=shown)


def caption_at(shot: Shot, t: float, language: Language) -> CaptionWords | None:
    """Return the caption at a time, or None.

    Of two the later one.
    """
    for caption in reversed(shot.captions):
        if shown := opacity(caption, t, seconds=shot.seconds):
            return CaptionWords(text=said(caption.text, language), opacity=shown)
    return None
