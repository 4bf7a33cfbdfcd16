"""Send the desk's Scene to the wall."""

from __future__ import annotations

from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part
from apps.parts.triggers import operator_trigger
from apps.session.controller import Controller
from apps.texts import texts
from twin.bilingual import Language
from twin.errors import TwinError


class SendActions:
    """Action that shows the desk's Scene on the wall."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    @operator_trigger
    def send_to_wall(self) -> None:
        """Show this Scene on the wall in the visitor's name."""
        controller = self._controller
        if controller.send_to_wall is None:
            return
        try:
            controller.send_to_wall(controller.session.scene)
        except TwinError as error:
            controller.show_error(error)
        else:
            controller.show_message(_sent)


def _sent(language: Language) -> str:
    return texts(language)["wall_sent"]


def _button() -> None:
    with html.Button(
        v_if=("duty.may",),
        type="button",
        classes="tool",
        title=("t.wall_send_hint",),
        click="trigger('send_to_wall')",
    ):
        Icon("monitor-share")
        html.Span("{{ t.wall_send }}")


PART = Part(id="send_to_wall", actions=(SendActions,), button=_button, tools="share")
