"""``twin build``: what it makes anew, what it tells while it does, and how fine it makes the models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from apps import build_process
from apps.build_process import BuildFailedError, BuildState, build_in_child
from meshes.pipeline import Detail, is_built, steps_of
from tests.apps.command import one_line, twin
from twin.catalog import load_catalog_leniently


def test_build_says_what_it_did_and_does_nothing_twice(small_catalog: Path) -> None:
    assert "0 kept" in twin("build", small_catalog).stdout
    assert "0 made" in twin("build", small_catalog).stdout


def test_build_tells_its_progress_as_json_lines(small_catalog: Path) -> None:
    lines = twin("build", small_catalog, "--progress", "json").stdout.splitlines()
    said = [json.loads(line) for line in lines]
    states = [line for line in said if "published" not in line]
    assert states[-1]["done"] == pytest.approx(1.0)
    assert said[-1] == {"published": (small_catalog.parent / ".twin/current").read_text().strip()}
    assert all(state["title"]["zh"] and state["title"]["en"] for state in states)


def test_a_changed_show_rebuilds_nothing_and_a_changed_dam_only_what_it_touches(small_catalog: Path) -> None:
    twin("build", small_catalog)
    text = small_catalog.read_text(encoding="utf-8")
    small_catalog.write_text(text.replace("{label: name}", "{label: name, colour: red}"), encoding="utf-8")
    assert "0 made" in twin("build", small_catalog).stdout
    dam = small_catalog.with_name("dam.geojson")
    dam.write_text(dam.read_text(encoding="utf-8").replace("165.0", "166.0"), encoding="utf-8")
    made = twin("build", small_catalog).stdout
    # ground, water, the dam itself, picture, mesh, first-wet levels of villages: not curve and villages
    assert "6 made" in made
    assert "2 kept" in made


MODELS = """  village-models:
    kind: model
    title: {zh: 村庄模型, en: Village models}
    driver: sample
    uri: village_models
    vertical: {reference: local}
    edition: "1"
    source: invented
    access: public
"""


def test_detail_goes_before_the_catalog_in_the_keys_of_the_models_and_of_nothing_else(
    small_catalog: Path,
) -> None:
    with small_catalog.open("a", encoding="utf-8") as file:
        file.write(MODELS)
    catalog, _ = load_catalog_leniently(small_catalog)

    def settings(detail: Detail | None) -> dict[str, object]:
        return {step.name: step.settings for step in steps_of(catalog, detail=detail)}

    own, normal, high = settings(None), settings("normal"), settings("high")
    assert own == normal
    changed = {name for name in own if own[name] != high[name]}
    assert changed == {name for name in own if name.startswith("models/")}
    assert changed


def test_detail_is_one_of_two_words_and_changes_nothing_without_models(small_catalog: Path) -> None:
    one_line(twin("build", small_catalog, "--detail", "higher"), "--detail", "normal", code=2)
    assert "0 kept" in twin("build", small_catalog, "--detail", "high").stdout
    assert "0 made" in twin("build", small_catalog).stdout


async def test_the_build_behind_a_view_gets_the_same_detail(small_catalog: Path) -> None:
    await build_in_child(small_catalog, root=None, store=None, detail="high", on_state=lambda state: None)
    assert is_built(small_catalog, detail="high")
    with pytest.raises(BuildFailedError, match="--detail"):
        await build_in_child(
            small_catalog,
            root=None,
            store=None,
            detail="finest",  # type: ignore[arg-type]
            on_state=lambda state: None,
        )


SILENT = """#!/bin/sh
echo '{{"title": {{"zh": "水面", "en": "water"}}, "done": 0.5, "seconds_left": 9}}'
exec sleep {seconds}
"""


async def test_a_build_that_stands_still_is_told_of_and_ended_at_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "python"
    child.write_text(SILENT.format(seconds=600), "utf-8")
    child.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(child))
    for name, seconds in (("ALIVE_EVERY_S", 0.02), ("SILENT_S", 0.1), ("HUNG_S", 0.6)):
        monkeypatch.setattr(build_process, name, seconds)
    states: list[BuildState] = []
    with pytest.raises(BuildFailedError, match="no sign of life"):
        await build_in_child(tmp_path / "x.yaml", root=None, store=None, on_state=states.append)
    assert (states[0].title["en"], states[0].silent_s) == ("water", 0.0)
    assert {state.title["en"] for state in states} == {"water"}
    assert states[-1].silent_s > 0.3


def test_a_build_with_signs_gives_them_from_the_start(small_catalog: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(build_process, "ALIVE_EVERY_S", 0.01)
    said = [
        json.loads(line) for line in twin("build", small_catalog, "--progress", "signs").stdout.splitlines()
    ]
    assert {} in said
    assert said.index({}) < len(said) - 1
