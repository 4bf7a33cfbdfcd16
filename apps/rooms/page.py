"""The page: its parts, laid over the scene."""

from __future__ import annotations

from typing import Any

from trame.ui.vuetify3 import VAppLayout
from trame.widgets import html
from trame_rca import module as rca_module

from apps.browser import module
from apps.parts import (
    alarms_widget,
    card_widget,
    head_widget,
    help_dialog,
    layers_widget,
    level_slider_widget,
    link,
    loading,
    readout_widget,
    stations_widget,
    timebar_widget,
    trouble,
    viewpoints_widget,
)
from apps.parts.state import CLIENT_ONLY, PageState, as_keys

AREA = "scene"
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%230d2233'/%3E"
    "%3Cpath d='M4 20 11 9l5 7 4-5 8 9z' fill='%237d9db5'/%3E"
    "%3Cpath d='M4 20h24v5a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3z' fill='%2339b6ee'/%3E%3C/svg%3E"
)


def build(server: Any, *, page: PageState) -> VAppLayout:
    """Set the page's first state and build its template."""
    for part in (rca_module, module):
        server.enable_module(part)
    server.state.update(as_keys(page))
    server.state.client_only(*CLIENT_ONLY)
    server.state.trame__favicon = ICON
    server.state.trame__title = page.head.title
    with VAppLayout(server, theme="dark") as layout:
        module.Scene(name=AREA, label=("t.scene_label",), north=("t.north",))
        with html.Div(classes="shade"):
            pass
        head_widget.frame()
        head_widget.build()
        with html.Aside(classes="left"):
            readout_widget.build()
            card_widget.build()
        with html.Aside(classes="right"):
            level_slider_widget.build()
        layers_widget.build()
        viewpoints_widget.build()
        stations_widget.build()
        alarms_widget.build()
        trouble.build()
        link.build()
        timebar_widget.build()
        help_dialog.build()
        loading.build()
    # After a lost connection trame puts another template in the page's place; ours stays and says so itself.
    server.state.trame__template_error = server.state.trame__template_main
    return layout
