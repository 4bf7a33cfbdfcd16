"""OSGB trees, written by the tool that reads them."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from meshes.errors import DamagedError, ForeignFileError, MissingToolError, OverLimitError, UnsafeUriError
from meshes.guard import Limits
from meshes.readers.osgb import OsgbTree, open_osgb, read_osgb

needs_tool = pytest.mark.skipif(shutil.which("osgconv") is None, reason="osgconv is not installed")

TEXT = """#Ascii Scene
#Version 161
#Generator OpenSceneGraph 3.6.5

osg::PagedLOD {
  UniqueID 1
  CenterMode USER_DEFINED_CENTER
  UserCenter 5 4 6 6.5
  RangeMode PIXEL_SIZE_ON_SCREEN
  RangeList 2 {
    0 400
    400 1e+30
  }
  DatabasePath FALSE
  RangeDataList 2 {
    ""
    "CHILD"
  }
  PriorityList 2 {
    0 1
    0 1
  }
  Children 1 {
    osg::Geode {
      UniqueID 2
      Drawables 1 {
        osg::Geometry {
          UniqueID 3
          StateSet TRUE {
            osg::StateSet {
              UniqueID 4
              TextureModeList 1 {
                Data 1 {
                  GL_TEXTURE_2D ON
                }
              }
              TextureAttributeList 1 {
                Data 1 {
                  osg::Texture2D {
                    UniqueID 5
                    WRAP_S CLAMP
                    WRAP_T CLAMP
                    WRAP_R CLAMP
                    MIN_FILTER LINEAR
                    MAG_FILTER LINEAR
                    UnRefImageDataAfterApply TRUE
                    Swizzle RGBA
                    Image TRUE {
                      ClassName osg::Image
                      UniqueID 6
                      FileName "roof.png"
                      WriteHint 1 2
                      DataVariance STATIC
                    }
                  }
                  Value OFF
                }
              }
            }
          }
          PrimitiveSetList 1 {
            osg::DrawElementsUShort {
              UniqueID 7
              BufferObject FALSE
              Mode TRIANGLES
              vector 6 {
                0 1 2 0
                2 3
              }
            }
          }
          VertexArray TRUE {
            osg::Vec3Array {
              UniqueID 8
              BufferObject FALSE
              Binding BIND_PER_VERTEX
              vector 4 {
                0 0 6
                10 0 6
                10 8.0625 6
                0 8.0625 6
              }
            }
          }
          TexCoordArrayList 1 {
            osg::Vec2Array {
              UniqueID 9
              BufferObject FALSE
              Binding BIND_PER_VERTEX
              vector 4 {
                0 0
                1 0
                1 1
                0 1
              }
            }
          }
        }
      }
    }
  }
}
"""
METADATA = """<?xml version="1.0" encoding="utf-8"?>
<ModelMetadata version="1"><SRS>{srs}</SRS><SRSOrigin>442000,4480000,155</SRSOrigin></ModelMetadata>
"""


def write_tree(folder: Path, *, child: str = "Tile_1_L18_0.osgb", srs: str = "EPSG:4548") -> Path:
    """A tree of one tile, whose picture is red above and blue below."""
    tile = folder / "Data" / "Tile_1"
    tile.mkdir(parents=True)
    pixels = np.zeros((6, 5, 3), np.uint8)  # rows of 15 bytes, to be padded
    pixels[:3, :, 0] = pixels[3:, :, 2] = 255
    Image.fromarray(pixels).save(tile / "roof.png")
    (tile / "a.osgt").write_text(TEXT.replace("CHILD", child), encoding="utf-8")
    subprocess.run(
        ["osgconv", "a.osgt", "Tile_1.osgb"], cwd=tile, check=True, capture_output=True, timeout=60
    )
    for name in ("a.osgt", "roof.png"):
        (tile / name).unlink()
    (folder / "metadata.xml").write_text(METADATA.format(srs=srs), encoding="utf-8")
    return folder / "metadata.xml"


@needs_tool
def test_a_tile_comes_with_its_picture_its_error_and_what_follows(tmp_path: Path) -> None:
    tree = open_osgb(write_tree(tmp_path))
    assert (tree.crs, tree.origin) == ("EPSG:4548", (442_000, 4_480_000, 155))
    tile = read_osgb(tree, *tree.roots)
    (part,) = tile.surface.parts
    assert part.position[part.triangles].tolist() == [
        [[0, 0, 6], [10, 0, 6], [10, 8.0625, 6]],
        [[0, 0, 6], [10, 8.0625, 6], [0, 8.0625, 6]],
    ]
    assert tile.children == ("Data/Tile_1/Tile_1_L18_0.osgb",)
    assert tile.error_m == pytest.approx(32 * 6.5 / 400)
    assert part.tcoord is not None
    with Image.open(io.BytesIO(part.image or b"")) as picture:
        assert picture.size == (5, 6)
        red, _, blue = picture.convert("RGB").getpixel((2, 0))  # type: ignore[misc]
    assert red > 200 > blue
    north = part.position[:, 1] > 4
    assert part.tcoord[north, 1].tolist() == [0, 0]  # the north edge shows the picture's top


@needs_tool
def test_a_tree_in_a_tangent_plane_says_where(tmp_path: Path) -> None:
    tree = open_osgb(write_tree(tmp_path, srs="ENU:40.5,116.9"))
    assert (tree.crs, tree.tangent) == (None, (40.5, 116.9))


@needs_tool
@pytest.mark.parametrize("name", ["../../../a.osgb", "/etc/passwd", "http://example.org/a.osgb"])
def test_a_child_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    tree = open_osgb(write_tree(tmp_path / "tree", child=name))
    with pytest.raises(UnsafeUriError, match="names"):
        read_osgb(tree, *tree.roots)


@needs_tool
def test_broken_tiles_have_one_line(tmp_path: Path) -> None:
    tree = open_osgb(write_tree(tmp_path))
    path = tmp_path / tree.roots[0]
    whole = path.read_bytes()
    dice = np.random.default_rng(5)
    wild = bytearray(whole)
    for at in dice.integers(8, len(wild), 60):
        wild[at] = dice.integers(0, 256)
    for data in (b"", b"\0" * 99, whole[:200], whole[:8] + dice.bytes(4000), bytes(wild)):
        path.write_bytes(data)
        with pytest.raises(ForeignFileError) as caught:
            read_osgb(tree, *tree.roots)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_tool_that_hangs_is_ended_with_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "osgconv"
    sleep = shutil.which("sleep")
    tool.write_text(
        f"#!/bin/sh\n{sleep} 600 &\necho $$ $! > {tmp_path}/pids\n{sleep} 600\n", encoding="ascii"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.osgb").write_bytes(b"\xa1\x0e\x91\x6c\x45\x45\xfb\x1a" + bytes(20))
    tree = OsgbTree(folder=tmp_path, crs="EPSG:4548", tangent=None, origin=(0, 0, 0), roots=("a.osgb",))
    with pytest.raises(OverLimitError, match="took more than 2 s"):
        read_osgb(tree, "a.osgb", limits=Limits(wall_s=2))
    assert not [pid for pid in (tmp_path / "pids").read_text().split() if psutil.pid_exists(int(pid))]


@needs_tool
def test_a_tile_that_is_a_link_out_of_its_tree_is_refused(tmp_path: Path) -> None:
    tree = open_osgb(write_tree(tmp_path / "tree"))
    path = tree.folder / tree.roots[0]
    path.rename(tmp_path / "outside.osgb")
    path.symlink_to(tmp_path / "outside.osgb")
    with pytest.raises(UnsafeUriError, match="leads out"):
        read_osgb(tree, *tree.roots)


def test_a_missing_tool_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    tree = OsgbTree(folder=tmp_path, crs="EPSG:4548", tangent=None, origin=(0, 0, 0), roots=("a.osgb",))
    with pytest.raises(MissingToolError, match="install OpenSceneGraph"):
        read_osgb(tree, "a.osgb")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<a><b></a>", "is not XML"),
        ("<ModelMetadata><SRS></SRS></ModelMetadata>", "no tile"),
        ("<ModelMetadata><SRS>ENU:116.9,40.5</SRS></ModelMetadata>", "latitude comes first"),
        ("<ModelMetadata><SRS>ENU:north,east</SRS></ModelMetadata>", "not ENU:latitude,longitude"),
        (
            "<ModelMetadata><SRS>EPSG:4548</SRS><SRSOrigin>1,nan,2</SRSOrigin></ModelMetadata>",
            "three numbers",
        ),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "entities"),
        (METADATA.format(srs="EPSG:4548"), "no tile"),
    ],
)
def test_metadata_says_what_is_wrong_with_it(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "metadata.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DamagedError, match=words):
        open_osgb(path)


@needs_tool
def test_a_finer_file_is_found_in_other_letters_and_in_gbk_on_the_disk(tmp_path: Path) -> None:
    tree = open_osgb(write_tree(tmp_path, child="区块_L18_0.osgb"))
    block = tmp_path / "Data" / "Tile_1"
    shutil.copy(block / "Tile_1.osgb", os.fsencode(block) + "/区块_l18_0.OSGB".encode("gbk"))
    (child,) = read_osgb(tree, *tree.roots).children
    assert read_osgb(tree, child).surface.triangles == 2
