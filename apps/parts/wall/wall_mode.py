"""Mark of what is not live on the wall: word, author, times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
    has asked for it; ``since`` and ``back_at`` are clock times of the site, '' without an author. ``drill``
    names a drill, its author and file.
    """

    mode: Mode | str = ""
    word: str = ""
    by: str = ""
    since: str = ""
    back_at: str = ""
    note: str = ""
    drill: str = ""


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
    mark = WallModeView(mode=moment.mode, word=word, by=by, since=since, back_at=back_at)
    run = None if controller.wall is None else controller.wall.drill.run
    if run is not None and run.id == moment.run:
        name, author = run.drill.name[controller.language], run.drill.author
        note = t["wall_drill_note"].format(name=name, author=author, back_at=back_at.split()[-1])
        drill = t["wall_drill_of"].format(name=name, author=author, file=run.file)
        return replace(mark, note=note, drill=drill)
    day, clock = back_at.split()
    today = since.split()[0] == day  # the date stands on the wall's clock
    words = {"since": since.split()[1], "back_at": clock} if today else {"since": since, "back_at": back_at}
    return replace(mark, note=t["wall_mode_note"].format(by=by, **words))


def _caption(controller: Controller) -> Mapping[str, Any]:
    return {"wall_mode": view(controller)}


PART = Part(id="wall_mode", state={"wall_mode": WallModeView()}, caption=_caption, client_only=("wall_mode",))
