"""Mark of what is not live on the wall: word, author, times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.formatting import written
from apps.parts.part import Part
from apps.session.controller import Controller
from apps.texts import texts

if TYPE_CHECKING:
    from twin.moment import Mode


@dataclass(frozen=True, kw_only=True)
class WallModeView:
    """Mark that travels with each picture.

    ``mode`` is that of the picture's own moment, '' for live alone. ``by`` is who shows it, '' where nobody
    has asked for it; ``since`` and ``back_at`` are clock times of the site, '' without an author.
    """

    mode: Mode | str = ""
    word: str = ""
    by: str = ""
    since: str = ""
    back_at: str = ""
    note: str = ""


def view(controller: Controller) -> WallModeView:
    """Return the mark of the scene that is drawn now."""
    session, t = controller.session, texts(controller.language)
    moment = session.scene.moment
    if moment.is_live:
        return WallModeView()
    word = t["wall_word_" + moment.mode.replace("-", "_")]
    shown = None if controller.wall is None else controller.wall.presentation
    if shown is None:
        return WallModeView(mode=moment.mode, word=word, note=t["wall_mode_waits"])
    by = shown.by or t["wall_operator"]
    since, back_at = written(shown.since, session.zone), written(shown.back_at, session.zone)
    note = t["wall_mode_note"].format(by=by, since=since, back_at=back_at)
    if shown.drill:
        note = f"{shown.drill} · {note}"
    return WallModeView(mode=moment.mode, word=word, by=by, since=since, back_at=back_at, note=note)


def _caption(controller: Controller) -> Mapping[str, Any]:
    return {"wall_mode": view(controller)}


PART = Part(id="wall_mode", state={"wall_mode": WallModeView()}, caption=_caption, client_only=("wall_mode",))
