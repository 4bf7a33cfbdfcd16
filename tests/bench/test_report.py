"""The page of figures is brought up to date, and what people wrote on it stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import report

PAGE = """# Performance

Old head.

## Lakes

Why this matters.

| what | measured |
|---|---|
| old | 1 |

A note below.

`python tests/bench/lakes.py data`

## Measured by hand

| x |
|---|
| 7 |
"""
PRINTED = "| what | measured |\\n|---|---|\\n| new | 2 |"


def test_tables_are_renewed_and_words_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, title in (("lakes", "Lakes in a row"), ("rivers", "Rivers")):
        script = f'"""{title}.\n\nMore."""\nprint("{PRINTED}")\n'
        (tmp_path / f"{name}.py").write_text(script, encoding="utf-8")
    monkeypatch.setattr(report, "HERE", tmp_path)
    monkeypatch.setattr(report, "SCRIPTS", ("lakes.py", "rivers.py"))
    page = tmp_path / "performance.md"
    page.write_text(PAGE, encoding="utf-8")
    report.main(page)
    once = page.read_text(encoding="utf-8")
    head, *rest = once.split("\n## ")
    assert "Old head." not in head
    table = "| what | measured |\n|---|---|\n| new | 2 |"
    assert rest == [
        f"Lakes\n\nWhy this matters.\n\n{table}\n\nA note below.\n\n`python tests/bench/lakes.py data`\n",
        "Measured by hand\n\n| x |\n|---|\n| 7 |\n",
        f"Rivers\n\n{table}\n\n`python tests/bench/rivers.py`\n",
    ]
    report.main(page)
    assert page.read_text(encoding="utf-8") == once
