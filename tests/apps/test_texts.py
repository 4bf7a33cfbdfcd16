"""Both languages are complete."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

from apps.texts import texts


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert texts("zh").keys() == texts("en").keys()


def test_a_text_has_the_same_blanks_in_both_languages() -> None:
    assert {k: _blanks(v) for k, v in texts("zh").items()} == {k: _blanks(v) for k, v in texts("en").items()}


def test_no_text_is_empty_and_chinese_is_chinese() -> None:
    same = {k for k, v in texts("zh").items() if v == texts("en")[k]}
    assert all(text.strip() for language in ("zh", "en") for text in texts(language).values())
    assert same <= {"none", "unit_level", "unit_area", "unit_flow", "key_language"}


def test_the_page_asks_only_for_texts_that_exist(project: Path) -> None:
    asked = set()
    for file in [*(project / "apps/view/ui").glob("*.py"), project / "apps/rooms/page.py"]:
        asked |= set(re.findall(r"\bt\.([a-z_]*[a-z])\b(?!_?{)", file.read_text(encoding="utf-8")))
    for file in (project / "apps/browser/www").glob("*.js"):
        asked |= set(re.findall(r"\bt\.([a-z]+_[a-z_]+)\b", file.read_text(encoding="utf-8")))
    assert len(asked) > 30
    assert asked <= texts("zh").keys()
