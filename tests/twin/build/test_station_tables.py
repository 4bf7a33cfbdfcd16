"""Station tables of water offices: a bad row costs that row, a code stays the text it is."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from meshes.build.catalog_check import CheckReport, check
from tests.small import write_small_basin
from twin.build.station_rows import RowNotes
from twin.build.stations import make_stations, read_stations
from twin.catalog import StationsEntry, load_catalog
from twin.ingest import UnsupportedError
from twin.stations.network import Network, load_network

ENTRY = """
  stations:
    kind: stations
    title: {zh: 站, en: Stations}
    driver: table
    uri: stations.csv
    datastreams: datastreams.csv
    edition: "1"
    source: a test
    access: public
"""
STREAMS = "station,property,interval_s\n"
HEAD = "STCD,STNM,STTP,LGTD,LTTD\n"
PLACE = "116.88,40.49"

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def do(stations: str | bytes, streams: str | bytes, *, more: str = "") -> Path:
        path = write_small_basin(tmp_path)
        entry = ENTRY + "".join(f"    {line}\n" for line in more.splitlines())
        path.write_text(path.read_text("utf-8") + entry.lstrip("\n"), "utf-8")
        for name, text in (("stations.csv", stations), ("datastreams.csv", streams)):
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return do


def network(path: Path) -> tuple[Network, RowNotes]:
    catalog = load_catalog(path)
    return read_stations(catalog, catalog.only(StationsEntry))


def told(report: CheckReport) -> list[str]:
    return [problem.message for problem in report.problems if problem.entry == "stations"]


def test_codes_are_text_whatever_they_look_like(make: Make, tmp_path: Path) -> None:
    codes = ["30510101", "3051E010", "60512E02", "0012345678", "00000000", "1e400", "0x10", "密云01"]
    stations = HEAD + "".join(f"{code},甲,RR,{PLACE}\n" for code in codes)
    streams = STREAMS + "".join(f"{code},level,300\n" for code in codes)
    path = make(stations, streams)
    found, notes = network(path)
    assert list(found.stations) == codes
    assert [stream.station for stream in found.datastreams.values()] == codes
    assert notes.left_out == []
    catalog = load_catalog(path)
    make_stations(tmp_path, catalog=catalog, entry=catalog.only(StationsEntry))
    assert list(load_network(tmp_path).stations) == codes


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("30510102,乙,XX,116.88,40.49", "kind is 'XX'"),
        ("30510102,乙,PP,116.88,", "lat is empty"),
        ("30510102,乙,PP,116°52',40.49", "lon is no number"),
        ("30510102,乙,PP,40.49,116.88", "are lon and lat swapped?"),
        ("30510102,乙,PP,1168800,40.49", "lies nowhere on earth"),
        ("30510102,,PP,116.88,40.49", "name_zh is empty"),
        (",乙,PP,116.88,40.49", "id is empty"),
        ("3.051E+07,乙,PP,116.88,40.49", "a table program made a number of it"),
        ("30510102.0,乙,PP,116.88,40.49", "a table program made a number of it"),
        ("305.1,乙,PP,116.88,40.49", "no station code"),
        ("30510101,乙,PP,116.88,40.49", "stands on line 2 already"),
        ("30510102,乙,PP,116.88", "has 4 cells, the header 5"),
        ("30510102,乙,PP,116.88,nan", "lat is no number"),
        ("30510102,乙,PP,116.88,1e400", "lat is no number"),
        ("30510109,a\x1b[31m,PP,116.9,40.5", "holds a control character"),
        (f"30510109,{'名' * 501},PP,116.9,40.5", "501 letters; 500 at most"),
    ],
)
def test_a_bad_row_costs_that_row(make: Make, row: str, why: str) -> None:
    stations = f"{HEAD}30510101,甲,RR,{PLACE}\n{row}\n30510103,丙,PP,{PLACE}\n"
    path = make(stations, STREAMS + "30510101,level,300\n30510103,rain,300\n")
    found, notes = network(path)
    assert list(found.stations) == ["30510101", "30510103"]
    (line,) = notes.left_out
    assert line.startswith("stations.csv: line 3: ") and why in line and "left out" in line
    assert found.left_out == (line,)
    report = check(path)
    assert report.ok
    assert line in told(report), "check says what build does"


def test_a_code_that_is_shorter_than_the_others_is_doubted(make: Make) -> None:
    """Excel takes the zeros of 0012345678, and the station's values would be refused as a stranger's."""
    codes = ["0012345678", "0012345679", "12345670", "3051E010"]
    path = make(
        HEAD + "".join(f"{code},甲,RR,{PLACE}\n" for code in codes),
        STREAMS + "".join(f"{code},level,300\n" for code in codes),
    )
    found, notes = network(path)
    assert list(found.stations) == codes
    (line,) = notes.doubts
    assert line.startswith("stations.csv: line 4: the code 12345670 has 8 digits, most others have 10")


@pytest.mark.parametrize("mark", ["", '="', "'"])
def test_codes_that_an_office_protects_from_its_spreadsheet_are_themselves(make: Make, mark: str) -> None:
    code = '="0012345678"' if mark == '="' else f"{mark}0012345678"
    stations = f"STCD;STNM;STTP;LGTD;LTTD\n{code};甲;RR;116,88;40,49\n".encode("utf-16")
    found, notes = network(make(stations, f"{STREAMS}{code},level,300\n"))
    (station,) = found.stations.values()
    assert (station.id, station.lon, station.lat) == ("0012345678", 116.88, 40.49)
    assert (notes.left_out, notes.doubts) == ([], [])


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("30510109,rain,300", "names a station that is not there"),
        ("30510101,levl,300", "did you mean 'level'?"),
        ("30510101,level,300", "is there already"),
        ("30510101,storage,0", "1 s to 400 days"),
        ("30510101,storage,hourly", "interval_s is no number"),
    ],
)
def test_a_bad_row_of_the_datastreams_costs_that_row(make: Make, row: str, why: str) -> None:
    path = make(f"{HEAD}30510101,甲,RR,{PLACE}\n", f"{STREAMS}30510101,level,300\n{row}\n")
    found, notes = network(path)
    assert list(found.datastreams) == ["30510101.level"]
    (line,) = notes.left_out
    assert line.startswith("datastreams.csv: line 3: ") and why in line


def test_a_table_without_one_good_row_is_an_error_with_the_first_reason(make: Make) -> None:
    path = make(f"{HEAD}30510101,甲,??,{PLACE}\n", STREAMS + "30510101,level,300\n")
    report = check(path)
    assert not report.ok
    assert any(re.search(r"holds no station: line 2: kind is '\?\?'", words) for words in told(report))


KINDS = {
    "PP": "rain",
    "MM": "rain",
    "BB": "rain",
    "ZZ": "stage",
    "TT": "stage",
    "ZB": "stage",
    "ZG": "stage",
    "ZQ": "flow",
    "DD": "flow",
    "DP": "flow",
    "RR": "reservoir",
    "SS": "soil",
    "WQ": "quality",
}


def test_every_kind_of_the_standard_has_one_of_ours(make: Make) -> None:
    spelt = [(f"{k:08d}", code, ours) for k, (code, ours) in enumerate(KINDS.items())]
    spelt += [
        ("90000001", "pp", "rain"),
        ("90000002", "ＺＺ", "stage"),
        ("90000003", "水库水文站", "reservoir"),
        ("90000004", "水位站", "stage"),
        ("90000005", "水文站", "flow"),
    ]
    path = make(
        HEAD + "".join(f"{id_},甲,{code},{PLACE}\n" for id_, code, _ in spelt),
        STREAMS + "".join(f"{id_},level,300\n" for id_, _, _ in spelt),
    )
    found, notes = network(path)
    assert {id_: found.stations[id_].kind for id_, _, _ in spelt} == {id_: ours for id_, _, ours in spelt}
    assert any("ZG (地下水站) is shown as stage" in line for line in notes.doubts)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_tables_as_offices_save_them(make: Make, encoding: str, separator: str, end: str) -> None:
    def saved(text: str) -> bytes:
        return text.replace(",", separator).replace("\n", end).encode(encoding)

    more = "encoding: gb18030" if encoding == "gb18030" else ""
    stations = f"{HEAD}30510101,密云,RR,{PLACE}\n\n,,,,\n0012345678,北庄,ＰＰ,１１６．９,40.5,,\n"
    path = make(saved(stations), saved(STREAMS + "30510101,level,300\n0012345678,rain,300\n"), more=more)
    found, notes = network(path)
    assert [(s.id, s.name["zh"], s.kind) for s in found.stations.values()] == [
        ("30510101", "密云", "reservoir"),
        ("0012345678", "北庄", "rain"),
    ]
    assert found.stations["0012345678"].lon == pytest.approx(116.9)
    assert notes.left_out == []


def test_an_undeclared_encoding_is_seen_and_a_workbook_is_one_true_line(make: Make) -> None:
    stations, streams = f"{HEAD}30510101,密云,RR,{PLACE}\n", STREAMS + "30510101,level,300\n"
    found, notes = network(make(stations.encode("gb18030"), streams))
    assert found.stations["30510101"].name["zh"] == "密云"
    assert (notes.left_out, notes.doubts) == ([], [])
    _, notes = network(make(stations.encode("gb18030"), streams, more="encoding: utf-8"))
    assert notes.doubts == [
        "stations.csv: its texts are gb18030 and were read so, though the catalog says utf-8; "
        "set encoding: gb18030"
    ]
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(UnsupportedError, match="is an Excel workbook, which is not read: save"):
        network(make(book.getvalue(), streams))


def test_one_spoilt_byte_costs_its_row(make: Make) -> None:
    good = f"{HEAD}30510101,密云,RR,{PLACE}\n".encode()
    found, notes = network(
        make(good + b"30510102,\xff\xff\xe4,PP,116.9,40.5\n", STREAMS + "30510101,level,300\n")
    )
    assert list(found.stations) == ["30510101"]
    assert "line 3: holds bytes that are no text" in notes.left_out[0]


def test_what_heights_count_from_is_known_or_said_to_be_unknown(make: Make) -> None:
    rows = [
        ("1", "1985国家高程基准", "1985"),
        ("2", "大沽", "Dagu"),
        ("5", "85", "1985"),
        ("3", "黄海", "unknown"),
        ("4", "", "unknown"),
    ]
    head = HEAD.strip() + ",DTMNM\n"
    path = make(
        head + "".join(f"3000000{k},甲,ZZ,{PLACE},{told}\n" for k, told, _ in rows),
        STREAMS + "".join(f"3000000{k},level,300\n" for k, _, _ in rows),
    )
    found, notes = network(path)
    assert [s.reference for s in found.stations.values()] == [ours for _, _, ours in rows]
    assert [line for line in notes.doubts if "黄海" in line] == notes.doubts != []


def test_columns_may_say_their_unit(make: Make) -> None:
    head = "测站编码,测站名称,站类,经度(°),纬度（度）\n"
    found, _ = network(make(f"{head}00012345,甲,水库站,{PLACE}\n", STREAMS + "00012345,level,300\n"))
    assert [(s.id, s.kind, s.lon) for s in found.stations.values()] == [("00012345", "reservoir", 116.88)]


def test_a_station_of_another_province_is_doubted(make: Make) -> None:
    path = make(
        f"{HEAD}30510101,甲,RR,{PLACE}\n30510102,乙,PP,104.06,30.67\n",
        STREAMS + "30510101,level,300\n30510102,rain,300\n",
    )
    assert any(re.search(r"30510102 lies 1,\d{3} km", words) for words in told(check(path)))


def test_an_alarm_for_a_station_that_is_not_there_is_told_by_the_checker(make: Make, tmp_path: Path) -> None:
    path = make(f"{HEAD}30510101,甲,ZZ,{PLACE}\n", STREAMS + "30510101,level,300\n")
    site = tmp_path / "small_site.yaml"
    site.write_text(
        site.read_text("utf-8")
        + "alarms: {rivers: {levels: [{station: 0012345678, warning_m: 3},"
        + " {station: 30510101, warning_m: 3}]}}\n",
        "utf-8",
    )
    assert any("'0012345678'" in words for words in told(check(path))), "as it is written"


def test_what_keeps_the_lake_s_gauge_from_the_desk_is_a_doubt_where_there_are_feeds(
    make: Make, tmp_path: Path
) -> None:
    rain = f"{HEAD}30510101,甲,PP,{PLACE}\n", STREAMS + "30510101,rain,300\n"
    assert told(check(make(*rain))) == []
    site = tmp_path / "small_site.yaml"

    def with_feed(path: Path) -> Path:
        feed = "feeds: [{id: f, title: {zh: 甲, en: a}, stations: stations, driver: sample}]\n"
        site.write_text(site.read_text("utf-8") + feed, "utf-8")
        return path

    assert any("will have no live water" in words for words in told(check(with_feed(make(*rain)))))
    lake = HEAD.strip() + f",DTMNM\n30510101,甲,RR,{PLACE},大沽\n", STREAMS + "30510101,level,300\n"
    (words,) = told(check(with_feed(make(*lake))))
    assert words.startswith("levels of 30510101 cannot be converted: no offset from Dagu")
