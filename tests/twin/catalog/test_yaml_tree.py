"""YAML as plain values: what it keeps as text, and what it refuses."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.catalog.yaml_tree import MAX_BYTES, MAX_DEPTH, read_yaml


def value_of(text: str) -> object:
    document = read_yaml(text.encode())
    assert document.faults == []
    return document.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", "no"),  # Norway
        ("a: 10:30", "10:30"),  # no sexagesimal 630
        ("a: 2025-07-29", "2025-07-29"),
        ("a: 06-01", "06-01"),
        ("a: 0777", "0777"),  # a station's code keeps its zeros
        ("a: 0", 0),
        ("a: 0.5", 0.5),
        ("a: 1e3", 1000.0),
        ("a: -7.35", -7.35),
        ("a: true", True),
        ("a:", None),
        ("a: '12'", "12"),
        ("a: 汛限水位", "汛限水位"),
        ("a: 1_000", "1_000"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    assert value_of(text) == {"a": value}


def test_nan_and_infinity_are_read_so_that_they_can_be_refused_by_name() -> None:
    read = value_of("{a: .nan, b: -.inf, c: 1e400}")
    assert isinstance(read, dict)
    assert math.isnan(read["a"])
    assert (read["b"], read["c"]) == (-math.inf, math.inf)


def test_every_key_and_item_knows_its_line() -> None:
    document = read_yaml(b"a:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n")
    assert document.line_of(("a", "b")) == 2
    assert document.line_of(("a", "c", 1)) == 5
    assert document.line_of(("a", "c", 1, "d")) == 5
    assert document.line_of(("a", "missing", "deeper")) == 1  # the nearest parent


def test_a_duplicate_key_names_both_lines_and_the_first_one_counts() -> None:
    document = read_yaml(b"a: 1\nb: 2\na: 3\n")
    (fault,) = document.faults
    assert (fault.line, fault.path, fault.code) == (3, ("a",), "duplicate-key")
    assert "line 1" in fault.message
    assert document.value == {"a": 1, "b": 2}


def test_an_alias_bomb_is_refused_without_being_unpacked() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    document = read_yaml("\n".join(lines).encode())
    assert {fault.code for fault in document.faults} == {"alias", "anchor"}
    assert document.value["a11"] == [None] * 9  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "empty"),
        (b"# nothing\n", "empty"),
        (b"[" * (MAX_DEPTH + 2), "too-deep"),
        (b"[" * 100_000, "too-deep"),
        (b"a: {b: [1, 2}", "syntax"),
        (b"a: 1\n\tb: 2\n", "syntax"),
        (b"a: \x01", "syntax"),
        ("name: 密云".encode("gb18030"), "encoding"),
        (b"a: 1\n---\nb: 2\n", "documents"),
        (b"x" * (MAX_BYTES + 1), "too-large"),
        (b"- 1\n" * 60_000, "too-large"),
    ],
)
def test_what_cannot_be_read_stops_with_one_reason(text: bytes, code: str) -> None:
    document = read_yaml(text)
    assert not document.whole
    assert document.faults[-1].code == code
    assert "\n" not in document.faults[-1].message


@pytest.mark.parametrize("text", [b"a: !!python/object/apply:os.system [ls]", b"a: !secret x", b"a: !!str 1"])
def test_tags_run_nothing(text: bytes) -> None:
    assert [fault.code for fault in read_yaml(text).faults] == ["tag"]


def test_a_key_that_is_no_word_is_refused() -> None:
    assert [fault.code for fault in read_yaml(b"? [a, b]\n: 1\nc: 2\n").faults] == ["key"]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab:-{}[]&*!?|>'\"#%, \n\t0.~", max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    document = read_yaml(text.encode())
    assert document.whole or document.faults
