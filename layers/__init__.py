"""Scene of a basin.

``Stage(basin)`` draws it, ``blocks(basin, level_m=…)`` exports its data to VTK. Names of ``__all__`` are
imported when they are first asked for, so importing the package costs no VTK.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.lazy_names import lazy_names

__all__ = ["LayerError", "Stage", "blocks"]

if TYPE_CHECKING:
    from layers.errors import LayerError
    from layers.multiblock.assembly import blocks
    from layers.stage import Stage
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "LayerError": "layers.errors",
            "Stage": "layers.stage",
            "blocks": "layers.multiblock.assembly",
        },
    )
