"""The command ``twin``: what it answers, and one clear line for everything that can be mended."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from apps.cli import COMMANDS
from tests.apps.command import Result, one_line, twin
from tests.small import BED_M, CELL_M, CREST_M, SLOPE, ground_m, write_raster

# -- what it answers --------------------------------------------------------------------------------------


def test_water_of_a_level_is_the_cone_of_the_closed_form(small_basin: Path) -> None:
    result = twin("water", small_basin, "--level", 150, "--json")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    radius_m = (150 - BED_M) / SLOPE
    area_m2 = np.pi * radius_m**2
    assert answer["curve_area_m2"] == pytest.approx(area_m2, rel=1e-9)
    assert answer["storage_m3"] == pytest.approx(area_m2 * 10, rel=1e-9)
    # The terrain has the gap to the dam besides the cone: 19 cells wide, from the cone to the dam.
    gap_m2 = 19 * CELL_M * (60 * CELL_M - radius_m)
    assert answer["area_m2"] == pytest.approx(area_m2 + gap_m2, rel=0.02)
    assert answer["terrain_bed_m"] == pytest.approx(BED_M, abs=0.01)
    assert answer["curve"] == "curve"
    assert answer["extrapolated"] is False
    assert answer["uncertain_area_m2"] > 0
    assert "local" in answer["vertical"]
    assert len(answer["generation"]) == 12


def test_a_storage_finds_its_level_and_the_level_its_storage(small_basin: Path) -> None:
    there = json.loads(twin("water", small_basin, "--level", "143.25", "--json").stdout)
    back = json.loads(twin("water", small_basin, "--storage", there["storage_m3"], "--json").stdout)
    assert back["level_m"] == pytest.approx(143.25, abs=1e-6)


def test_water_is_readable_without_json(small_basin: Path) -> None:
    shown = twin("water", small_basin, "--level", 150).stdout
    assert "150.00 m" in shown
    assert "curve curve" in shown


def test_a_basin_that_holds_says_so_and_one_without_its_dam_names_the_sill(
    small_basin: Path, small_catalog: Path
) -> None:
    assert "holds up to 160.00 m" in twin("water", small_basin, "--leaks").stdout
    text = small_catalog.read_text(encoding="utf-8")
    start, end = text.index("  dam:"), text.index("  curve:")
    small_catalog.write_text(text[:start] + text[end:], encoding="utf-8")
    assert twin("build", small_catalog, "--progress", "none").returncode == 0
    sills = json.loads(twin("water", small_catalog, "--leaks", "--json").stdout)
    assert sills[0]["kind"] == "outside"
    assert sills[0]["level_m"] == pytest.approx(130.0, abs=0.01)
    assert sills[0]["crest_needed_m"] == 160.0
    assert abs(sills[0]["east_m"] - 492_000) < 400


@pytest.mark.parametrize(
    ("crest_m", "offset_m", "held_m", "passed_m"),
    [
        (160.0, 0.0, 160.0, None),  # the top of the range
        (152.0, 0.0, 152.0, 152.01),
        (152.005, 0.0, 152.0, 152.01),
        (151.99999, 0.0, 152.0, 152.01),  # to 0.1 mm it is 152 m
        (150.3, 1.7, 152.0, 152.01),  # 151.99999999999997 in floats
    ],
)
def test_a_dam_holds_the_level_of_its_crest_and_not_the_next_centimetre(
    small_catalog: Path, crest_m: float, offset_m: float, held_m: float, passed_m: float | None
) -> None:
    dam = small_catalog.parent / "dam.geojson"
    dam.write_text(dam.read_text("utf-8").replace(f'"crest_m": {CREST_M}', f'"crest_m": {crest_m}'), "utf-8")
    text = small_catalog.read_text("utf-8").replace(
        "    crest_field: crest_m\n",
        f"    crest_field: crest_m\n    vertical: {{reference: local, offset_m: {offset_m}}}\n",
    )
    small_catalog.write_text(text, "utf-8")
    assert twin("build", small_catalog, "--progress", "none").returncode == 0
    held = json.loads(twin("water", small_catalog, "--level", held_m, "--json").stdout)
    below = json.loads(twin("water", small_catalog, "--level", held_m - 0.01, "--json").stdout)
    assert held["area_m2"] == pytest.approx(below["area_m2"], rel=0.005)
    leaks = twin("water", small_catalog, "--leaks").stdout
    if passed_m is None:
        assert "holds up to 160.00 m" in leaks
        return
    past = json.loads(twin("water", small_catalog, "--level", passed_m, "--json").stdout)
    assert past["area_m2"] > 1.05 * held["area_m2"]
    assert f"leaves the basin at {passed_m:.2f} m" in leaks


def test_check_prints_a_table_and_json(small_catalog: Path) -> None:
    shown = twin("check", small_catalog)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "terrain" in shown.stdout
    assert twin("check", small_catalog, "--json").returncode == 0


def test_an_operating_curve_is_derived_from_reports_and_added_as_an_edition(
    small_catalog: Path, tmp_path: Path
) -> None:
    twin("build", small_catalog)
    base = json.loads(twin("water", small_catalog, "--level", 150, "--json").stdout)["storage_m3"]
    reports = tmp_path / "reports.csv"
    reports.write_text(
        f"time_local,level_m,storage_m3\n2025-07-29 23:00,150.0,{base - 2e4}\n", encoding="utf-8"
    )
    out = small_catalog.parent / "operating.csv"
    told = twin("curve", small_catalog, "--reports", reports, "--out", out)
    assert told.returncode == 0, told.stderr
    assert "shifted by -20,000 m³ and tilted by +0.00 km²" in told.stdout  # not by -0.000 ×10⁸ m³
    entry = told.stdout.split("add to the catalog:")[1]
    with small_catalog.open("a", encoding="utf-8") as file:
        file.write(entry)
    assert twin("check", small_catalog).returncode == 0
    twin("build", small_catalog)
    question = ("water", small_catalog, "--level", 150, "--json")
    answer = json.loads(twin(*question, "--curve", "operating").stdout)
    assert answer["storage_m3"] == pytest.approx(base - 2e4, rel=1e-9)
    assert json.loads(twin(*question).stdout)["storage_m3"] == pytest.approx(base)  # the published one stays
    one_line(twin("curve", small_catalog, "--reports", reports, "--out", out), "operating.csv", "--out")
    nowhere = tmp_path / "no" / "operating.csv"
    one_line(twin("curve", small_catalog, "--reports", reports, "--out", nowhere), "there is no folder")
    one_line(twin("curve", small_catalog, "--out", tmp_path / "x.csv"), "--reports")


def _words(*args: str) -> str:
    return " ".join(twin(*args).stdout.split())


def test_the_list_of_commands_says_what_each_says_first_of_itself() -> None:
    listed = _words("--help")
    for name, said in COMMANDS.items():
        assert f" {name} {said}" in listed
        assert f" {said}" in _words(name, "--help")


def test_the_list_of_commands_loads_none_of_them() -> None:
    """Each is loaded when it is run: help is there at once, and a view holds no build."""
    loads = "import sys; from apps.cli import cli; cli(['--help'], standalone_mode=False); "
    loads += "print('LOADED', *{'numpy', 'rich', 'pydantic', 'apps.commands.build'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED"


def test_a_command_that_is_none_is_a_line() -> None:
    one_line(twin("chek"), "chek", code=2)


# -- what can be mended -----------------------------------------------------------------------------------


def test_a_level_of_nan_is_one_line(small_basin: Path) -> None:
    one_line(twin("water", small_basin, "--level", "nan"), "--level", "finite", code=2)


@pytest.mark.parametrize("level", ["125.99", "160.01", "-1e300", "99999999"])
def test_a_level_outside_the_range_is_one_line_and_exit_2(small_basin: Path, level: str) -> None:
    one_line(twin("water", small_basin, f"--level={level}"), "126", "160", code=2)


@pytest.mark.parametrize("storage", ["-1", "1e12", "0"])
def test_a_storage_below_or_above_the_capacity_is_one_line_and_exit_2(
    small_basin: Path, storage: str
) -> None:
    one_line(twin("water", small_basin, f"--storage={storage}"), "storage", code=2)


def test_both_or_neither_of_level_and_storage_is_a_usage_line(small_basin: Path) -> None:
    one_line(twin("water", small_basin), "--level", code=2)
    one_line(twin("water", small_basin, "--level", 150, "--storage", 1e8), "--level", code=2)


def test_an_unknown_curve_names_the_known_ones(small_basin: Path) -> None:
    one_line(twin("water", small_basin, "--level", 150, "--curve", "nine"), "nine", "curve")


def test_water_before_the_build_says_what_to_do(small_catalog: Path) -> None:
    one_line(twin("water", small_catalog, "--level", 150), "twin build")


def test_a_missing_catalog_is_one_line(tmp_path: Path) -> None:
    one_line(twin("build", tmp_path / "nowhere.yaml"), "nowhere.yaml")


def test_an_unwritable_store_is_one_line(small_catalog: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    one_line(twin("build", small_catalog, "--store", tmp_path / "file"), "--store")


def test_a_full_disk_is_one_line(small_catalog: Path, tiny_disk: Path) -> None:
    (tiny_disk / "ballast").write_bytes(b"x" * 800_000)
    store = tiny_disk / "store"
    one_line(twin("build", small_catalog, "--progress", "none", "--store", store), "disk is full")
    one_line(twin("water", small_catalog, "--level", 150, "--store", store), "twin build")


def _missing(folder: Path) -> None:
    (folder / "terrain.tif").unlink()


def _empty(folder: Path) -> None:
    (folder / "terrain.tif").write_bytes(b"")


def _text(folder: Path) -> None:
    (folder / "terrain.tif").write_text("level,area\n1,2\n" * 50)


def _without_crs(folder: Path) -> None:
    write_raster(folder / "terrain.tif", ground_m(), crs=None)


def _all_nodata(folder: Path) -> None:
    write_raster(folder / "terrain.tif", np.full_like(ground_m(), -9999.0), nodata=-9999.0)


def _infinite(folder: Path) -> None:
    values = ground_m()
    values[5, 5] = np.inf
    write_raster(folder / "terrain.tif", values)


def _seed_on_a_peak(folder: Path) -> None:
    values = ground_m()
    values[60:80, 90:110] = 400.0
    write_raster(folder / "terrain.tif", values)


def _barrier_elsewhere(folder: Path) -> None:
    dam = folder / "dam.geojson"
    dam.write_text(dam.read_text(encoding="utf-8").replace("4482", "5482"), encoding="utf-8")


def _crest_missing(folder: Path) -> None:
    dam = folder / "dam.geojson"
    dam.write_text(dam.read_text(encoding="utf-8").replace("crest_m", "height"), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_missing, ["terrain.tif"]),
        (_empty, ["terrain.tif", "empty"]),
        (_text, ["terrain.tif"]),
        (_without_crs, ["terrain.tif", "coordinate system"]),
        (_all_nodata, ["terrain.tif"]),
        (_infinite, ["terrain.tif", "inf"]),
        (_seed_on_a_peak, ["seed"]),
        (_barrier_elsewhere, ["barrier"]),
        (_crest_missing, ["dam.geojson", "crest_m"]),
    ],
)
def test_bad_ground_stops_the_build_with_one_line(
    small_catalog: Path, spoil: Callable[[Path], None], words: list[str]
) -> None:
    spoil(small_catalog.parent)
    one_line(twin("build", small_catalog, "--progress", "none"), *words)


def test_holes_of_nan_are_no_ground_and_the_rest_is_built(small_catalog: Path) -> None:
    values = ground_m()
    values[:20, :20] = np.nan
    write_raster(small_catalog.parent / "terrain.tif", values)
    assert twin("build", small_catalog, "--progress", "none").returncode == 0
    assert twin("water", small_catalog, "--level", 150).returncode == 0


def test_a_broken_village_file_is_left_out_with_its_reason_and_the_water_stands(small_catalog: Path) -> None:
    (small_catalog.parent / "villages.geojson").write_text("{")
    result = twin("build", small_catalog, "--progress", "none")
    assert result.returncode == 3
    assert result.stderr.startswith("twin: villages is left out: ")
    assert twin("water", small_catalog, "--level", 150).returncode == 0


def test_an_unknown_key_is_named_where_its_entry_is_left_out(small_catalog: Path) -> None:
    text = small_catalog.read_text(encoding="utf-8")
    small_catalog.write_text(text.replace("  villages:\n", "  villages:\n    hieght: 3\n"), encoding="utf-8")
    result = twin("build", small_catalog, "--progress", "none")
    assert result.returncode == 3
    assert result.stderr == "twin: villages is left out: hieght: is not a key here\n"


def test_pruning_says_what_went_and_leaves_what_is_served(small_catalog: Path) -> None:
    one_line(twin("prune", small_catalog), "nothing is built here", "twin build")
    for text in ("1", "2"):
        write_raster(small_catalog.parent / "terrain.tif", ground_m() + float(text))
        assert twin("build", small_catalog, "--progress", "none").returncode == 0
    result = twin("prune", small_catalog, "--keep", 1)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("removed ")
    assert "removed 0 generations" not in result.stdout
    assert (
        twin("prune", small_catalog, "--keep", 1).stdout == "removed 0 generations and 0 products, 0.0 MB\n"
    )
    assert twin("water", small_catalog, "--level", 150).returncode == 0
    assert twin("prune", small_catalog, "--keep", 0).returncode == 2
    text = small_catalog.read_text(encoding="utf-8")
    small_catalog.write_text(text.replace("  villages:\n", "  villages:\n    hieght: 3\n"), encoding="utf-8")
    assert twin("prune", small_catalog).returncode == 0, "a mistake in an entry is no reason to keep all"


def test_a_curve_that_falls_is_left_out_and_water_says_that_there_is_none(small_catalog: Path) -> None:
    curve = small_catalog.parent / "curve.csv"
    lines = curve.read_text(encoding="utf-8").splitlines()
    head, first, second, *rest = lines  # from high to low throughout it would be read: offices write it so
    curve.write_text("\n".join([head, second, first, *rest]), encoding="utf-8")
    assert "monotone" in twin("build", small_catalog, "--progress", "none").stderr
    one_line(twin("water", small_catalog, "--level", 150), "curve")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    bed: surveyed", "    bed: surveyed\n    bedd: 1", ["bedd"]),
        ("    bed: surveyed", "    bed: surveyed\n    bed: none", ["bed"]),
        ("terrain.tif", "terrain.vrt", [".vrt"]),
        ("terrain.tif", "../../etc/passwd", ["uri"]),
        ("vertical_error_m: 0.5", "vertical_error_m: .nan", ["vertical_error_m"]),
        ("highest_m: 160.0", "highest_m: 12.0", ["highest_m"]),
        ("version: 1", "version: 2", ["version"]),
        ("vertical: {", "frame: {crs: EPSG:3857}\nvertical: {", ["frame.crs", "must be one to 0.5%"]),
        ("seed: {east: 492010, north: 4483590}", "seed: {lon: 15.0, lat: 50.0}", ["frame.crs", "EPSG:32633"]),
        ("entries:", "anchors: [&a [x, x], *a]\nentries:", ["a"]),
    ],
)
def test_a_wrong_catalog_is_told_with_file_and_line(
    small_catalog: Path, old: str, new: str, words: list[str]
) -> None:
    text = small_catalog.read_text(encoding="utf-8")
    assert old in text
    small_catalog.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = twin("build", small_catalog, "--progress", "none")
    one_line(result, "data_catalog.yaml:", *words)
    checked = twin("check", small_catalog)
    assert checked.returncode == 1
    assert "Traceback" not in checked.stderr


def test_the_installed_command_answers_like_the_module(small_basin: Path) -> None:
    installed = Path(sys.executable).with_name("twin")
    for command in ([str(installed)], [sys.executable, "-m", "apps.cli"]):
        question = [*command, "water", str(small_basin), "--level", "1"]
        done = subprocess.run(question, capture_output=True, text=True, check=False)
        one_line(Result(done.returncode, done.stdout, done.stderr), "126", code=2)


def test_a_killed_build_is_taken_up_again(small_catalog: Path) -> None:
    command = [sys.executable, "-m", "apps.cli", "build", str(small_catalog), "--progress", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    one_line(twin("water", small_catalog, "--level", 150), "twin build")
    assert twin("build", small_catalog, "--progress", "none").returncode == 0
    assert twin("water", small_catalog, "--level", 150).returncode == 0


def test_a_busy_port_is_one_line(small_basin: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        one_line(twin("serve", "--open", small_basin, "--port", port), str(port), "--port")


def test_serving_a_missing_catalog_is_one_line(tmp_path: Path) -> None:
    one_line(twin("serve", "--open", tmp_path / "nowhere.yaml", "--port", 0), "nowhere.yaml")
