"""Codes that look like numbers leave in an export and come back in a replay as they were."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet
import pytest

from apps.commands.export_file import write
from apps.observation_rows import COLUMNS
from twin.stations.model import Observation
from twin.stations.replay import ReplayError, read_readings, to_json_line

CODES = ("3051E010", "60512E02", "0012345678", "00000000", "密云01")
AT = datetime(2026, 7, 28, 6, 0, tzinfo=UTC)


def rows() -> list[dict[str, object]]:
    nothing: dict[str, object] = dict.fromkeys(COLUMNS)
    told = {"property": "level", "unit": "m", "phenomenon_at": AT, "value": -0.5, "quality": "good"}
    return [nothing | told | {"station": code, "revision": 0, "synthetic": True} for code in CODES]


def test_csv(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", iter(rows()), suffix=".csv")
    found = list(read_readings(tmp_path / "a.csv", zone=ZoneInfo("UTC")))
    assert [(r.station, r.value, r.phenomenon_at) for r in found] == [(code, -0.5, AT) for code in CODES]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(("separator", "first"), [(",", ""), (";", ""), (";", "sep=;\n"), ("\t", "")])
def test_csv_that_went_through_an_office(
    *, tmp_path: Path, encoding: str, separator: str, first: str
) -> None:
    write(tmp_path / "a.csv", iter(rows()), suffix=".csv")
    text = (tmp_path / "a.csv").read_text("utf-8").replace(",", separator)
    (tmp_path / "b.csv").write_bytes((first + text).replace("\n", "\r\n").encode(encoding))
    found = list(read_readings(tmp_path / "b.csv", zone=ZoneInfo("UTC")))
    assert [(r.station, r.value) for r in found] == [(code, -0.5) for code in CODES]


@pytest.mark.parametrize(
    ("raw", "words"),
    [(b"PK\x03\x04", "is a ZIP archive"), (b"station\xff\x81", "is neither UTF-8 nor")],
)
def test_a_file_that_cannot_be_replayed_is_one_line(tmp_path: Path, raw: bytes, words: str) -> None:
    (tmp_path / "b.csv").write_bytes(raw)
    with pytest.raises(ReplayError, match=words):
        list(read_readings(tmp_path / "b.csv", zone=ZoneInfo("UTC")))


def test_parquet(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", iter(rows()), suffix=".parquet")
    assert pyarrow.parquet.read_table(tmp_path / "a.parquet")["station"].to_pylist() == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_json_lines(tmp_path: Path, code: str) -> None:
    o = Observation(datastream=f"{code}.level", phenomenon_at=AT, received_at=AT, value=1.5)
    (tmp_path / "a.jsonl").write_text(to_json_line(o) + "\n", "utf-8")
    (found,) = read_readings(tmp_path / "a.jsonl", zone=ZoneInfo("UTC"))
    assert (found.station, found.property, found.value) == (code, "level", 1.5)
