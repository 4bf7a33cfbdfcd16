"""One Stage draws for every level of access, and what is withheld is in no part of what it answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from apps.painter.messages import Cover, Describe, Paint, Pick, Target
from apps.painter.painter import Drawn, Painter
from apps.painter.viewport import Viewport
from layers.governor import FINE
from layers.labels.signs import Signs
from layers.labels.symbols import Sign
from tests.guarded import X, Y, mark, words_of, write_guarded_basin
from tests.shared_store import SharedStore
from twin.access import LEVELS, NothingToSeeError
from twin.basin import Basin
from twin.catalog.types import Access
from twin.moment import what_if
from twin.scene import Camera, LayerState, Scene

SIZE = (480, 320)
VIEW = Viewport(width=480.0, height=320.0)
HIDDEN: dict[Access, tuple[Access, ...]] = {
    "public": ("internal", "restricted"),
    "internal": ("restricted",),
    "restricted": (),
}
CAMERA = Camera(
    target_east_m=X,
    target_north_m=Y + 200.0,
    target_m=150.0,
    distance_m=3500.0,
    heading_deg=0.0,
    pitch_deg=-50.0,
)
SIGNS = Signs(stations={mark("internal", "gauge0"): Sign(name="sign", detail="1.0 m", state="fresh", rank=0)})


@pytest.fixture(scope="module")
def catalogs(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> dict[Access, Path]:
    """The guarded basin for ``restricted``; for others one that never had what they do not see."""
    return {
        sees: shared_store.build(
            write_guarded_basin(tmp_path_factory.mktemp(sees), stations="internal", hidden=HIDDEN[sees])
        )
        for sees in LEVELS
    }


@pytest.fixture(scope="module")
def painter(catalogs: dict[Access, Path]) -> Iterator[Painter]:
    painter = Painter(catalogs["restricted"], root=None, store=None)
    yield painter
    painter.close()


def scene() -> Scene:
    """Everything shown that anybody could name."""
    names = [f"{kind}-{level}" for kind in ("area", "place", "block") for level in LEVELS]
    layers = dict.fromkeys([*names, "stations", "rain", "terrain", "water"], LayerState(visible=True))
    return Scene(camera=CAMERA, moment=what_if(150.0), layers=layers)


def target(catalog: Path, sees: Access) -> Target:
    id_ = Basin.open(catalog).generation.id
    return Target(generation=id_, models=id_, sees=sees)


def drawn(painter: Painter, at: Target) -> Drawn:
    return painter.paint(
        Paint(
            target=at,
            view="desk",
            scene=scene(),
            signs=SIGNS,
            viewport=VIEW,
            size=SIZE,
            sharpness=FINE,
            sample=0,
        )
    )


def asked(painter: Painter, at: Target) -> str:
    """Everything but the pictures that a painter answers, as a text."""
    picture = drawn(painter, at)
    over = painter.cover(Cover(target=at, view="desk", scene=scene(), viewport=VIEW, size=SIZE))
    picks = [
        repr(painter.pick(Pick(target=at, view="desk", scene=scene(), viewport=VIEW, size=SIZE, x=x, y=y)))
        for x in np.linspace(0.05, 0.95, 16)
        for y in np.linspace(0.05, 0.95, 12)
    ]
    facts = [repr(layer) for layer in painter.describe(Describe(target=at))]
    return json.dumps([picture.overlay, over, picture.depth, picks, facts], ensure_ascii=False, default=repr)


@pytest.mark.parametrize("sees", ["public", "internal"])
def test_who_may_not_see_an_entry_gets_what_a_basin_without_it_shows(
    painter: Painter, catalogs: dict[Access, Path], sees: Access
) -> None:
    all_at, seen_at = (target(catalogs["restricted"], level) for level in ("restricted", sees))
    whole = drawn(painter, all_at)  # in turns with others on one Stage, as desks' frames come
    found, text = drawn(painter, seen_at), asked(painter, seen_at)
    assert not [word for word in words_of(*HIDDEN[sees]) if word in text]
    without = Painter(catalogs[sees], root=None, store=None)
    try:
        expected = drawn(without, target(catalogs[sees], sees))
        assert asked(without, target(catalogs[sees], sees)) == text
    finally:
        without.close()
    assert found.picture is not None and expected.picture is not None and whole.picture is not None
    assert found.picture.shape == expected.picture.shape
    assert (found.picture == expected.picture).all()
    assert (whole.picture != found.picture).any(axis=2).sum() > 500
    assert whole.depth != found.depth


def test_the_highest_level_gets_all_of_it(painter: Painter, catalogs: dict[Access, Path]) -> None:
    at = target(catalogs["restricted"], "restricted")
    text = asked(painter, at)
    assert all(mark(level, "blockzh") in text for level in LEVELS)
    labels = [label["text"] for label in drawn(painter, at).overlay["labels"]]
    assert all(mark(level, "p") in labels for level in LEVELS)
    marks = [sign["id"] for sign in drawn(painter, at).overlay["marks"]]
    assert mark("internal", "gauge0") in marks


def test_a_target_without_a_level_is_public_and_an_unknown_level_gets_nothing(
    painter: Painter, catalogs: dict[Access, Path]
) -> None:
    id_ = Basin.open(catalogs["restricted"]).generation.id
    assert Target(generation=id_, models=id_).sees == "public"
    unknown = Target(generation=id_, models=id_, sees="secret")  # type: ignore[arg-type]
    with pytest.raises(NothingToSeeError):
        drawn(painter, unknown)
    with pytest.raises(NothingToSeeError):
        painter.describe(Describe(target=unknown))
