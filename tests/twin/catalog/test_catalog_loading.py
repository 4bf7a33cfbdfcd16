"""Loading a catalog: everything that is wrong at once, each with its line and a way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.catalog import (
    CatalogError,
    LandcoverEntry,
    NoSuchDataError,
    Problem,
    TerrainEntry,
    VectorEntry,
    load_catalog,
    load_catalog_leniently,
)

Write = Callable[..., Path]
MORE = "access: internal\n    "


def problems_of(path: Path, **options: object) -> dict[str, Problem]:
    with pytest.raises(CatalogError) as caught:
        load_catalog(path, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return {problem.key: problem for problem in caught.value.problems}


def test_a_good_catalog_opens(write: Write) -> None:
    catalog = load_catalog(write())
    terrain = catalog.only(TerrainEntry)
    assert terrain.id == "terrain"
    assert catalog.path_of(terrain) == catalog.root / "ground.tif"
    assert [entry.kind for entry in catalog.of_class(VectorEntry)] == ["road"]  # kinds are open
    assert catalog.optional(LandcoverEntry) is None
    assert catalog.head.frame.crs == "EPSG:4548"
    assert catalog.lines["roads"] == 23


def test_the_root_may_lie_elsewhere(write: Write, tmp_path: Path) -> None:
    path = write()
    other = tmp_path / "data"
    other.mkdir()
    (tmp_path / "ground.tif").rename(other / "ground.tif")
    (tmp_path / "roads.geojson").rename(other / "roads.geojson")
    assert problems_of(path)["entries.terrain.uri"].code == "missing-file"
    assert load_catalog(path, root=other).root == other


def test_every_error_is_named_at_once_with_its_line_and_a_hint(write: Write) -> None:
    path = write(
        ("synthetic: true", "synthetic: yes"),
        ("lowest_m: 126.0", "lowest_m: .nan"),
        ("    title: {zh: 地形", "    titel: {zh: 地形"),
        ("vertical_error_m: 1.0", 'vertical_error_m: "1.0"'),
        ("access: internal", "access: intern"),
        ("reference: local", "reference: EGM69"),
        ("crs: GCJ-02", "crs: GCJ02"),
    )
    found = problems_of(path)
    lines = {key: problem.line for key, problem in found.items()}
    assert lines == {
        "synthetic": 4,
        "reservoir.lowest_m": 9,
        "entries.terrain.title": 12,
        "entries.terrain.titel": 14,
        "entries.terrain.vertical.reference": 17,
        "entries.terrain.vertical_error_m": 18,
        "entries.roads.crs": 28,
        "entries.roads.access": 31,
    }
    assert found["entries.terrain.titel"].hint == "did you mean 'title'?"
    assert found["entries.terrain.vertical.reference"].hint == "did you mean 'EGM96'?"
    assert found["entries.roads.access"].hint == "did you mean 'internal'?"
    assert found["synthetic"].hint == "write true or false"
    assert found["entries.roads.crs"].entry == "roads"
    assert str(found["synthetic"]).startswith(f"{path}:4: synthetic: ")


def test_faults_of_the_yaml_stand_beside_faults_of_the_values(write: Write) -> None:
    path = write(
        ("    bed: none\n", "    bed: &bed none\n    bed: none\n"),
        ("access: internal", "access: intern\n    note: *bed"),
    )
    found = {(p.code, p.line) for p in problems_of_all(path)}
    assert found == {("anchor", 19), ("duplicate-key", 20), ("bad-value", 32), ("alias", 33)}


def problems_of_all(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(CatalogError) as caught:
        load_catalog(path)
    return caught.value.problems


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("version: 1", "version: 2", "version", "cannot be 2"),
        ("version: 1\n", "", "version", "is missing"),
        ("id: try", "id: Try it", "id", "a lower-case Latin letter"),
        ("synthetic: true", "synthetic: true\nframe: {crs: EPSG:4326}", "frame.crs", "not in metres"),
        ("synthetic: true", "synthetic: true\nframe: {crs: EPSG:99999}", "frame.crs", "PROJ knows"),
        ("synthetic: true", "synthetic: true\nsite: ../site.yaml", "site", "a .yaml file in"),
        ("highest_m: 160.0", "highest_m: 1e400", "reservoir.highest_m", "finite"),
        ("highest_m: 160.0", "highest_m: true", "reservoir.highest_m", "must be a number"),
        ("highest_m: 160.0", "highest_m: 120", "reservoir", "below highest_m"),
        ("lat: 40.5", "north: 40.5", "reservoir.seed", "lon and lat"),
        ("lat: 40.5", "lat: 91", "reservoir.seed.lat", "must be 90 or less"),
        ("ground.tif", "../ground.tif", "entries.terrain.uri", "out of the root"),
        ("ground.tif", "/etc/passwd", "entries.terrain.uri", "relative path"),
        ("ground.tif", "a/../../x.tif", "entries.terrain.uri", "out of the root"),
        ("ground.tif", "https://x.org/a.tif", "entries.terrain.uri", "address"),
        ("ground.tif", "/vsicurl/x.tif", "entries.terrain.uri", "relative path"),
        ("ground.tif", "C:ground.tif", "entries.terrain.uri", "drive"),
        ("ground.tif", "ground.VRT", "entries.terrain.uri", ".vrt"),
        ("ground.tif", "gone.tif", "entries.terrain.uri", "there is no file"),
        ("ground.tif", "Ground.TIF", "entries.terrain.uri", "there is ground.tif: the case of letters"),
        ("ground.tif", "twin:water", "entries.terrain.uri", "folder"),
        ("driver: raster", "driver: vrt", "entries.terrain.driver", "cannot be"),
        ("driver: raster", "driver: raster\n    crs: GCJ-02", "entries.terrain", "warp it"),
        ("driver: raster", "driver: raster\n    format: VRT", "entries.terrain.format", "cannot be"),
        ("vertical_error_m: 1.0\n", "vertical_error_m: 0\n", "entries.terrain.vertical_error_m", "greater"),
        ("    vertical_error_m: 1.0\n", "", "entries.terrain.vertical_error_m", "is missing"),
        ("reference: local", "reference: Dagu", "entries.terrain.vertical", "no offset from Dagu to local"),
        ("roads.geojson", "roads.dxf", "entries.roads", "is a DXF drawing, which is not read"),
        ("kind: road", "kind: barriers", "entries.roads", "crest"),
        ("kind: terrain", "kind: terain", "entries.terrain.kind", "no kind 'terain'"),
        ("access: internal", MORE + "since: 2025-13-01", "entries.roads.since", "must be a day"),
        ("access: internal", MORE + "show: {colour: mauve}", "entries.roads.show.colour", "#rrggbb"),
        ("access: internal", MORE + "show: {opacity: 2}", "entries.roads.show.opacity", "must be 1 or less"),
        ("crs: GCJ-02", "crs: GCJ-02\n    owner: 2.10", "entries.roads.owner", "put it in quotes"),
        ("  roads:", "  Roads!:", "entries.Roads!", "an id is"),
        ("    kind: road", "    id: roads\n    kind: road", "entries.roads.id", "not a key here"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_key(write: Write, old: str, new: str, key: str, words: str) -> None:
    found = problems_of(write((old, new)))
    assert set(found) == {key}
    assert words in found[key].message


def test_a_second_terrain_and_no_terrain_are_both_wrong(write: Write) -> None:
    none = problems_of(
        write(("kind: terrain", "kind: surroundings"), ("    vertical_error_m: 1.0\n    bed: none\n", ""))
    )
    assert none["entries"].code == "no-terrain"
    twice = write()
    text = twice.read_text(encoding="utf-8")
    block = text[text.index("  terrain:") : text.index("  roads:")]
    twice.write_text(text + block.replace("  terrain:", "  ground:"), encoding="utf-8")
    assert problems_of(twice)["entries.ground.kind"].code == "second-of-kind"


def test_a_missing_or_unreadable_catalog_is_one_problem(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "no.yaml")[""].code == "missing-file"
    assert problems_of(tmp_path)[""].code == "unreadable"
    (tmp_path / "list.yaml").write_text("- 1\n", encoding="utf-8")
    assert "group of keys" in problems_of(tmp_path / "list.yaml")[""].message


def test_1985_without_quotes_is_the_datum(write: Write) -> None:
    catalog = load_catalog(
        write(("working: local", "working: 1985"), ("reference: local", "reference: 1985"))
    )
    assert catalog.only(TerrainEntry).vertical.reference == "1985"


def test_a_broken_entry_is_kept_aside_with_its_reason_and_the_rest_goes_on(write: Write) -> None:
    catalog, problems = load_catalog_leniently(write(("roads.geojson", "gone.geojson")))
    assert list(catalog.entries) == ["terrain"]
    broken = catalog.broken["roads"]
    assert (broken.kind, broken.title.zh) == ("road", "道路")
    assert "there is no file" in broken.reason
    assert [problem.entry for problem in problems] == ["roads"]


def test_a_broken_terrain_says_why_when_it_is_asked_for(write: Write) -> None:
    catalog, _ = load_catalog_leniently(write(("ground.tif", "gone.tif")))
    with pytest.raises(NoSuchDataError, match="there is no file"):
        catalog.only(TerrainEntry)
    with pytest.raises(NoSuchDataError, match="no entry of the kind landcover"):
        catalog.only(LandcoverEntry)


def test_a_sample_s_file_needs_the_folder_it_was_generated_into(write: Write, tmp_path: Path) -> None:
    catalog = load_catalog(write(("driver: raster", "driver: sample"), ("ground.tif", "terrain.tif")))
    terrain = catalog.only(TerrainEntry)
    assert catalog.needs_sample
    with pytest.raises(NoSuchDataError, match="twin build"):
        catalog.path_of(terrain)
    assert catalog.path_of(terrain, sample=tmp_path) == tmp_path / "terrain.tif"


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_one_types_the_answer_is_a_catalog_or_problems_with_lines(
    write: Write, data: st.DataObject
) -> None:
    path = write()
    lines = path.read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        cut = data.draw(st.integers(0, len(lines[at])))
        typed = data.draw(st.text(alphabet="ab:-{}[]&*!?|>'\"#%, \t0.~中", max_size=4))
        lines[at] = lines[at][:cut] + typed + lines[at][cut + data.draw(st.integers(0, 5)) :]
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        load_catalog(path)
    except CatalogError as error:
        assert error.problems
        assert all(1 <= problem.line <= len(lines) + 1 and problem.message for problem in error.problems)


def test_the_catalog_that_ships_is_right(project: Path) -> None:
    from twin.sample.facts import SEED_POINT

    catalog = load_catalog(project / "data_catalog.yaml")
    assert catalog.head.synthetic
    seed = catalog.head.reservoir.seed
    assert (seed.east, seed.north) == SEED_POINT
    assert len(catalog.site.viewpoints) >= 6
    assert catalog.site.home_viewpoint is not None


@pytest.mark.parametrize("level_m", [125.9, 160.1, 160.0001, 1520.0])
def test_a_start_level_outside_the_reservoir_is_told_and_no_other_one_is_taken_for_it(
    write: Write, level_m: float
) -> None:
    path = write()
    catalog, _ = load_catalog_leniently(path)
    reservoir = catalog.head.reservoir
    site = path.parent / catalog.head.site
    before = site.read_text("utf-8") if site.exists() else "version: 1\n"
    site.write_text(f"{before}start_level_m: {level_m}\n", "utf-8")
    found = problems_of(path)["start_level_m"]
    assert found.line == len(before.splitlines()) + 1
    assert f"{level_m:.10g} m lies outside" in found.message
    assert load_catalog_leniently(path)[0].site.start_level_m is None
    site.write_text(f"{before}start_level_m: {reservoir.highest_m}\n", "utf-8")
    assert load_catalog(path).site.start_level_m == reservoir.highest_m
