"""Two lines of about equal width; numbers stay with their units."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layers.labels.line_breaks import balanced

WORDS = st.text(st.sampled_from("水位达到三个村庄，。（“”）0158 m abc the .,"), max_size=80)


def wide(text: str) -> float:
    """A Chinese character counts for two."""
    return float(sum(2 if ord(sign) >= 0x2E80 else 1 for sign in text))


def test_a_short_line_stays_one() -> None:
    assert balanced("水位 158 m", 40, wide) == ["水位 158 m"]


def test_two_lines_are_about_equal() -> None:
    """31 and 38 would part "are affected"."""
    found = balanced("Three villages on the shore are affected when the level rises to 158 m", 60, wide)
    assert [len(line) for line in found] == [40, 29]


def test_a_break_after_a_part_of_the_sentence_is_preferred() -> None:
    found = balanced("七月二十四日起连降暴雨，水库水位由一百五十二米上涨", 44, wide)
    assert found == ["七月二十四日起连降暴雨，", "水库水位由一百五十二米上涨"]


def test_a_number_keeps_its_unit() -> None:
    for text in ("水库蓄水量为43.75亿m³", "the reservoir is at 157.50 m", "水库水位是158米"):
        for width in range(10, 24):
            assert not any(
                line[-1].isdigit() for line in balanced(text, width, wide)[:-1] if wide(line) < width - 7
            )


def test_a_sign_before_a_number_stays_with_it() -> None:
    for width in range(14, 30):
        assert not balanced("an error within ± 0.5 m of it", width, wide)[0].endswith("±")


@given(WORDS, st.integers(8, 90))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    found = balanced(text, width, wide)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(wide(line) <= width for line in found)
