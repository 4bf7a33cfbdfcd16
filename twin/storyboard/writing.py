"""Save a storyboard into its file, atomically.

Shots that have not changed keep their text to the letter, wherever they go; comments above a shot go with it.
Of what has changed only the values are replaced (``yaml_merge``).
"""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from twin.catalog.yaml_tree import MAX_BYTES, Document
from twin.disk import StoreError, refusal
from twin.store import write_whole
from twin.storyboard.loading import StoryboardError, load_storyboard_text, read_storyboard
from twin.storyboard.storyboard import Storyboard
from twin.storyboard.yaml_merge import merged_yaml, plain_yaml

SHOTS = "shots: 0\n"
"""Stands for all shots while the other keys are changed."""


class ChangedOnDiskError(StoreError):
    """Storyboard's file that somebody else has changed meanwhile."""

    zh = "脚本文件已在别处改动，未覆盖；请先重新读取"


class TooLongStoryboardError(StoreError):
    """Storyboard whose file would be too large to be read again."""

    zh = "脚本过长（超过 512 KiB），未保存"


def save(storyboard: Storyboard, path: Path | str, *, seen: str | None = None) -> str:
    """Write a storyboard to its file; return the digest of that.

    A file that is there keeps its comments, its order and the text of all that is the same. ``seen`` is the
    digest of the file as it was read: with it, one changed since is not overwritten (ChangedOnDiskError).
    Raises StoryboardError for a file that is no storyboard, which is not overwritten either, and StoreError
    where the system refuses.
    """
    path = Path(path)
    if seen is not None and changed_on_disk(path, seen):
        raise ChangedOnDiskError(f"{path}: was changed by somebody else; read it again", path=path)
    text = plain_yaml(_plain(storyboard, sparse=True))
    if path.exists():
        before, document = read_storyboard(path)
        edited = _edited(path.read_bytes().decode("utf-8-sig"), document, before, storyboard)
        text = edited if _means(edited, storyboard) else text
    raw = text.encode()
    if len(raw) > MAX_BYTES:
        raise TooLongStoryboardError(f"{path}: would be larger than {MAX_BYTES // 1024} KiB; it is not saved")
    try:
        write_whole(path.resolve(), text)
    except OSError as error:
        raise refusal(error, path) from error
    return sha256(raw).hexdigest()


def changed_on_disk(path: Path | str, seen: str) -> bool:
    """Return whether a file's digest is no longer ``seen``."""
    return digest_of(path) != seen


def digest_of(path: Path | str) -> str:
    """Return the SHA-256 of a file's content, '' where there is none.

    Raises StoreError where it cannot be read.
    """
    try:
        return sha256(Path(path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise refusal(error, Path(path)) from error


def _means(text: str, storyboard: Storyboard) -> bool:
    try:
        return load_storyboard_text(text) == storyboard
    except StoryboardError:
        return False


def _plain(storyboard: Storyboard, *, sparse: bool = False) -> dict[str, Any]:
    full: dict[str, Any] = storyboard.model_dump(mode="json", by_alias=True, exclude_none=True)
    if not sparse:
        return full
    filled: dict[str, Any] = _filled(
        storyboard.model_dump(mode="json", by_alias=True, exclude_defaults=True), full
    )
    return filled


def _filled(sparse: Any, full: Any) -> Any:
    """Values without defaults; a group that holds nothing else has them written out."""
    if isinstance(sparse, dict):
        return {key: _filled(item, full[key]) for key, item in sparse.items()} or full
    if isinstance(sparse, list):
        return [_filled(item, whole) for item, whole in zip(sparse, full, strict=True)]
    return sparse


def _edited(text: str, document: Document, before: Storyboard, after: Storyboard) -> str:
    windows = "\r\n" in text
    text = text.replace("\r\n", "\n")
    lines = (text if text.endswith("\n") else text + "\n").splitlines(keepends=True)
    old, new, sparse = _plain(before), _plain(after), _plain(after, sparse=True)
    cuts = _cuts(lines, document, len(before.shots))
    if cuts is None:
        text = merged_yaml("".join(lines), old=old, new=new, sparse=sparse, dash=2)
    else:
        dash = lines[document.line_of(("shots", 0)) - 1].index("-")
        blocks = ["".join(lines[start:end]) for start, end in pairwise(cuts)]
        own, tail = lines[: cuts[0]], lines[cuts[-1] :]
        rest = "".join([*own[:-1], SHOTS, *tail])
        if _without_shots(old) != _without_shots(new):
            rest = merged_yaml(
                rest,
                old=_without_shots(old),
                new=_without_shots(new),
                sparse=_without_shots(sparse),
                dash=dash,
            )
        shots = own[-1] + _shots(blocks, old["shots"], new["shots"], sparse["shots"], dash=dash)
        text = f"\n{rest}".replace(f"\n{SHOTS}", f"\n{shots}", 1)[1:]
    return text.replace("\n", "\r\n") if windows else text


def _without_shots(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "shots": "0"}


def _cuts(lines: list[str], document: Document, count: int) -> list[int] | None:
    """Where the shots' lines begin, and where the last ones end, from 0; None where shots share lines.

    Blanks and comments above a shot are its own, those below the last one are not.
    """
    first = document.line_of(("shots",))
    starts = [document.line_of(("shots", k)) - 1 for k in range(count)]
    in_lines = all(lines[start].lstrip().startswith("- ") for start in starts)
    if not in_lines or not lines[first - 1].startswith("shots:") or len({*starts, first - 1}) != count + 1:
        return None
    others = [line - 1 for path, line in document.lines.items() if len(path) == 1 and line > first]
    end = min(others, default=len(lines))
    return [first, *(_after_content(lines, start) for start in (*starts[1:], end))]


def _after_content(lines: list[str], end: int) -> int:
    while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return end


def _shots(
    blocks: list[str], old: list[dict[str, Any]], new: list[dict[str, Any]], sparse: list[Any], *, dash: int
) -> str:
    spaced = any(block.startswith("\n") for block in blocks[1:])
    known = {shot["id"]: (block, shot) for block, shot in zip(blocks, old, strict=True)}
    found = ""
    for shot, least in zip(new, sparse, strict=True):
        block, was = known.get(shot["id"], ("", None))
        if was is None:
            block = plain_yaml([least], dash=dash)
        elif was != shot:
            block = merged_yaml(block, old=[was], new=[shot], sparse=[least], dash=dash)
        found += ("\n" if found and spaced else "") + block.lstrip("\n")
    return found
