"""The example in docs/storyboards.md passes its check, and the manual names every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.apps.command import twin
from tests.browser.live_basin import write_live_basin
from tests.shared_store import SharedStore
from twin.storyboard.loading import load_storyboard
from twin.storyboard.storyboard import Shot, Storyboard
from twin.storyboard.water_track import WaterTrack

HERE = {
    "data_catalog.yaml": "{catalog}",
    "id: flood-2025-07": "id: flood",
    "layer: rivers, feature: 沧汀河, upstream: true": "places: [{east: 491500, north: 4483000}, "
    "{east: 492500, north: 4484000}]",
    "feature: 雁归台": "feature: 东村",
    "footprints: {": "dam: {",
    "{east: 487850, north: 4478300}": "{east: 492010, north: 4482400}",
    "{east: 487500, north: 4487000}": "{east: 492010, north: 4483590}",
    "{east: 486500, north: 4485500}": "{east: 492010, north: 4483590}",
}
"""What the manual's basin has, and what a small one has in its place: the sample takes minutes to build."""


@pytest.fixture(scope="module")
def manual(project: Path) -> str:
    return (project / "docs" / "storyboards.md").read_text(encoding="utf-8")


def test_the_manual_s_example_passes_its_check(
    manual: str, tmp_path: Path, shared_store: SharedStore
) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)
    for there, here in HERE.items():
        assert there in text
        text = text.replace(there, here)
    catalog = shared_store.build(write_live_basin(tmp_path / "basin", url=None))
    path = tmp_path / "film.yaml"
    path.write_text(text.replace("{catalog}", str(catalog)), encoding="utf-8")
    assert twin("storyboard", "check", path).stdout == f"{path}: no errors\n"


def test_the_manual_names_every_key(manual: str) -> None:
    for model in (Storyboard, Shot, WaterTrack):
        for name in set(model.model_fields) - {"version"}:
            assert re.search(rf"\| .*`{name}`.* \|", manual), name


def test_the_example_of_a_briefing_lasts_forty_seconds(project: Path) -> None:
    assert load_storyboard(project / "examples" / "briefing_158m.yaml").seconds == 40
