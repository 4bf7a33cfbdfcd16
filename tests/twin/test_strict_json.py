"""JSON is read in one way: what the standard library lets pass is refused, and the error says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.strict_json import JsonError, parse_json, read_json

REFUSED = [
    ("", "no-json", "line 1, column 1"),
    ('{"a": ', "no-json", "line 1"),
    ('{\n "a": 1,\n}', "no-json", "line 3"),
    ('{"a": 1} {"a": 2}', "no-json", "line 1, column 10"),
    ('{"a": 1,\n "b": {"a": 2}, "a": 3}', "duplicate-key", 'line 2, column 17: the key "a"'),
    ('[{"c": 1}, {"c": 1, "\\u0063" : 2}]', "duplicate-key", r"column 21: the key "),
    ('{"s": "a NaN", "n": NaN}', "not-finite", "line 1, column 21: NaN"),
    ("[1e5,\n-Infinity]", "not-finite", "line 2, column 1: -Infinity"),
    ('{"1e999": 1e999}', "not-finite", "line 1, column 11: 1e999"),
    ("[1e999.5]", "not-finite", "line 1, column 2: 1e999"),
    ("-1e400", "not-finite", "line 1, column 1: -1e400"),
    ("1" * 5000, "not-finite", "line 1"),
    ("[" * 100_000 + "]" * 100_000, "no-json", "nests too deep"),
    ('{"a":' * 100_000 + "1" + "}" * 100_000, "no-json", "nests too deep"),
    ('["\\ud83d cut"]', "no-json", "lone surrogate"),
    ('{"\\udE00": 1}', "no-json", "lone surrogate"),
    ('["\ud83d"]', "no-json", "lone surrogate"),
    (b'["\xff"]', "not-utf-8", "byte 2"),
    (b'["\xed\xa0\x80"]', "not-utf-8", "byte 2"),
    ('["密云"]'.encode("gbk"), "not-utf-8", "byte 2"),
]


@pytest.mark.parametrize(("text", "code", "says"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_not_strict_is_refused_with_its_place(text: str | bytes, code: str, says: str) -> None:
    with pytest.raises(JsonError) as caught:
        parse_json(text)
    assert (caught.value.code, says in str(caught.value)) == (code, True), str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 120


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_bytes_are_read_in_the_encoding_that_they_begin_with(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes('{"站": "密云 \\ud83d\\ude00"}'.encode(encoding))
    assert read_json(path) == {"站": "密云 😀"}


def test_a_long_integer_is_a_float_and_a_short_one_keeps_every_digit() -> None:
    assert parse_json("[1234567890123456789, -5, 100000000000000000000000000]") == [
        1234567890123456789,
        -5,
        1e26,
    ]
    assert isinstance(parse_json("1" * 26), float)


def test_how_fractions_are_read_may_be_told() -> None:
    assert parse_json("[5.0, 5, 1e2]", number=str.__len__) == [3, 5, 3]


documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(documents, st.booleans())
def test_what_is_sound_is_what_the_standard_library_reads(document: object, escaped: bool) -> None:
    assert parse_json(json.dumps(document, ensure_ascii=escaped).encode()) == document


@given(st.text(alphabet='{}[]",:\\u0dD8 1e9.-NaInfity\n', max_size=40))
def test_whatever_a_text_is_there_is_a_document_or_the_one_error(text: str) -> None:
    try:
        found = parse_json(text)
    except JsonError:
        return
    assert found == json.loads(
        text, parse_int=lambda digits: int(digits) if len(digits) < 26 else float(digits)
    )
