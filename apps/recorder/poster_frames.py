"""Choose each shot's poster, its frame in stills and slides."""

from __future__ import annotations

from apps.recorder.film_frame import FilmFrame
from apps.recorder.shots import Film

WHOLE = 0.999
"""Opacity of words that have faded in."""


def poster_frames(film: Film) -> list[FilmFrame]:
    """Return the poster of each shot.

    The one the storyboard names (``poster_s``), else the last in which the title, or where there is none a
    caption, shows whole, else the shot's last; none within a dissolve where there is another.
    """
    return [_poster(film, number) for number in range(len(film.storyboard.shots))]


def _poster(film: Film, number: int) -> FilmFrame:
    shot, first, end = film.storyboard.shots[number], film.first[number], film.first[number + 1]
    if shot.poster_s is not None:
        return film.frame(min(end - 1, first + round(shot.poster_s * film.storyboard.fps)))
    last: FilmFrame | None = None
    for k in reversed(range(first, end)):
        frame = film.frame(k)
        if frame.before is not None:
            break
        last = last or frame
        words = frame.words.title if shot.title else frame.words.caption
        if words is not None and words.opacity >= WHOLE:
            return frame
        if not (shot.title or shot.captions):
            break
    return last or film.frame(end - 1)
