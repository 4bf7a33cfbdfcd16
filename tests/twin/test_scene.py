"""A scene in a link: small, whole, and untrusted when it comes back."""

from __future__ import annotations

import base64
import json
import re
import zlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.moment import what_if
from twin.scene import MAX_LINK, AbsurdLinkError, Camera, LayerState, LinkError, Marks, Scene, Selection
from twin.stations.filter import Filter

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


OF_VERSION_1 = (
    "1.TY_dboMwDEbfxdcUpbRsjJdBXjBJpPxUxCurKt59Ttpuu4vO-fLZvoPGQCvCeAfG1RBPhJmnAON5GLpetV3fvExM"
    "K9uqzqLE_SmBx75vVQOzy4xRU811SqkCLeHsoplmMhKs6OJY2wc4nIZW7Q2EFChyWSWkmWCEzSIf3AINeLqSf0x5L2"
    "OtM5Yy_yOGotzBLkX5eFxO-KFBOj3eaM2l8-q8R0PPd3afXkYs6DNJbEOmtZh0Qe34BqNq33YR9I3G_BZ39UKKuUZg"
    "oa3shtF8SbMAirD_AA"
)
"""A link as it was written until November 2026: without marks, and without a word on live values."""


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


def test_a_link_of_version_1_still_opens() -> None:
    asked = SCENE.changed(selection=None, density="few", marks=Marks(), live_values=True)
    assert Scene.from_link(OF_VERSION_1) == asked


def test_equal_filters_make_equal_links() -> None:
    links = set()
    for kinds in (["rain", "soil", "flow"], ["flow", "rain", "soil"], ["soil", "flow", "rain"]):
        scene = SCENE.changed(filter=Filter(kinds=frozenset(kinds), text="密云"))
        assert Scene.from_link(scene.to_link()) == scene
        links.add(scene.to_link())
    assert len(links) == 1


def test_an_action_gives_another_scene_and_leaves_the_one_before() -> None:
    before = SCENE.to_json()
    after = SCENE.changed(exaggeration=3.0, marks=Marks(uncertain=True, compared_m=150.0))
    assert (after.exaggeration, after.marks.compared_m, after.camera) == (3.0, 150.0, SCENE.camera)
    hidden = SCENE.with_layer("water", visible=False)
    assert hidden.layers["water"] == LayerState(visible=False, opacity=0.6)
    assert SCENE.with_layer("nowhere", visible=False) == SCENE
    assert SCENE.to_json() == before


@pytest.mark.parametrize("change", [{"exaggeration": 7.0}, {"density": "most"}, {"nothing": 1}])
def test_an_action_cannot_make_a_scene_that_cannot_be(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        SCENE.changed(**change)


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
        pack(SCENE.to_json().replace('"exaggeration":2.0', '"exaggeration":3.0,"exaggeration":2.0')),
        pack(SCENE.to_json().replace('"exaggeration":2.0', '"exaggeration":200')),
        pack(SCENE.to_json().replace('"language":"en"', '"language":"en","template":"<script>"')),
    ],
)
def test_a_link_that_anyone_wrote_is_a_scene_or_one_clear_line(link: str) -> None:
    with pytest.raises(LinkError) as caught:
        Scene.from_link(link)
    assert "\n" not in str(caught.value)


def changed(path: str, value: object) -> str:
    """The link of a scene with one value changed."""
    plain = json.loads(SCENE.to_json())
    *folders, name = path.split(".")
    inner = plain
    for folder in folders:
        inner = inner[folder]
    inner[name] = value
    return pack(json.dumps(plain))


ABSURD: tuple[tuple[str, object], ...] = (
    ("moment.valid_at", "9999-12-31T23:59:59Z"),
    ("moment.valid_at", "0001-01-01T00:00:00Z"),
    ("moment.known_at", "2200-01-01T00:00:00Z"),
    ("moment.level_m", 1e308),
    ("moment.since", "x" * 5000),
    ("moment.since", "two\nlines"),
    ("moment.run", "x" * 5000),
    ("moment.mode", "someday"),
    ("camera.distance_m", 1e12),
    ("camera.target_east_m", -1e300),
    ("camera.heading_deg", 360.0),
    ("exaggeration", 1e308),
    ("layers", {"x" * 100: {}}),
    ("layers", {"a": {"opacity": -1.0}}),
    ("layers", {"a\u001b[31m": {}}),
    ("selection", {"layer": "a"}),
    ("language", "fr"),
)


@pytest.mark.parametrize(("path", "value"), ABSURD)
def test_a_value_that_cannot_be_is_refused_by_its_name(path: str, value: object) -> None:
    """A link of the year 9999 has no time in any other zone: the page's texts stopped."""
    with pytest.raises(AbsurdLinkError) as caught:
        Scene.from_link(changed(path, value))
    assert path.rpartition(".")[0] in str(caught.value)
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


@settings(max_examples=60, deadline=None)
@given(st.datetimes(timezones=st.just(UTC)))
def test_every_time_of_a_link_that_opens_has_a_form_in_every_zone(at: datetime) -> None:
    try:
        scene = Scene.from_link(changed("moment.valid_at", at.isoformat()))
    except LinkError:
        assert not 1900 <= at.year < 2200
        return
    assert scene.moment.valid_at is not None
    for zone in ("Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"):
        assert scene.moment.valid_at.astimezone(ZoneInfo(zone)) == at


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
