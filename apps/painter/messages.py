"""Messages of hub and painter: JSON lines, pictures as bytes behind.

Every request names the generation it is of, so a painter keeps nothing of a visitor that another painter
would miss.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from apps.painter.errors import PainterMessageError
from apps.painter.viewport import Viewport
from layers.governor import Sharpness
from layers.labels.signs import Signs
from layers.layer import LayerFacts
from twin.catalog.types import Access
from twin.errors import Reason
from twin.scene import Scene

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of a document: signs of 10,000 stations take 2 MB."""
LARGEST_PICTURE = 256 * 1024 * 1024

Size = tuple[int, int]
Format = Literal["png", "jpeg"]
Place = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Target:
    """Products to draw, and the level of access.

    A generation, and the one whose models are shown in it (a build goes on). What ``sees`` does not see is in
    no picture, label, list or answer.
    """

    generation: str
    models: str
    sees: Access = "public"


@dataclass(frozen=True, kw_only=True)
class Describe:
    """Request for a target's layers; opens its scene if needed.

    With a ``view`` they are as in its last frame.
    """

    ask: Literal["describe"] = "describe"
    target: Target
    view: str = ""


@dataclass(frozen=True, kw_only=True)
class Paint:
    """Request for a picture of a scene.

    For a window of ``size`` (width, height) device pixels. ``sample`` shifts it by a part of a pixel
    (:data:`apps.painter.smoothing.SHIFTS`), None draws a moving frame. Kept samples are added up, sample 0
    begins; the last one's JPEG is their mean. ``quality`` is that of the JPEG, 0 its kind's own. ``signs`` is
    None where the view's are as before. ``margin`` more pixels of the scene are drawn on each side (left and
    right, top and bottom), for a browser that moves the picture itself. With ``burn`` the picture is one to
    keep: its overlay is painted on it, in the file's format, and words where tiles are ``lacking``.
    """

    ask: Literal["paint"] = "paint"
    target: Target
    view: str
    scene: Scene
    signs: Signs | None = None
    viewport: Viewport
    size: Size
    sharpness: Sharpness
    sample: int | None = None
    keep: bool = False
    jpeg: bool = True
    quality: Annotated[int, Field(ge=0, le=100)] = 0
    margin: Size = (0, 0)
    burn: Format | None = None
    lacking: bool = False


@dataclass(frozen=True, kw_only=True)
class Cover:
    """Request for a scene's overlay, without the picture."""

    ask: Literal["cover"] = "cover"
    target: Target
    view: str
    scene: Scene
    signs: Signs | None = None
    viewport: Viewport
    size: Size


@dataclass(frozen=True, kw_only=True)
class Pick:
    """Request for what is under a point of a view.

    Fractions from left and top. Whole like the others: the painter may never have drawn the view.
    """

    ask: Literal["pick"] = "pick"
    target: Target
    view: str
    scene: Scene
    signs: Signs | None = None
    viewport: Viewport
    size: Size
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Forget:
    """Request to drop what is kept of a view that has ended."""

    ask: Literal["forget"] = "forget"
    view: str


Request = Describe | Paint | Cover | Pick | Forget


@dataclass(frozen=True, kw_only=True)
class Picked:
    """Result of a pick.

    A station's id; (east, north, height) of the surface, None for the sky; and what is known of the building
    there.
    """

    station: str | None = None
    place: Place | None = None
    building: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Answer to the request of that ``id``.

    Without one, more tiles for the picture that was drawn last, of that ``view``, have arrived. A picture
    that is not ``complete`` would show more with them.
    Without one, more tiles of what was drawn have arrived. ``size`` is that of the JPEG of ``nbytes`` bytes
    behind the line; ``depth`` its packed distances (:func:`layers.gl.depth.packed`) in base64.
    """

    id: int | None = None
    view: str = ""
    complete: bool = True
    error: Reason | None = None
    overlay: dict[str, Any] | None = None
    layers: list[LayerFacts] | None = None
    picked: Picked | None = None
    depth: str = ""
    size: Size = (0, 0)
    nbytes: Annotated[int, Field(ge=0, le=LARGEST_PICTURE)] = 0


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Request and its number."""

    id: int
    request: Annotated[Request, Field(discriminator="ask")]


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    """Read the next request; None at the end.

    Raises PainterMessageError.
    """
    line = await _line(reader)
    return None if line is None else _read(line, Asked)


async def read_reply(reader: asyncio.StreamReader) -> tuple[Reply, bytes] | None:
    """Read the next reply and its picture; None at the end.

    Raises PainterMessageError.
    """
    line = await _line(reader)
    if line is None:
        return None
    reply = _read(line, Reply)
    try:
        return reply, await reader.readexactly(reply.nbytes) if reply.nbytes else b""
    except asyncio.IncompleteReadError:
        return None


def as_line(message: Asked | Reply) -> bytes:
    """Write a message as one line."""
    kind: Any = type(message)
    return _adapter(kind).dump_json(message, exclude_none=True) + b"\n"


async def _line(reader: asyncio.StreamReader) -> bytes | None:
    try:
        return await reader.readuntil(b"\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except asyncio.LimitOverrunError:
        raise PainterMessageError(f"a message is longer than {LONGEST_LINE} bytes") from None


def _read(line: bytes, kind: Any) -> Any:
    try:
        return _adapter(kind).validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PainterMessageError(f"a message is not whole: {where}: {first['msg']}") from None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
