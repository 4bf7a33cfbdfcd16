"""``twin check`` says of every entry what a build will say, in words of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.meshes.broken_entries import broken_catalog
from tests.meshes.verdicts import Verdict, built, checked
from tests.small import write_small_basin

OF_THE_PROGRAM = re.compile(
    r"Traceback|has no attribute|NoneType|\bNone\b|codec can't|to unpack|list index|invalid literal|Errno"
    r"|\bfloat\(\)|\bint\(\)|\bargument\b|[A-Z]\w+(Error|Exception|Warning)\b|unsupported operand|\bdtype\b"
    r"|not supported between|ndarray|broadcast|cannot reshape|positional|<class|0x[0-9a-f]{6}|\bb['\"]"
    r"|out of bounds|\bstruct\b|Expecting (value|property|',')|object is not|must be str|string indices"
)
"""What a person who brings a file must never read."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verdict, Verdict]:
    folder = tmp_path_factory.mktemp("broken")
    catalog = broken_catalog(folder)
    return checked(catalog, root=folder), built(catalog, root=folder, store=folder / ".store")


def test_check_and_build_say_the_same_of_every_entry(both: tuple[Verdict, Verdict]) -> None:
    check, build = both
    assert check - build == []
    assert not build.stops
    assert len(build.left_out) > 30 and len(build.doubts) > 8


def test_every_line_is_of_ours_and_names_no_folder(both: tuple[Verdict, Verdict]) -> None:
    check, _ = both
    lines = [*check.left_out.values(), *(line for some in check.doubts.values() for line in some)]
    assert [line for line in lines if OF_THE_PROGRAM.search(line)] == []
    assert [line for line in lines if "\n" in line or not line or len(line) > 400] == []
    assert [line for line in lines if "/tmp" in line] == []


MISTAKES = (
    ("crest_field: crest_m", "crest_field: height"),
    ("uri: dam.geojson", "uri: dams.geojson"),
    ("seed: {east: 492010", "seed: {east: 482010"),
    ("    kind: village\n", ""),
    ("uri: curve.csv", "uri: terrain.tif"),
    ("vertical: {reference: local}", "vertical: {reference: EGM2008}"),
)


@pytest.mark.parametrize(("right", "wrong"), MISTAKES)
def test_of_a_catalog_with_a_mistake_both_say_the_same(tmp_path: Path, right: str, wrong: str) -> None:
    catalog = write_small_basin(tmp_path)
    text = catalog.read_text("utf-8")
    assert right in text
    catalog.write_text(text.replace(right, wrong, 1), "utf-8")
    assert checked(catalog, root=tmp_path) - built(catalog, root=tmp_path, store=tmp_path / ".store") == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("uri: dam.geojson", "uri: gone.geojson"), ("crest_field: crest_m", "crest_feild: crest_m")],
)
def test_without_its_dam_no_basin_is_built(tmp_path: Path, right: str, wrong: str) -> None:
    catalog = write_small_basin(tmp_path)
    catalog.write_text(catalog.read_text("utf-8").replace(right, wrong, 1), "utf-8")
    assert checked(catalog, root=tmp_path).stops
    assert built(catalog, root=tmp_path, store=tmp_path / ".store").stops


@pytest.mark.real
@pytest.mark.parametrize(
    "case",
    [
        "05-orthophoto-alpha/two.yaml",
        "22-tileset-odd-json/null-error.yaml",
        "31-curve-tables/cat.yaml",
        "37-run-with-office-times/slash.yaml",
        "mesh-external-tileset-empty/catalog.yaml",
        "mesh-faults-untold/catalog.yaml",
    ],
)
def test_of_a_case_from_the_field_both_say_the_same(shared: Path, tmp_path: Path, case: str) -> None:
    catalog = shared / "cases" / case
    assert checked(catalog, root=catalog.parent) - built(catalog, root=catalog.parent, store=tmp_path) == []
