"""A scene in a link: small, whole, and untrusted when it comes back."""

from __future__ import annotations

import base64
import json
import re
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.moment import what_if
from twin.scene import MAX_LINK, Camera, LayerState, LinkError, Scene, Selection

CAMERA = Camera(
    target_east_m=488_250.25,
    target_north_m=4_482_550.5,
    target_m=155.0,
    distance_m=42_000.0,
    heading_deg=10.0,
    pitch_deg=-38.0,
)
SCENE = Scene(
    camera=CAMERA,
    moment=what_if(157.5, generation="1f3a9c"),
    layers={"villages": LayerState(visible=False), "water": LayerState(opacity=0.6)},
    exaggeration=2.0,
    selection=Selection(layer="villages", feature="v-07"),
    language="en",
)


def pack(text: str) -> str:
    packer = zlib.compressobj(9, wbits=-15)
    return "1." + base64.urlsafe_b64encode(packer.compress(text.encode()) + packer.flush()).decode().rstrip(
        "="
    )


def test_a_link_brings_the_same_scene_back_and_is_short() -> None:
    link = SCENE.to_link()
    assert Scene.from_link(link) == SCENE
    assert re.fullmatch(r"[A-Za-z0-9._-]+", link)
    assert len(link) < 400


@settings(max_examples=50, deadline=None)
@given(
    east=st.floats(-1e7, 1e7),
    distance=st.floats(1, 1e6),
    heading=st.floats(0, 360, exclude_max=True),
    level=st.floats(126, 160),
    layers=st.dictionaries(st.from_regex(r"[a-z][a-z0-9_-]{0,9}", fullmatch=True), st.booleans(), max_size=5),
)
def test_any_scene_survives_its_link(
    east: float, distance: float, heading: float, level: float, layers: dict[str, bool]
) -> None:
    scene = Scene(
        camera=CAMERA.model_copy(
            update={"target_east_m": east, "distance_m": distance, "heading_deg": heading}
        ),
        moment=what_if(level),
        layers={name: LayerState(visible=on) for name, on in layers.items()},
    )
    assert Scene.from_link(scene.to_link()) == scene


@pytest.mark.parametrize(
    "link",
    [
        "",
        "1.",
        "2.abc",
        "1.???",
        "1.中文",
        "1." + "A" * (MAX_LINK + 1),
        SCENE.to_link()[:-7],
        SCENE.to_link() + "AAAA",
        pack("{}"),
        pack("[]"),
        pack("[" * 5000),
        pack(" " * 10_000_000),  # unpacks to far more than any scene
        pack(SCENE.to_json().replace("157.5", "1e400")),
        pack(SCENE.to_json().replace("157.5", "NaN")),
        pack(SCENE.to_json().replace("157.5", '"157.5"')),
        pack(SCENE.to_json().replace('"exaggeration":2.0', '"exaggeration":200')),
        pack(SCENE.to_json().replace('"language":"en"', '"language":"en","template":"<script>"')),
    ],
)
def test_a_link_that_anyone_wrote_is_a_scene_or_one_clear_line(link: str) -> None:
    with pytest.raises(LinkError) as caught:
        Scene.from_link(link)
    assert "\n" not in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_never_raise_anything_else(noise: bytes) -> None:
    with pytest.raises(LinkError):
        Scene.from_link("1." + base64.urlsafe_b64encode(noise).decode())


def test_a_selection_is_a_feature_or_a_point() -> None:
    Selection(east_m=1.0, north_m=2.0)
    for wrong in (
        {},
        {"layer": "a"},
        {"east_m": 1.0},
        {"layer": "a", "feature": "b", "east_m": 1.0, "north_m": 2.0},
    ):
        with pytest.raises(ValueError, match="a selection is"):
            Selection.model_validate(wrong)


def test_defaults_are_left_out_of_the_json() -> None:
    plain = Scene(camera=CAMERA, moment=what_if(150.0))
    assert set(json.loads(plain.to_json())) == {"camera", "moment"}
