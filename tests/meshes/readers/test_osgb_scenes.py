"""What OSGB files hold beside shape: looks, transforms, levels, and what is lost of them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshes.errors import UnsupportedForeignError
from meshes.guard import Limits
from meshes.readers.osgb import OsgbTile, OsgbTree, read_osgb
from meshes.readers.surface import SurfacePart
from tests.meshes.readers.osgb_text import (
    array,
    convert,
    faces,
    geometry,
    group,
    named,
    needs_tool,
    pixels,
    texture,
)

pytestmark = needs_tool

RED_BELOW = bytes([255, 0, 0] * 16 * 16 + [0, 0, 255] * 16 * 16)
"""16 × 32 pixels, the lowest row first."""
MATERIAL = "AttributeList 1 {{\nosg::Material {{\nUniqueID 70\n{}\n}}\nValue OFF\n}}\n"


def tile(path: Path) -> OsgbTile:
    tree = OsgbTree(folder=path.parent, crs=None, tangent=None, origin=(0, 0, 0), roots=(path.name,))
    return read_osgb(tree, path.name)


def only(path: Path) -> SurfacePart:
    (part,) = tile(path).surface.parts
    return part


def picture(part: SurfacePart) -> Image.Image:
    return Image.open(io.BytesIO(part.image or b""))


def area(part: SurfacePart) -> float:
    a, b, c = (part.position[part.triangles[:, k]] for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def test_a_picture_inside_is_read_whatever_the_file_says_of_writing_it(tmp_path: Path) -> None:
    image = pixels(RED_BELOW, (16, 32), form=6407).replace("WriteHint 0 0", "WriteHint 2 0")
    part = only(convert(group(geometry(state=texture(image))), tmp_path / "a.osgb"))
    assert picture(part).size == (16, 32)
    red, _, blue = picture(part).convert("RGB").getpixel((8, 28))  # type: ignore[misc]
    assert red > 200 > blue  # the lowest row is red
    assert part.tcoord is not None
    assert part.tcoord[:, 0].max() == 3
    assert part.finish.wrap == ("repeat", "clamp")
    mirrored = geometry(state=texture(image, wrap="MIRROR"))
    assert only(convert(group(mirrored), tmp_path / "b.osgb")).finish.wrap == ("mirror", "clamp")


def test_alpha_counts_where_the_file_tests_or_blends_it(tmp_path: Path) -> None:
    image = pixels(bytes([255, 0, 0, 90]) * 16, (4, 4), form=6408)
    func = "osg::AlphaFunc {\nUniqueID 70\nFunction GREATER\nReferenceValue 0.25\n}\n"
    test = f"AttributeList 1 {{\n{func}Value OFF\n}}\n"
    for modes, more, alpha, mode in (
        ("", "", "opaque", "RGB"),
        ("GL_BLEND ON", "", "blend", "RGBA"),
        ("GL_ALPHA_TEST ON", test, "mask", "RGBA"),
    ):
        scene = group(geometry(state=texture(image, modes=modes, attributes=more)))
        part = only(convert(scene, tmp_path / "a.osgb"))
        assert (part.finish.alpha, picture(part).mode) == (alpha, mode)
    assert part.finish.cutoff == 0.25


def test_pictures_in_blocks_of_s3tc_are_decoded(tmp_path: Path) -> None:
    red = (0x1F << 11).to_bytes(2, "little")
    dxt1 = red + b"\0\0" + bytes(4)  # each pixel the first colour
    dxt5 = b"\x80\x80" + bytes(6) + dxt1
    for form, data in ((0x83F0, dxt1), (0x83F1, dxt1), (0x83F3, dxt5)):
        image = pixels(data, (4, 4), form=form)
        part = only(convert(group(geometry(state=texture(image))), tmp_path / "a.osgb"))
        assert picture(part).convert("RGB").getpixel((2, 2))[0] > 240  # type: ignore[index]


def test_a_picture_that_is_not_decoded_costs_the_picture_and_is_named(tmp_path: Path) -> None:
    image = pixels(bytes(8), (4, 4), form=0x9274, name="etc2.ktx")
    surface = tile(convert(group(geometry(state=texture(image))), tmp_path / "a.osgb")).surface
    assert surface.triangles == 2
    assert surface.parts[0].image is None
    (note,) = surface.notes
    assert "etc2.ktx" in note
    assert "is not read" in note


def test_a_picture_beside_the_file_is_found_by_its_name_alone(tmp_path: Path) -> None:
    Image.new("RGB", (6, 5), (0, 255, 0)).save(tmp_path / "屋顶.png")
    (tmp_path / "tex").mkdir()
    Image.new("RGB", (7, 5), (0, 255, 0)).save(tmp_path / "tex" / "a.png")
    for name, wide in (("屋顶.png", 6), ("D:/job/tex/屋顶.png", 6), ("tex/a.png", 7)):
        scene = group(geometry(state=texture(named(name))))
        part = only(convert(scene, tmp_path / "a.osgb", hint="UseExternal"))
        assert picture(part).size == (wide, 5)


def test_a_missing_picture_keeps_the_shape_in_its_material_s_colour(tmp_path: Path) -> None:
    look = MATERIAL.format("Diffuse TRUE Front 0.2 0.4 0.6 1 Back 1 1 1 1")
    Image.new("RGB", (6, 5)).save(tmp_path / "gone.jpg")
    scene = group(geometry(state=texture(named("gone.jpg"), attributes=look)))
    path = convert(scene, tmp_path / "a.osgb", hint="UseExternal")
    (tmp_path / "gone.jpg").unlink()
    surface = tile(path).surface
    assert surface.parts[0].base == (51, 102, 153, 255)
    assert surface.notes == (
        "names 'gone.jpg', and there is no such file; the shape is kept without that picture",
    )


def test_a_white_material_is_white_and_none_says_no_colour(tmp_path: Path) -> None:
    look = MATERIAL.format("Diffuse TRUE Front 1 1 1 1 Back 1 1 1 1")
    scene = group(geometry(state=texture(named("gone.jpg"), attributes=look)))
    part = only(convert(scene, tmp_path / "a.osgb", hint="UseExternal"))
    assert part.colour is not None
    assert part.colour.min() == 255
    assert only(convert(group(geometry()), tmp_path / "b.osgb")).colour is None


def test_a_picture_of_this_machine_is_not_carried_away(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (7, 7)).save(secret)
    for name in (str(secret), "../secret.png"):
        scene = group(geometry(state=texture(named(name))))
        surface = tile(convert(scene, tmp_path / "tree" / "a.osgb", hint="UseExternal")).surface
        assert surface.parts[0].image is None
        assert len(surface.notes) == 1


def test_vertex_colours_and_a_glowing_material_come_along(tmp_path: Path) -> None:
    colours = array("Vec4ubArray", [(255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 128), (9, 9, 9, 0)], 51)
    part = only(convert(group(geometry(colours=colours)), tmp_path / "a.osgb"))
    assert part.colour is not None
    assert part.colour[:3].tolist() == [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 128]]
    whole = array("Vec4Array", [(0.2, 0.4, 0.6, 1)], 51, "BIND_OVERALL")
    part = only(convert(group(geometry(colours=whole)), tmp_path / "b.osgb"))
    assert part.colour is not None
    assert part.colour.tolist() == [[51, 102, 153, 255]] * 4
    look = MATERIAL.format(
        "Diffuse TRUE Front 0 0 0 1 Back 0 0 0 1\nEmission TRUE Front 1 1 1 1 Back 1 1 1 1"
    )
    image = pixels(RED_BELOW, (16, 32), form=6407)
    part = only(convert(group(geometry(state=texture(image, attributes=look))), tmp_path / "c.osgb"))
    assert part.base == (255, 255, 255, 255)


def test_transforms_above_a_surface_place_it(tmp_path: Path) -> None:
    turned = "Matrix {\n0 1 0 0\n-1 0 0 0\n0 0 1 0\n100 200 300 1\n}"
    inner = group(
        geometry(),
        kind="osg::PositionAttitudeTransform",
        more="Position 1 2 3\nScale 2 2 2\nPivotPoint 10 0 6",
        number=2,
    )
    part = only(convert(group(inner, kind="osg::MatrixTransform", more=turned), tmp_path / "a.osgb"))
    # (x, y, z) → 2 (x - 10, y, z - 6) + (1, 2, 3), then turned left and shifted
    expected = [[100 - 2, 200 - 19, 303], [100 - 2, 201, 303], [100 - 18, 201, 303], [100 - 18, 181, 303]]
    assert np.allclose(sorted(part.position.tolist()), sorted(expected))
    assert area(part) == pytest.approx(4 * 80)


@pytest.mark.parametrize(
    ("mode", "corners"),
    [
        ("TRIANGLES", (0, 1, 2, 0, 2, 3)),
        ("TRIANGLE_STRIP", (0, 1, 3, 2)),
        ("TRIANGLE_FAN", (0, 1, 2, 3)),
        ("QUADS", (0, 1, 2, 3)),
        ("QUAD_STRIP", (0, 1, 3, 2)),
        ("POLYGON", (0, 1, 2, 3)),
    ],
)
def test_every_kind_of_face_covers_the_square_once_and_looks_up(
    tmp_path: Path, mode: str, corners: tuple[int, ...]
) -> None:
    part = only(convert(group(geometry(primitives=faces(mode, corners))), tmp_path / "a.osgb"))
    a, b, c = (part.position[part.triangles[:, k]] for k in range(3))
    ups = np.cross(b - a, c - a)[:, 2] / 2
    assert (ups > 0).all()
    assert ups.sum() == pytest.approx(80)


def test_lines_and_foreign_nodes_are_counted(tmp_path: Path) -> None:
    scene = group(
        geometry(), geometry(primitives=faces("LINES"), number=4), "osg::ProxyNode {\nUniqueID 9\n}\n"
    )
    notes = tile(convert(scene, tmp_path / "a.osgb")).surface.notes
    assert notes == ("not read: files named by ProxyNode (1), lines (1)",)


def test_of_levels_in_one_file_the_finest_is_drawn_and_of_a_switch_what_is_on(tmp_path: Path) -> None:
    coarse = geometry(primitives=faces("TRIANGLES", (0, 1, 2)), number=4)
    levels = group(
        coarse, geometry(number=5), kind="osg::LOD", more="RangeList 2 {\n100 1000\n0 100\n}", number=2
    )
    assert area(only(convert(group(levels), tmp_path / "a.osgb"))) == pytest.approx(80)
    switch = group(
        coarse, geometry(number=5), kind="osg::Switch", more="ValueList 2 {\nTRUE\nFALSE\n}", number=2
    )
    assert area(only(convert(group(switch), tmp_path / "b.osgb"))) == pytest.approx(40)


@pytest.mark.parametrize(
    ("data", "words"), [(b"#Ascii Scene\n", "text form"), (b"\xef\xbe\xad\xde" + bytes(20), "old form")]
)
def test_other_forms_of_openscenegraph_are_sound_and_not_read(
    tmp_path: Path, data: bytes, words: str
) -> None:
    (tmp_path / "a.osgb").write_bytes(data)
    with pytest.raises(UnsupportedForeignError, match=words):
        tile(tmp_path / "a.osgb")


def test_a_folder_before_the_names_of_finer_files_counts_where_it_is_one(tmp_path: Path) -> None:
    page = group(
        geometry(),
        kind="osg::PagedLOD",
        more='RangeMode PIXEL_SIZE_ON_SCREEN\nRangeList 2 {\n0 400\n400 1e+30\n}\nDatabasePath TRUE "fine/"\n'
        'RangeDataList 2 {\n""\n"b.osgb"\n}\nPriorityList 2 {\n0 1\n0 1\n}',
    )
    path = convert(page, tmp_path / "a.osgb")
    assert tile(path).children == ("b.osgb",)
    (tmp_path / "fine").mkdir()
    (tmp_path / "fine" / "b.osgb").touch()
    assert tile(path).children == ("fine/b.osgb",)


def test_a_large_picture_takes_a_few_times_its_pixels_of_memory(tmp_path: Path) -> None:
    side = 1024
    image = pixels(bytes(3 * side * side), (side, side), form=6407)
    path = convert(group(geometry(state=texture(image))), tmp_path / "a.osgb")
    tree = OsgbTree(folder=tmp_path, crs=None, tangent=None, origin=(0, 0, 0), roots=("a.osgb",))
    (part,) = read_osgb(tree, path.name, limits=Limits(memory_mib=200)).surface.parts
    assert picture(part).size == (side, side)


@pytest.mark.parametrize("name", ['a"b.png', "a\\b.png", "two\nlines.png", "brace{", "brace}"])
def test_a_name_with_quotes_lines_or_braces_is_a_name(tmp_path: Path, name: str) -> None:
    written = name.replace("\\", "\\\\").replace('"', '\\"')
    image = pixels(bytes(192), (8, 8), form=6407, name=written)
    part = only(convert(group(geometry(state=texture(image))), tmp_path / "a.osgb"))
    assert picture(part).size == (8, 8)
