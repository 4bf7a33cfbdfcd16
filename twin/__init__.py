"""Basin, headless: ``twin.Basin.open("data_catalog.yaml")``.

Names of ``__all__`` are imported when they are first asked for, so importing the package costs no numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.lazy_names import lazy_names

__all__ = ["Basin", "Camera", "Moment", "Scene", "TwinError", "what_if"]

if TYPE_CHECKING:
    from twin.basin import Basin
    from twin.errors import TwinError
    from twin.moment import Moment, what_if
    from twin.scene import Camera, Scene
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Basin": "twin.basin",
            "Camera": "twin.scene",
            "Moment": "twin.moment",
            "Scene": "twin.scene",
            "TwinError": "twin.errors",
            "what_if": "twin.moment",
        },
    )
