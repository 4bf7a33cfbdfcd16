"""Permanent link, ready to be copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part
from apps.parts.triggers import trigger
from apps.parts.widgets import panel, panel_button
from apps.session.controller import Controller
from apps.session.link_check import refuse_foreign, unknown_in
from apps.session.run_names import name_run
from twin.errors import TwinError
from twin.scene import MAX_LINK, Scene

if TYPE_CHECKING:
    from twin.moment import Moment


ADDRESS = "window.twinDesk.address(link, head.live_time && link_follows)"


def build() -> None:
    with panel("link", text="link_title"):
        html.H2("{{ t.link_title }}")
        with html.Div(classes="link-row"):
            html.Input(
                type="text",
                raw_attrs=[
                    "readonly",
                    'id="permanent-link"',
                    f':value="{ADDRESS}"',
                    ':aria-label="t.link_title"',
                ],
                focus="$event.target.select()",
            )
            with html.Button(type="button", classes="tool", click=f"window.twinDesk.copy({ADDRESS})"):
                Icon("content-copy")
                html.Span("{{ copied ? t.link_copied : t.link_copy }}")
        html.P("{{ t.link_note }}", v_if=("!head.live_time",), classes="note")
        with html.Template(v_if=("head.live_time",)):
            with html.Label(classes="check"):
                html.Input(type="checkbox", v_model=("link_follows",))
                html.Span("{{ t.link_follows }}")
            html.P(
                "{{ link_follows ? t.link_note_follows"
                " : t.link_note_live.replace('{time}', head.live_time) }}",
                classes="note",
            )


Link = Annotated[str, Field(max_length=MAX_LINK)]


class OtherGenerationError(TwinError):
    """Link of another generation of the data; ``was`` names it."""

    zh = "链接制作时用的是另一版数据（{was}）：数值可能不同"


class LinkActions:
    """Actions that write and open links; a link holds the whole scene."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        controller.on_moment.append(self.make_link)
        controller.on_selection.append(self.make_link)
        controller.on_rest.append(self.make_link)

    @trigger
    def open_link(self, link: Link, follow: bool = False) -> None:
        """Show what a link shows, or why not.

        One of a live moment follows the present where that is requested.
        """
        session = self._controller.session
        self._open(link, session.resume if follow else session.restore)

    @trigger
    def resume(self, link: Link) -> None:
        """Show what a page showed before the server was started anew.

        The view is shared: where someone has asked for something meanwhile, that stays.
        """
        session = self._controller.session
        if session.untouched:
            self._open(link, session.resume)

    def _open(self, link: str, show: Callable[[Moment], None]) -> None:
        controller = self._controller
        try:
            scene = Scene.from_link(link)
            refuse_foreign(scene, controller.session)
            show(scene.moment)
            name_run(controller.session, scene.moment.run, controller.runs)
        except TwinError as error:
            controller.show_error(error)
            return
        controller.stop_replay()
        controller.do(lambda now: _like(scene, now), moving=False)
        controller.area.jump()
        controller.publish(language=scene.language)
        controller.set_language(scene.language)
        controller.show_selection()
        for doubt in (
            self._other_generation(scene),
            unknown_in(scene, controller.session, controller.layers),
        ):
            if doubt is not None:
                controller.show_error(doubt)

    def _other_generation(self, scene: Scene) -> OtherGenerationError | None:
        """Say that a link was made with other data than is shown: its level may have meant other numbers."""
        was = scene.moment.generation
        if was is None or was == self._controller.session.basin.generation.id:
            return None
        return OtherGenerationError("the link was made with other data: numbers may differ", was=was)

    def make_link(self) -> None:
        """Put the link of what is shown now into the page."""
        self._controller.publish(link=self._controller.session.scene.to_link())


def _like(scene: Scene, now: Scene) -> Scene:
    """The scene of a link, at the moment that the session made of its own, with the layers that are here."""
    layers = {id_: scene.layers.get(id_, state) for id_, state in now.layers.items()}
    return scene.changed(moment=now.moment, layers=layers)


def _button() -> None:
    panel_button("link", "link-variant", key="K")


PART = Part(
    id="link",
    state={"link": "", "link_follows": False, "copied": False},
    client_only=("link_follows", "copied"),
    build=build,
    panel="link",
    actions=(LinkActions,),
    button=_button,
    tools="share",
    keys={"k": ("panel", "link")},
    help=(("K", "link"),),
)
