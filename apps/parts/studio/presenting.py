"""Present a film live: step through its shots, on the wall too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part
from apps.parts.studio.strip_view import worded
from apps.parts.studio.studio_state import Player, studio_of
from apps.parts.triggers import operator_trigger, trigger
from apps.parts.widgets import tool_button
from apps.session.controller import Controller
from apps.texts import texts
from twin.errors import TwinError

if TYPE_CHECKING:
    from twin.scene import Scene


@dataclass(frozen=True, kw_only=True)
class PresentingView:
    """State of a presentation.

    ``scripted`` is false while a hand has the camera; ``next`` names the shot behind.
    """

    on: bool = False
    number: int = 0
    of: int = 0
    name: str = ""
    next: str = ""
    wall: bool = False
    scripted: bool = True


class PresentActions:
    """Steps of a presentation; each plays one shot to its end."""

    def __init__(self, controller: Controller) -> None:
        self._controller, self._studio = controller, studio_of(controller)

    @property
    def _player(self) -> Player:
        assert self._studio.player is not None
        return self._studio.player

    @trigger
    def present(self, on: bool) -> None:
        """Start presenting at the edited shot, or end."""
        studio = self._studio
        studio.presenting = on and studio.board is not None
        if studio.presenting:
            self._play_shot()
        else:
            self._player.stop()
        self._publish()

    @trigger
    def present_step(self, step: Literal[-1, 1]) -> None:
        """Go to the next shot or the one before, if any."""
        studio, board = self._studio, self._studio.board
        if board is None or studio.shot is None or not studio.presenting:
            return
        number = board.shots.index(studio.shot) + step
        if 0 <= number < len(board.shots):
            studio.select(board.shots[number].id)
            self._play_shot()
            self._publish()

    @trigger
    def present_return(self) -> None:
        """Return to the script where it was left."""
        self._player.show(self._studio.at_s)
        self._send()
        self._publish()

    @operator_trigger
    def present_wall(self, on: bool) -> None:
        """Show each shot on the wall too, in the visitor's name."""
        self._studio.on_wall = on
        if on:
            self._send()
        self._publish()

    def _play_shot(self) -> None:
        studio = self._studio
        if studio.shot is None:
            return
        studio.select(studio.shot.id)
        end_s = studio.at_s + studio.shot.seconds
        self._player.show(studio.at_s)
        self._send()
        self._player.play(until_s=end_s, then=self._send)

    def _send(self) -> None:
        """Send what is shown to the wall, unless that shows it."""
        controller, scene = self._controller, self._controller.session.scene
        send = controller.send_to_wall
        if not (self._studio.on_wall and self._studio.presenting) or send is None or _same(scene, self._sent):
            return
        try:
            send(scene)
        except TwinError as error:
            controller.show_error(error)
        else:
            self._sent = scene

    _sent: Scene | None = None

    def _publish(self) -> None:
        self._controller.publish_part("presenting")
        self._controller.publish_part("strip")


def _same(scene: Scene, sent: Scene | None) -> bool:
    return sent is not None and scene == sent


def build() -> None:
    """Add the bar of a presentation, in place of the strip."""
    with html.Section(
        v_if=("presenting.on",), classes="presenting glass", raw_attrs=[':aria-label="t.present"']
    ):
        _tool(
            "chevron-left",
            "present_before",
            "trigger('present_step', [-1])",
            disabled="presenting.number <= 1",
        )
        html.B("{{ presenting.number }} / {{ presenting.of }}")
        html.Span("{{ presenting.name }}", classes="presenting-name")
        _tool(
            "chevron-right",
            "present_next",
            "trigger('present_step', [1])",
            disabled="presenting.number >= presenting.of",
        )
        html.Span(
            "{{ t.present_then.replace('{name}', presenting.next) }}",
            v_if=("presenting.next",),
            classes="presenting-next",
        )
        with html.Button(
            v_if=("!presenting.scripted",),
            type="button",
            classes="tool tool-live",
            click="trigger('present_return')",
        ):
            html.Span("{{ t.present_return }}")
        with html.Label(v_if=("duty.may",), classes="check presenting-wall"):
            html.Input(
                type="checkbox",
                change="trigger('present_wall', [$event.target.checked])",
                raw_attrs=[':checked="presenting.wall"'],
            )
            html.Span("{{ t.present_wall }}")
        with html.Button(type="button", classes="tool", click="trigger('present', [false])"):
            Icon("close")
            html.Span("{{ t.present_end }}")


def _tool(icon: str, text: str, click: str, *, disabled: str) -> None:
    with html.Button(
        type="button",
        classes="tool tool-icon",
        title=(f"t.{text}",),
        click=click,
        raw_attrs=[f':aria-label="t.{text}"', f':disabled="{disabled}"'],
    ):
        Icon(icon)


def _button() -> None:
    tool_button("presentation", "present", "panel = ''; trigger('present', [true])", key="P")


def _view(controller: Controller) -> Mapping[str, Any]:
    studio, t = studio_of(controller), texts(controller.language)
    board, shot = studio.board, studio.shot
    if board is None or shot is None or not studio.presenting:
        return {"presenting": PresentingView()}
    number = board.shots.index(shot)
    names = [
        worded(one.name, controller.language) or t["shot_number"].format(number=n)
        for n, one in enumerate(board.shots, 1)
    ]
    return {
        "presenting": PresentingView(
            on=True,
            number=number + 1,
            of=len(names),
            name=names[number],
            next="" if number + 1 == len(names) else names[number + 1],
            wall=studio.on_wall,
            scripted=studio.scripted,
        )
    }


PART = Part(
    id="presenting",
    state={"presenting": PresentingView()},
    client_only=("presenting",),
    view=_view,
    build=build,
    actions=(PresentActions,),
    button=_button,
    tools="head",
    keys={"p": ("page", "present")},
    help=(("P", "present"), ("→ ←", "key_present_step"), ("Backspace", "present_return")),
)
