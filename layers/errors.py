"""What can go wrong while a scene is shown."""

from __future__ import annotations

from twin.errors import TwinError


class LayerError(TwinError):
    """Base of everything the package ``layers`` raises on purpose."""


class NoFontError(LayerError):
    """No font with Chinese characters is installed."""


class NoOpenGLError(LayerError):
    """OpenGL cannot draw off-screen on this machine; ``how`` says what happened."""


class RenderError(LayerError):
    """VTK reported an error while drawing."""


class UnknownLayerError(LayerError):
    """A layer was asked for that the scene does not hold."""


class UnknownFloodError(LayerError):
    """A level for which no connection levels were computed; ``level_m``, ``cap_m``."""
