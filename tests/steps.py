"""Steps of a build that tests run by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twin.build import Step


def writing(name: str, text: str, **more: Any) -> Step:
    """A step that writes ``text`` into a file of its product; the text counts in its key."""

    def make(folder: Path, _needs: object, tell: object) -> None:
        (folder / "it.txt").write_text(text)

    return Step(name=name, title=(name, name), make=make, settings={"text": text}, **more)
