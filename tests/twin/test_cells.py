"""No cell of a CSV starts a formula, numbers stay numbers, and every text comes back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.cells import plain, safe

ATTACKS = [
    '=HYPERLINK("http://x.example","look")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\x00=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "-１",
    "+٣",
    "＠SUM(1)",
    "﹦1+1",
    "'=1+1",
    "''=1",
    "-",
    "=",
    "\t",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == "'" + text
    assert plain("'" + text) == text


@pytest.mark.parametrize(
    "cell", ["站", "", "30510101", "a=b", "3051E010", "x-1", "'x", "-12.5", "+3", "1e-5", "-.5"]
)
def test_other_texts_and_numbers_stay(cell: str) -> None:
    assert safe(cell) == cell == plain(cell)


@pytest.mark.parametrize("cell", [-1.5, 0, None, True, -3])
def test_what_is_no_text_stays(cell: object) -> None:
    assert safe(cell) is cell


@given(st.text(alphabet=st.sampled_from("'=+-@＝－ \t\r\n1.e站x"), max_size=8))
def test_every_text_comes_back_and_comes_back_once(text: str) -> None:
    written = safe(text)
    assert isinstance(written, str)
    assert plain(written) == text
    assert safe(written) in (written, "'" + written)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_a_written_file_holds_no_formula_and_gives_its_texts_back(texts: list[str]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerow([safe(text) for text in texts])
    file.seek(0)
    (read,) = list(csv.reader(file, strict=True)) or [[]]
    assert [plain(cell) for cell in read] == texts
    for cell in read:
        assert not cell.startswith(("=", "@", "\t", "\r", "＝", "＋", "－", "＠"))
