"""Serve our scripts and styles to the browser, under one address."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from trame_client.widgets.core import AbstractElement
from trame_plotly import module as plotly_module

_FOLDER = Path(__file__).with_name("www")


FILES = (
    "desk.js",
    "widgets.js",
    "latest.js",
    "link.js",
    "focus.js",
    "keys.js",
    "signs.js",
    "overlay.js",
    "camera.js",
    "camera_history.js",
    "warp.js",
    "reprojection.js",
    "pictures.js",
    "camera_sender.js",
    "scene.js",
    "gauge.js",
    "timebar.js",
    "chart.js",
    "search.js",
    "measure.js",
    "whatif.js",
    "swipe.js",
    "sign_out.js",
    "more.js",
    "wall.js",
    "papers.js",
    "studio.js",
)
"""Files of the page's script, in their order: the later ones add to what the first one makes."""


STYLES = (
    "desk.css",
    "gauge.css",
    "timebar.css",
    "head.css",
    "search.css",
    "alarms.css",
    "stations.css",
    "shifts.css",
    "wall.css",
    "wall_control.css",
    "drill.css",
    "whatif.css",
    "papers.css",
    "measure.css",
    "access.css",
    "affected.css",
    "studio.css",
)
"""Files of the page's style sheet, in their order: what a part brings comes after the desk's."""


def script() -> bytes:
    """Return the page's script, one file.

    Each file costs a slow line a round trip.
    """
    return b"\n".join((_FOLDER / name).read_bytes() for name in FILES)


def style() -> bytes:
    """Return the page's style sheet, one file."""
    return b"\n".join((_FOLDER / name).read_bytes() for name in STYLES)


def _digest() -> str:
    """A new address for new files, so that no browser mixes them with old ones it has kept."""
    files = sorted(_FOLDER.iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


_ADDRESS = f"__twin_desk_{_digest()}"
SCRIPT = f"{_ADDRESS}/page.js"
STYLE = f"{_ADDRESS}/page.css"

serve = {_ADDRESS: str(_FOLDER), **plotly_module.serve}
scripts = [SCRIPT]
styles = [STYLE]
vue_use = ["twinDesk"]


class SceneElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Element of the streamed scene.

    With a ``screen`` (width, height, pixels) it shows all of a picture that others move; a tap calls the
    trigger that ``aim`` names with the place.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-scene", **kwargs)
        self._attr_names += ["label", "north", "screen", "aim"]


class Icon(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Icon of ``www/widgets.js``, by its name."""

    def __init__(self, name: str | tuple[str], **kwargs: Any) -> None:
        super().__init__("twin-icon", name=name, **kwargs)
        self._attr_names += ["name"]


class Dialog(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Dialog over the page while its ``v_model`` is true."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-dialog", **kwargs)


class SignElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Sign of a kind of station."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-sign", **kwargs)
        self._attr_names += ["kind"]


class SearchElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Field that finds places, with the list of what it has found."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-search", **kwargs)
        self._attr_names += ["found", "t"]


class SwipeElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Divider between two levels.

    ``moved`` fires with its share of the view's width, 0 to 1.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-swipe", **kwargs)
        self._attr_names += ["share", "before", "after", "label"]
        self._event_names += ["moved"]


class LiveChip(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Chip with the time of the live water.

    Its age is counted in the browser.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-live", **kwargs)
        self._attr_names += ["head", "t"]


class WallFigureElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Number of the wall with its age, counted in the browser."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-wall-figure", **kwargs)
        self._attr_names += ["figure", "ages", "t", "size"]


class WallAge(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Age of a number, counted in the browser, stale ones marked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-wall-age", **kwargs)
        self._attr_names += ["age", "t"]


class WallLine(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Line of the storage of thirty days."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-wall-line", **kwargs)
        self._attr_names += ["line", "label"]


class WallClock(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Clock of a time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-wall-clock", **kwargs)
        self._attr_names += ["zone", "language"]


class MoreElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Menu of the tools that are its children.

    ``lit`` marks its button while something of it is open.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-more", **kwargs)
        self._attr_names += ["label", "hint", "lit"]


class LevelSliderElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Level slider.

    ``mark`` fires with the id of a characteristic level that was clicked.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-gauge", **kwargs)
        self._attr_names += ["gauge", "hint"]
        self._event_names += ["mark"]


class TrackElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Track of the time bar; children lie under the cursor.

    ``chart`` holds the series that are shown under the pointer.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-track", **kwargs)
        self._attr_names += ["clock", "label", "chart", "t"]


class ChartElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Plotly figure, a plain dict of data and layout.

    ``zoom`` fires with the ends of a range that was chosen, ``whole`` after a double click.
    Plotly is fetched when the first one is shown.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-chart", address=plotly_module.scripts[0], **kwargs)
        self._attr_names += ["figure", "address"]
        self._event_names += ["zoom", "whole"]


class PlanElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Chart of the what-if: levels with bounds, flows that are drawn."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-plan", **kwargs)
        self._attr_names += ["chart", "clock", "run", "live", "t"]


class FieldElement(AbstractElement):  # type: ignore[misc]  # trame carries no types
    """Text field that keeps what is being typed.

    ``typed`` fires with it; ``taken`` counts the edits that were accepted.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("twin-field", **kwargs)
        self._attr_names += ["taken", "id"]
        self._event_names += ["typed"]
