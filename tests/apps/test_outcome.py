"""What a build leaves out is printed at every build, is in its exit status, and ``check`` foresees it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from apps.commands.outcome import MOST, notes_lines
from tests.apps.command import twin
from tests.meshes.build_foreign.making import model, write_tileset
from tests.meshes.readers.foreign import b3dm, house, tile
from tests.small import write_small_basin
from twin.notes import Notes, alike

ANCHOR = "anchor: {east: 492010, north: 4483590, height_m: 158.2}"


def add(catalog: Path, entry: str) -> None:
    catalog.write_text(catalog.read_text("utf-8") + entry, "utf-8")


def test_lines_of_one_kind_are_counted_and_others_stay_apart() -> None:
    lines = [f"Data/Tile_{k}/Tile_{k}.osgb: is cut off after {k} bytes" for k in range(40)]
    assert alike([*lines, "a.b3dm: no picture"]) == [(lines[0], 40), ("a.b3dm: no picture", 1)]
    assert [count for _, count in alike(["from 1 to 2 m: a unit?", "of 3 m: a unit?"])] == [1, 1]


def test_an_entry_is_printed_in_a_line_with_its_count_and_where_the_rest_stands() -> None:
    reasons = ("cut off", "not read", "no picture", "too large", "no place", "empty")
    lines = (*(f"{k}.b3dm: {why}" for k, why in enumerate(reasons)), "9.b3dm: cut off")
    (line,) = notes_lines("bridge", Notes(lines=lines, missing=41, tiles=1089), file="products/b/notes.json")
    assert line.startswith("bridge lacks 41 of 1,089 tiles: 0.b3dm: cut off (and 1 alike); 1.b3dm: not")
    assert line.endswith(f"; {len(reasons) - MOST} more reasons are in products/b/notes.json of the store")
    assert notes_lines("roads", Notes(lines=("2 features",)), file="") == ["roads is doubtful: 2 features"]


def test_a_build_that_leaves_out_its_only_model_does_not_end_with_0(tmp_path: Path) -> None:
    catalog = write_small_basin(tmp_path)
    add(catalog, model("town", "surface", "town/town.obj", ANCHOR, reference="local"))
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "town.obj").write_text("v 0 0 0\nv 1 0 0\nf 1 2 9\n", "utf-8")
    assert twin("check", catalog).returncode == 3
    for progress in ("none", "json"):  # the second finds all that can be built built
        built = twin("build", catalog, "--progress", progress)
        assert built.returncode == 3
        assert built.stderr.startswith("twin: town is left out: ")
    told = json.loads(built.stdout.splitlines()[-1])["outcome"]
    assert [fault["entry"] for fault in told["left_out"]] == ["town"]


def test_lost_tiles_are_told_at_every_build_and_count_as_built(tmp_path: Path) -> None:
    catalog = write_small_basin(tmp_path)
    add(catalog, model("town", "tileset", "town/tileset.json", ANCHOR, reference="local"))
    whole = b3dm(house().bytes())
    leaves = [tile(f"{k}.b3dm") for k in range(5)]
    files = {f"{k}.b3dm": whole if k > 2 else b"b3dm" for k in range(5)} | {"r.b3dm": whole}
    write_tileset(tmp_path / "town" / "tileset.json", tile("r.b3dm", 8, children=leaves), files)
    first, second = (twin("build", catalog, "--progress", "none") for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert " 0 made" in second.stdout
    assert first.stderr == second.stderr
    assert re.match(r"twin: town lacks \d of 6 tiles: .*\(and 2 alike\)", first.stderr)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("level_m: 157.5", "level_m: high", "small_site.yaml:"),
        ("start_level_m: 150.0", "start_level_m: 15.0", "start_level_m"),
    ],
)
def test_what_a_site_says_wrongly_is_told_by_a_build_too(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    catalog = write_small_basin(tmp_path)
    site = tmp_path / "small_site.yaml"
    site.write_text(site.read_text("utf-8").replace(old, new), "utf-8")
    built = twin("build", catalog, "--progress", "none")
    assert (twin("check", catalog).returncode, built.returncode) == (3, 3)
    assert words in built.stderr


def test_a_second_entry_of_a_kind_of_which_there_is_one_is_left_out_and_named(tmp_path: Path) -> None:
    catalog = write_small_basin(tmp_path)
    text = catalog.read_text("utf-8")
    add(catalog, text[text.index("  terrain:") : text.index("  dam:")].replace("terrain:", "again:", 1))
    built = twin("build", catalog, "--progress", "none")
    assert (twin("check", catalog).returncode, built.returncode) == (3, 3)
    assert built.stderr.startswith(
        "twin: again is left out: kind: a catalog has one terrain, and 'terrain' is"
    )


def test_ground_that_cannot_be_built_is_1_of_both(tmp_path: Path) -> None:
    catalog = write_small_basin(tmp_path)
    (tmp_path / "dam.geojson").write_text("{", "utf-8")
    assert twin("check", catalog).returncode == 1
    assert twin("build", catalog, "--progress", "none").returncode == 1


def test_alike_problems_are_printed_once_with_their_count_and_all_stand_in_json(tmp_path: Path) -> None:
    catalog = write_small_basin(tmp_path)
    more = ("datastreams: streams.csv", "crs: EPSG:4490")
    entry = model("net", "table", "net.csv", *more).replace("kind: model", "kind: stations")
    add(catalog, entry.replace("    vertical: {reference: EGM2008}\n", ""))
    rows = "".join(f"{k},甲,XX,116.9,40.5\n" for k in range(1, 31))
    (tmp_path / "net.csv").write_text(f"STCD,STNM,STTP,LGTD,LTTD\n9,乙,RR,116.9,40.5\n{rows}", "utf-8")
    (tmp_path / "streams.csv").write_text("station,property,interval_s\n9,level,300\n", "utf-8")
    printed = " ".join(twin("check", catalog).stdout.split())
    assert printed.count("kind is 'XX'") == 1 and "(and 29 alike)" in printed
    told = json.loads(twin("check", catalog, "--json").stdout)["problems"]
    assert sum("kind is 'XX'" in problem["message"] for problem in told) == 30
