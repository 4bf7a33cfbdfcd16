"""Fly back to the overview."""

from __future__ import annotations

from apps.parts.part import Part
from apps.parts.triggers import trigger
from apps.parts.widgets import tool_button
from apps.session.controller import Controller
from layers.camera import camera as cameras


class HomeActions:
    """Action that flies back to the home viewpoint."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    @trigger
    def home(self) -> None:
        """Fly back to the overview."""
        session, area = self._controller.session, self._controller.area
        area.fly_to(cameras.home(session.basin, session.ground, aspect=area.aspect))


def _button() -> None:
    tool_button("home-outline", "home", "trigger('home')", key="H")


PART = Part(
    id="home",
    actions=(HomeActions,),
    button=_button,
    tools="head",
    keys={"h": ("trigger", "home", [])},
    help=(("H", "key_home"),),
)
