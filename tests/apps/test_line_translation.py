"""What readers and builds say in English is read in Chinese, and no Chinese outlives its English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from apps.error_messages import say, told
from apps.line_translation import catalogue, translated
from twin.errors import Reason, TwinError
from twin.ingest.errors import MissingFileError

WORDS = re.compile(r"[a-z]{3,}(?: [a-z]{2,}){3,}")
"""Four small English words one after the other: a sentence."""


def blanks(template: str) -> list[tuple[str, str | None]]:
    return [(text, name) for text, name, *_ in Formatter().parse(template)]


EMPTY = "the file is empty"


def example(template: str) -> str:
    return template.format_map(
        {name: EMPTY if name == "why" else "7" for _, name in blanks(template) if name}
    )


@pytest.mark.parametrize("english", catalogue())
def test_every_line_is_found_and_its_chinese_is_chinese(english: str) -> None:
    chinese = translated(example(english), "zh")
    assert re.search("[\u4e00-\u9fff]", chinese) and not WORDS.search(chinese)
    assert chinese == translated(f"a file.csv: {example(english)}", "zh").removeprefix("a file.csv：")


@pytest.mark.parametrize(
    ("line", "chinese"),
    [
        ("2 features without geometry left out", "2 个要素没有几何，已略去"),
        (
            "gauges.csv: line 3: lon is empty; the row is left out",
            "gauges.csv：第 3 行：lon 为空（此行已略去）",
        ),
        (
            "points left out: 3 noise (class 7), 1,200 high noise (class 18)",
            "略去的点：噪声（第 7 类）3，高位噪声（第 18 类）1,200",
        ),
        ("its .prj is empty; crs is believed", "其 .prj 是空的；以目录中的 crs 为准"),
        ("a/7.b3dm: is cut off: 3 bytes of 5: left out", "a/7.b3dm：文件不完整：5 字节中只有 3 字节：已略去"),
        ("must be greater than 0; this is -1", "应大于 0，现为 -1"),
        (
            "levels are asked for from 05:20 to 05:20; known are 04:00 to 05:15",
            "所要时段 05:20 至 05:20 没有水位，已知：04:00 至 05:15",
        ),
        ("said by nobody here", "said by nobody here"),
    ],
)
def test_blanks_and_places_are_translated_too(line: str, chinese: str) -> None:
    assert translated(line, "zh") == chinese
    assert translated(line, "en") == line


def test_an_error_and_a_reason_that_was_kept_say_it_in_chinese() -> None:
    error = MissingFileError("roads.geojson: there is no such file")
    assert say(error, "zh") == told(Reason.of(error), "zh") == "找不到数据文件：roads.geojson：没有这个文件"
    assert say(error, "en") == "roads.geojson: there is no such file"


def test_a_fault_of_the_program_is_said_in_general_words() -> None:
    assert "内部错误" in say(ValueError("odd"), "zh") and "odd" not in say(ValueError("odd"), "en")
    assert say(TwinError("nobody translated this"), "zh") == "操作未能完成：nobody translated this"


def sources(project: Path, *more: str) -> Iterator[ast.Module]:
    for package in ("twin", "meshes", *more):
        for file in (project / package).rglob("*.py"):
            yield ast.parse(file.read_text(encoding="utf-8"))


def pieces(node: ast.AST) -> Iterator[str]:
    """The parts between blanks of every text in the code."""
    for found in ast.walk(node):
        if isinstance(found, ast.Constant) and isinstance(found.value, str):
            yield from (piece.removeprefix(": ") for piece in re.split(r"\{[^{}]*\}", found.value))


def test_every_line_is_still_said_somewhere(project: Path) -> None:
    """Each text between blanks is made of texts of the code, so a changed line takes its Chinese along."""
    said = {piece.strip() for tree in sources(project, "apps/recorder") for piece in pieces(tree)} - {""}
    for name in ("data_catalog.yaml", "site.yaml"):  # the sample's own sources
        said |= set(re.findall(r"source: ([^,}\n]+(?:, [^}\n]+)?)", (project / name).read_text("utf-8")))

    def is_said(text: str) -> bool:
        text = text.strip()
        return not text or any(text[:end] in said and is_said(text[end:]) for end in range(len(text), 0, -1))

    gone = [line for line in catalogue() if not all(is_said(text) for text, _ in blanks(line))]
    assert gone == []


def noted(tree: ast.Module) -> Iterator[str]:
    """Lines that are put into notes or doubts where they are written: ``doubts.append(f"…")``."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        to = node.func.value
        name = to.attr if isinstance(to, ast.Attribute) else to.id if isinstance(to, ast.Name) else ""
        if node.func.attr != "append" or name.strip("_") not in ("doubts", "notes"):
            continue
        match node.args[0]:
            case ast.Constant(value=str(text)):
                yield text
            case ast.JoinedStr(values=values):
                yield "".join(str(v.value) if isinstance(v, ast.Constant) else EMPTY for v in values)


IN_PIECES = {
    "7 7 as no data, which 7 cannot hold: no cell is left out by it",
    "holds 7 that 'classes' does not name: 77; there the ground is drawn as if nothing were known",
    "holds 7 m7 in 7 and nothing between that and 7 m: if they are no data, set nodata",
    "7 with # and would else be a row: taken for a remark",
    "7: left out beside broken ones: what is above stays, so that no hole opens",
}
"""Lines put together of words: the catalogue has them whole."""


def test_every_note_that_is_written_has_its_chinese(project: Path) -> None:
    found = [line for tree in sources(project) for line in noted(tree)]
    assert len(found) > 40
    left = [line for line in found if translated(line, "zh") == line]
    left = [line.replace(EMPTY, "7") for line in left]
    assert {line for line in left if translated(line, "zh") == line} == IN_PIECES
