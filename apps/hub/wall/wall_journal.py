"""Append what the wall showed, one JSON line a picture.

A file a day (UTC) in the store. A line holds the request by which the picture was drawn (Scene, generation,
size), the digest of its JPEG and its mark. Values of stations are a line of their own, written when they
change, to which pictures refer by ``rev``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from apps.painter.messages import Paint
from layers.camera.flight import fly
from layers.labels.signs import NO_SIGNS, Signs
from twin.errors import TwinError
from twin.scene import Camera
from twin.strict_json import JsonError, parse_json

logger = logging.getLogger(__name__)

FOLDER = "wall"
KEPT_DAYS = 30
_PAINT, _SIGNS, _CAMERA = TypeAdapter(Paint), TypeAdapter(Signs), TypeAdapter(Camera)


class NothingShownError(TwinError):
    """Time of which the wall's journal has no picture."""

    zh = "该时刻大屏没有画面记录；记录保留 30 天"


@dataclass(frozen=True, kw_only=True)
class ShownPicture:
    """Picture of the wall as its journal has it.

    ``at`` is when it was sent. ``digest`` is that of its JPEG, '' where it was not smooth yet or the camera
    flew; then ``request`` has the flight's camera of that time.
    """

    at: datetime
    request: Paint
    digest: str
    mark: dict[str, Any]


class WallJournal:
    """Journal of one wall; lines wait until :meth:`flush` writes them."""

    def __init__(self, store: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder, self._now = store / FOLDER, now
        with suppress(OSError):  # a store that is gone is not made anew
            self._folder.mkdir(exist_ok=True)
        self._waiting: list[tuple[str, str]] = []
        self._rev, self._signs, self._day = 0, "", ""
        self._failing = False

    def picture(self, request: Paint, jpeg: bytes, mark: dict[str, Any], *, smooth: bool) -> None:
        """Record a picture at rest, as it is sent."""
        signs = _packed(NO_SIGNS if request.signs is None else request.signs)
        day = self._now().strftime("%Y-%m-%d")
        if (signs, day) != (self._signs, self._day):
            self._rev, self._signs, self._day = self._rev + 1, signs, day
            self._append({"rev": self._rev, "signs": signs})
        drawn = _PAINT.dump_python(replace(request, signs=None), mode="json", exclude_none=True)
        drawn["scene"] = request.scene.model_dump(mode="json", exclude_defaults=True)
        digest = digest_of(jpeg) if smooth else ""
        self._append({"request": drawn, "rev": self._rev, "digest": digest, "mark": mark})

    def flight(self, start: Camera, end: Camera, seconds: float) -> None:
        """Record a flight, as it begins."""
        self._append({"flight": {"start": dict(start), "end": dict(end), "seconds": seconds}})

    def drill(self, run: str, what: str, *, file: str, author: str, by: str) -> None:
        """Record start or end of a drill."""
        self._append({"drill": {"run": run, "what": what, "file": file, "author": author, "by": by}})

    def _append(self, line: dict[str, Any]) -> None:
        now = self._now()
        text = json.dumps({"at": now.isoformat(timespec="milliseconds"), **line}, ensure_ascii=False)
        self._waiting.append((now.strftime("%Y-%m-%d"), text))

    def flush(self) -> None:
        """Write what waits; a disk that refuses is logged once."""
        waiting, self._waiting = self._waiting, []
        try:
            for day, text in waiting:
                path = self._folder / f"{day}.jsonl"
                if not path.exists():
                    self._drop_old()
                with path.open("a", encoding="utf-8") as file:
                    file.write(text + "\n")
        except OSError as error:
            if not self._failing:
                logger.error("twin: what the wall shows is not journalled: %s", error)
            self._failing = True
        else:
            self._failing = False

    def _drop_old(self) -> None:
        first = (self._now() - timedelta(days=KEPT_DAYS)).strftime("%Y-%m-%d")
        for path in self._folder.glob("????-??-??.jsonl"):
            if path.stem < first:
                path.unlink()


def digest_of(jpeg: bytes) -> str:
    """Return the digest by which a picture is compared."""
    return hashlib.sha256(jpeg).hexdigest()


def shown_at(store: Path, at: datetime) -> ShownPicture:
    """Return what the wall showed at an aware time.

    Its last picture at rest; in a flight, with the flight's camera. Raises NothingShownError.
    """
    found: dict[str, Any] | None = None
    flight: dict[str, Any] | None = None
    revs: dict[int, str] = {}
    for line in _lines(store / FOLDER, at):
        if "signs" in line:
            revs[line["rev"]] = line["signs"]
        elif "flight" in line:
            flight = line
        elif "request" in line:
            found = line
            flight = None
    if found is None:
        raise NothingShownError(
            f"the wall's journal has no picture of {at.isoformat()} or before on that day"
        )
    try:
        request = replace(_PAINT.validate_python(found["request"], strict=False), signs=_signs(revs, found))
    except (ValidationError, KeyError) as error:
        raise NothingShownError("the wall's journal is of another version, or damaged") from error
    shown = ShownPicture(
        at=_time(found), request=request, digest=str(found["digest"]), mark=dict(found.get("mark", {}))
    )
    return shown if flight is None else _flown(shown, flight, at)


def _flown(shown: ShownPicture, line: dict[str, Any], at: datetime) -> ShownPicture:
    """The scene of a picture with the camera of a flight at a time."""
    plan = line["flight"]
    start, end = (_CAMERA.validate_python(plan[name]) for name in ("start", "end"))
    camera = fly(start, end, seconds=plan["seconds"]).at((at - _time(line)).total_seconds())
    request = replace(shown.request, scene=shown.request.scene.changed(camera=camera))
    return replace(shown, at=at, request=request, digest="")


def _lines(folder: Path, at: datetime) -> Iterator[dict[str, Any]]:
    """Lines of the day up to a time; one that was cut off by a power cut is passed over."""
    path = folder / f"{at.astimezone(UTC):%Y-%m-%d}.jsonl"
    try:
        file = path.open(encoding="utf-8")
    except OSError:
        return
    with file:
        for text in file:
            with suppress(JsonError):
                line = parse_json(text)
                if _time(line) > at:
                    return
                yield line


def _time(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(str(line["at"]))


def _packed(signs: Signs) -> str:
    return base64.b64encode(zlib.compress(_SIGNS.dump_json(signs), 6)).decode()


def _signs(revs: dict[int, str], line: dict[str, Any]) -> Signs:
    return _SIGNS.validate_json(zlib.decompress(base64.b64decode(revs[line["rev"]])))
