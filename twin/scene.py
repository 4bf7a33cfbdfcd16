"""Scene: all that is shown, as one JSON document.

Camera, moment, layers, marks, selection. It is the truth, not a snapshot: a session owns one ``Scene``, an
action is a function from a Scene to a Scene, and whatever draws only applies it. A permanent link, a
storyboard's shot, a wall's state and a saved session are all a ``Scene``.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from twin.bilingual import Language
from twin.errors import TwinError
from twin.moment import Level, Moment
from twin.stations.filter import Filter
from twin.strict_json import JsonError, parse_json

MAX_LINK = 6000
MAX_JSON = 64 * 1024
MAX_WHERE = 60
_VERSION, _VERSIONS = "2.", ("1.", "2.")
_NOT_WHOLE = frozenset({"json_invalid", "missing", "model_type", "extra_forbidden"})

Density = Literal["few", "normal", "all"]
"""How many names and signs lie over the picture."""

MeasureKind = Literal["distance", "area", "profile", "sight"]
MOST_MEASURED = 200

Metres = Annotated[float, Field(ge=-1e8, le=1e8)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


class LinkError(TwinError):
    """Permanent link without a scene."""

    zh = "此链接无效或不完整，请重新复制整个链接"


class AbsurdLinkError(LinkError):
    """Scene with an impossible value; ``where`` names it."""

    zh = "此链接含有不可能的数值（{where}），未打开"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class Camera(_Value):
    """Camera by target, angles and distance.

    The target is a point in the frame's CRS, ``distance_m`` away. ``heading_deg`` is the compass direction of
    the look, ``pitch_deg`` its angle to the horizon, negative downwards. ``target_m`` is a working height
    without exaggeration.
    """

    target_east_m: Metres
    target_north_m: Metres
    target_m: Annotated[float, Field(ge=-500, le=9000)]
    distance_m: Annotated[float, Field(ge=1, le=2_000_000)]
    heading_deg: Annotated[float, Field(ge=0, lt=360)]
    pitch_deg: Annotated[float, Field(ge=-90, le=90)]
    view_angle_deg: Annotated[float, Field(ge=5, le=120)] = 30.0


class LayerState(_Value):
    """State of a layer: visibility, opacity, filter."""

    visible: bool = True
    opacity: Annotated[float, Field(ge=0, le=1)] = 1.0


class Marks(_Value):
    """Marks on the ground.

    The belt where wet or dry is not certain, and what lies between the moment's level and ``compared_m`` (m).
    With ``swipe``, a share of the view's width, the water left of it is at ``compared_m`` instead.
    """

    uncertain: bool = False
    compared_m: Level | None = None
    swipe: Annotated[float, Field(ge=0, le=1)] | None = None


class Selection(_Value):
    """Clicked feature of a layer, or point on the ground."""

    layer: Id | None = None
    feature: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")] | None = None
    east_m: Metres | None = None
    north_m: Metres | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Selection:
        feature = (self.layer is not None, self.feature is not None)
        point = (self.east_m is not None, self.north_m is not None)
        if (feature, point) not in (((True, True), (False, False)), ((False, False), (True, True))):
            raise ValueError("a selection is a layer with a feature, or a point with east and north")
        return self


class MeasuredShape(_Value):
    """Line or area that is measured on the ground.

    Points are (east, north) in the frame's CRS, m; ``eye_m`` and ``target_m`` the heights above ground, m, of
    the ends of a line of sight.
    """

    kind: MeasureKind = "distance"
    points: Annotated[tuple[tuple[Metres, Metres], ...], Field(min_length=1, max_length=MOST_MEASURED)]
    eye_m: Annotated[float, Field(ge=0, le=1000)] = 2.0
    target_m: Annotated[float, Field(ge=0, le=1000)] = 0.0


class Scene(_Value):
    """Scene: camera, moment, layers and settings of one view.

    ``live_values``: in any mode but live and history, stations show the values of now, marked as live.
    ``filter`` says which stations are shown, ``measured`` is drawn over the picture by pages. Scenes of
    version 1 (before December 2026) have none of these, nor ``marks``.
    """

    version: Literal[1, 2] = 2
    camera: Camera
    moment: Moment
    layers: Annotated[dict[Id, LayerState], Field(max_length=200)] = Field(default={})
    exaggeration: Annotated[float, Field(ge=1, le=5)] = 1.0
    density: Density = "normal"
    marks: Marks = Marks()
    live_values: bool = True
    filter: Filter = Filter()
    selection: Selection | None = None
    measured: MeasuredShape | None = None
    language: Language = "zh"

    def changed(self, **fields: Any) -> Scene:
        """Return the scene with some fields changed.

        Raises ValidationError for values that cannot be.
        """
        return Scene(**{**dict(self), **fields})

    def with_layer(self, layer: str, **state: Any) -> Scene:
        """Return the scene with a layer's visibility or opacity changed.

        One it does not have is left out.
        """
        before = self.layers.get(layer)
        if before is None:
            return self
        return self.changed(layers={**self.layers, layer: LayerState(**{**dict(before), **state})})

    def to_json(self) -> str:
        """Return the scene as JSON, defaults left out."""
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Scene:
        """Raises LinkError for anything that is not a whole, sane scene."""
        if len(text) > MAX_JSON:
            raise LinkError(f"a scene of more than {MAX_JSON // 1024} KiB is none of ours")
        try:
            parse_json(text)  # pydantic takes the last of two equal keys
        except JsonError as error:
            if error.code != "not-finite":  # the model says which value
                raise LinkError(f"the link is not whole ({error}); copy all of it") from None
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            parts = ".".join(str(part) for part in first["loc"])
            where = "".join(sign for sign in parts if sign.isprintable())[:MAX_WHERE]
            if first["type"] in _NOT_WHOLE:
                raise LinkError(
                    f"the link is not whole{f' ({where})' if where else ''}; copy all of it"
                ) from None
            raise AbsurdLinkError(
                f"the link holds a value that cannot be: {where or 'moment'}; it is not opened",
                where=where or "moment",
            ) from None

    def to_link(self) -> str:
        """Encode the scene for a URL.

        In letters, digits, ``-``, ``_`` and ``.``, a few hundred of them.
        """
        packed = zlib.compress(self.to_json().encode(), 9, wbits=-15)
        return _VERSION + base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def from_link(cls, link: str) -> Scene:
        """Read a link that anyone may have written.

        Raises LinkError.
        """
        if not link.startswith(_VERSIONS):
            raise LinkError("the link is not of a version known here")
        if len(link) > MAX_LINK:
            raise LinkError("the link is too long")
        body = link[len(_VERSION) :]
        try:
            packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
            unpacker = zlib.decompressobj(wbits=-15)
            text = unpacker.decompress(packed, MAX_JSON)
        except (ValueError, binascii.Error, zlib.error):
            raise LinkError("the link is damaged; was it copied whole?") from None
        if not unpacker.eof or unpacker.unused_data:
            raise LinkError("the link is damaged; was it copied whole?")
        return cls.from_json(text)
