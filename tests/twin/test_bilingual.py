"""Names are indexed by language, and a missing one is the other's."""

from __future__ import annotations

from twin.bilingual import in_both
from twin.catalog import Names


def test_a_name_is_indexed_by_language() -> None:
    name = Names(zh="密云水库", en="Miyun Reservoir")
    assert (name["zh"], name["en"]) == ("密云水库", "Miyun Reservoir")
    assert name.model_dump() == in_both(name["zh"], name["en"])


def test_where_one_language_is_missing_the_other_stands_for_it() -> None:
    assert in_both("潮河") == in_both("", "潮河") == {"zh": "潮河", "en": "潮河"}
    assert in_both("") == {"zh": "", "en": ""}
