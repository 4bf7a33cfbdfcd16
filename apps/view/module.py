"""What the browser loads of ours: scripts and styles beside this file, under one address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trame_client.widgets.core import AbstractElement

_FOLDER = Path(__file__).with_name("www")
_ADDRESS = "__twin_desk"

serve = {_ADDRESS: str(_FOLDER)}
# One after another: the later files add to what the first one makes.
scripts = [(f"{_ADDRESS}/{name}", {"serial": "twin"}) for name in ("desk.js", "overlay.js", "scene.js")]
styles = [f"{_ADDRESS}/desk.css"]
vue_use = ["twinDesk"]


class Scene(AbstractElement):
    """The element of the streamed scene; ``name`` is the area's."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-scene", **kwargs)
        self._attr_names += ["name", "label"]
