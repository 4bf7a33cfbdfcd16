"""A Shapefile's or a table's encoding that is wrong is refused or doubted, in our words."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.ingest import FormatError, read_table, read_vector
from twin.ingest.inside.mojibake import doubt

Entry = Callable[..., Any]
NAMES = ["密云水库", "潮河", "白河大坝"]


@pytest.fixture
def shapefile(tmp_path: Path) -> Callable[[str, str | None], Path]:
    def do(encoding: str, cpg: str | None) -> Path:
        import geopandas
        import pyogrio
        import shapely

        path = tmp_path / "places.shp"
        places = [shapely.Point(116.9 + k / 100, 40.5) for k in range(3)]
        frame = geopandas.GeoDataFrame({"名称": NAMES}, geometry=places, crs=4490)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pyogrio.write_dataframe(frame, path, encoding=encoding)
        beside = path.with_suffix(".cpg")
        beside.unlink(missing_ok=True)
        if cpg is not None:
            beside.write_text(cpg)
        return path

    return do


@pytest.mark.parametrize(
    ("written", "cpg", "declared"),
    [
        ("GB18030", None, "gb18030"),
        ("GB18030", None, "GBK"),
        ("GB18030", "gbkk", "gb2312"),
        ("GB18030", "GBK", None),
        ("UTF-8", "UTF-8", None),
        ("UTF-8", None, "utf8"),
    ],
)
def test_right_texts_come_without_a_word(
    entry: Entry, shapefile: Any, written: str, cpg: str | None, declared: str | None
) -> None:
    more = {} if declared is None else {"encoding": declared}
    found = read_vector(shapefile(written, cpg), entry("road", uri="places.shp", **more), crs="EPSG:4490")
    assert found.attributes["名称"] == NAMES
    assert found.notes == ()


@pytest.mark.parametrize(
    ("written", "cpg", "declared", "right"),
    [
        ("GB18030", None, None, "gb18030"),  # read as Latin: any bytes are that
        ("GB18030", "gbkk", None, "gb18030"),
        ("GB18030", "ISO-8859-1", None, "gb18030"),
        ("UTF-8", None, None, "utf-8"),
        ("UTF-8", None, "gb18030", "utf-8"),
    ],
)
def test_texts_that_are_not_what_was_meant_are_doubted(
    entry: Entry, shapefile: Any, written: str, cpg: str | None, declared: str | None, right: str
) -> None:
    more = {} if declared is None else {"encoding": declared}
    found = read_vector(shapefile(written, cpg), entry("road", uri="places.shp", **more), crs="EPSG:4490")
    (note,) = found.notes
    assert note.endswith(f"set encoding: {right}")


@pytest.mark.parametrize(
    ("cpg", "declared", "words"),
    [
        (None, "utf-8", "its texts are not utf-8, as the catalog says; if they are gb18030, set encoding"),
        ("UTF-8", None, "not of the encoding that its .cpg says; if they are gb18030, set encoding: gb18030"),
    ],
)
def test_texts_that_cannot_be_read_are_one_line_of_ours(
    entry: Entry, shapefile: Any, cpg: str | None, declared: str | None, words: str
) -> None:
    more = {} if declared is None else {"encoding": declared}
    with pytest.raises(FormatError, match=words) as caught:
        read_vector(shapefile("GB18030", cpg), entry("road", uri="places.shp", **more), crs="EPSG:4490")
    assert "codec" not in str(caught.value)


def test_a_table_in_utf_8_that_is_said_to_be_gb18030_is_refused(entry: Entry, tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    path.write_text("level_m,area_m2,storage_m3,注\n1,2,3,死水位\n2,3,4,汛限水位\n", "utf-8")
    with pytest.raises(FormatError, match="is UTF-8, and the catalog says encoding: gb18030"):
        read_table(path, entry("curve", encoding="gbk"))


LEVEL_1 = st.text(
    st.sampled_from("密云水库潮河白河大坝北庄溪翁庄镇测站雨量水位流域管理处"), min_size=1, max_size=8
)


@given(st.lists(LEVEL_1, min_size=1, max_size=20))
def test_right_chinese_is_never_doubted_and_wrong_is_always(names: list[str]) -> None:
    assert doubt(names) == ""
    assert doubt([name.encode("gb18030").decode("latin-1") for name in names]) == "gb18030"
    assert doubt([name.encode("utf-8").decode("latin-1") for name in names]) == "utf-8"


def test_words_of_europe_are_right_as_they_are() -> None:
    assert doubt(["Müller", "Société", "Señor", "Straße", "Ångström"]) == ""
    assert doubt(["plain", "text", None, 5]) == ""
