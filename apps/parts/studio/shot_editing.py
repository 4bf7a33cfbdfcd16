"""Edit the shot of a studio's form; each edit can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field, StringConstraints

from apps.parts.studio.studio_state import studio_of
from apps.parts.triggers import Number
from apps.session.controller import Controller
from apps.studio import shot_edits
from twin.bilingual import Language
from twin.errors import TwinError
from twin.storyboard.storyboard import Shot

Typed = Annotated[str, StringConstraints(max_length=500)]
FormValue = bool | Number | Typed
LineNumber = Annotated[int, Field(ge=0, le=200)]


class ShotEditing:
    """Actions on the edited shot; a refused one changes nothing."""

    def __init__(self, controller: Controller) -> None:
        self.controller, self.studio = controller, studio_of(controller)

    @property
    def language(self) -> Language:
        """Language of the film's words."""
        return self.controller.language if self.studio.board is None else self.studio.board.language

    def edit(self, edit: Callable[[Shot], Shot]) -> None:
        """Replace the edited shot; a refusal is shown."""
        board, shot = self.studio.board, self.studio.shot
        if board is None or shot is None:
            return
        try:
            new = shot_edits.with_shot(board, edit(shot))
        except TwinError as error:
            self.controller.show_error(error)
            self.studio.publish()
            return
        self.studio.film.do(new)
        self.studio.publish()

    def second_of_shot(self) -> float:
        """Return the second of the edited shot that is shown."""
        studio = self.studio
        return 0.0 if studio.shot is None else max(0.0, studio.at_s - studio.start_of(studio.shot.id))
