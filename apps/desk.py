"""The desk: one decision-maker's view of the basin in a browser. This file only wires."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from trame.app import TrameApp
from trame.decorators import life_cycle
from trame.ui.vuetify3 import VAppLayout
from trame_rca import module as rca_module
from trame_rca.view_adapter import RcaViewAdapter

from apps.view import module
from apps.view.area import SceneArea
from apps.view.render_thread import RenderThread

AREA = "scene"


class Desk(TrameApp):
    """The page and the stage behind it. ``make_stage`` runs in the render thread and may take seconds."""

    def __init__(self, make_stage: Callable[[], Any], *, server: Any = None) -> None:
        super().__init__(server)
        self._make_stage = make_stage
        self.thread = RenderThread()
        self.server.enable_module(rca_module)
        self.server.enable_module(module)
        with VAppLayout(self.server, theme="dark") as self.ui:
            module.Scene(name=AREA)

    @life_cycle.server_ready
    def _ready(self, **_: Any) -> None:
        self._opening = asyncio.create_task(self._open())

    async def _open(self) -> None:
        self.area = SceneArea(self.thread)
        self.ctrl.rc_area_register(
            RcaViewAdapter(
                self.area, AREA, scheduler=self.area.stream, do_schedule_render_on_interaction=False
            )
        )
        self.area.show(await self.thread.call(self._make_stage))
