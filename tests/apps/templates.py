"""The page's template texts: string constants of the parts, without docstrings."""

from __future__ import annotations

import ast
from pathlib import Path


def template_texts(project: Path) -> list[str]:
    """Each string of ``apps/parts`` and ``apps/rooms`` that the page may hold."""
    found = []
    for folder in ("apps/parts", "apps/rooms"):
        for file in sorted((project / folder).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            docs = {
                id(node.body[0].value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
                and node.body
                and isinstance(node.body[0], ast.Expr)
            }
            found += [
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
            ]
    return found


def scripts(project: Path) -> list[str]:
    """The browser's scripts."""
    return [file.read_text(encoding="utf-8") for file in sorted((project / "apps/browser/www").glob("*.js"))]
