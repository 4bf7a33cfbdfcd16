"""Encode messages of service and views: one JSON document a line.

Made of the types of ``twin.stations.snapshot``. A view first says the secret, then hears ``{"now": …}`` and
after it ``{"more": …}`` with what has changed; an empty ``more`` is a sign of life. A view asks with
``{"ask": name, "id": n, …}`` and gets ``{"answer": n, …}`` or ``{"answer": n, "error": words, "zh": words}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from twin.alarms.operating import AlarmOutcome
from twin.alarms.shift_entry import ShiftEntry, ShiftSummary
from twin.errors import TwinError
from twin.stations.snapshot import AlarmNow, FeedNow, Now, Past, RainNow, ValueNow
from twin.strict_json import JsonError, parse_json

ALIVE_EVERY_S = 2.0
LOST_AFTER_S = 6.0
AGE_STEP_S = 2.0
QUESTION_BYTES = 1024 * 1024
TOLD_BYTES = 32 * 1024 * 1024


class ProtocolError(TwinError):
    """Invalid line of the protocol."""

    zh = "实时服务的数据不完整：{message}"


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _plain(value: Any, kind: Any) -> Any:
    return _adapter(kind).dump_python(value, mode="json", exclude_defaults=True)


def line(document: Mapping[str, Any]) -> bytes:
    """Encode a document as one line."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def document(text: bytes) -> dict[str, Any]:
    """Decode the document of a line.

    Raises ProtocolError.
    """
    try:
        found = parse_json(text)
    except JsonError:
        raise ProtocolError("a line that is no JSON came from the live service's other side") from None
    if not isinstance(found, dict):
        raise ProtocolError("a line that is no document came from the live service's other side")
    return found


def changed(now: Now, before: Now | None) -> dict[str, Any]:
    """Return the difference of ``now`` to ``before``; without it everything."""
    if before is None:
        values = dict(now.values)
    else:
        passed_s = now.made_s - before.made_s
        values = {k: v for k, v in now.values.items() if not _same(v, before.values.get(k), passed_s)}
    told: dict[str, Any] = {}
    if values:
        told["values"] = [_plain(v, ValueNow) for v in values.values()]
    rain = now.rain if before is None else {k: v for k, v in now.rain.items() if v != before.rain.get(k)}
    if rain:
        told["rain"] = [_plain(v, RainNow) for v in rain.values()]
    if before is None or now.alarms != before.alarms:
        told["alarms"] = [_plain(a, AlarmNow) for a in now.alarms]
    if before is None or now.feeds != before.feeds:
        told["feeds"] = [_plain(f, FeedNow) for f in now.feeds]
    if before is None or now.trouble != before.trouble:
        told["trouble"] = now.trouble
    return told


def _same(value: ValueNow, before: ValueNow | None, passed_s: float) -> bool:
    """Whether nothing but the age has changed, and that by what has passed: the other side counts that.

    An age that changes otherwise is told anew: the service's clock was set.
    """
    if before is None:
        return False
    if passed_s and value.age_s is not None and before.age_s is not None:
        stepped_s = value.age_s - before.age_s - passed_s
        if abs(stepped_s) > AGE_STEP_S:
            return False
    return all(
        getattr(value, name) == getattr(before, name)
        for name in (
            "phenomenon_at",
            "value",
            "quality",
            "reason",
            "trend",
            "feed",
            "last_value",
            "last_at",
            "received_at",
        )
    )


def values_as_plain(values: Iterable[ValueNow]) -> list[Any]:
    return [_plain(value, ValueNow) for value in values]


def values_of(told: Mapping[str, Any]) -> dict[str, ValueNow]:
    """Raises ProtocolError, as all readers here."""
    return {v.datastream: v for v in _read(told.get("values", []), list[ValueNow])}


def rain_of(told: Mapping[str, Any]) -> dict[str, RainNow]:
    return {v.station: v for v in _read(told.get("rain", []), list[RainNow])}


def alarms_of(told: Mapping[str, Any]) -> tuple[AlarmNow, ...] | None:
    return tuple(_read(told["alarms"], list[AlarmNow])) if "alarms" in told else None


def feeds_of(told: Mapping[str, Any]) -> tuple[FeedNow, ...] | None:
    return tuple(_read(told["feeds"], list[FeedNow])) if "feeds" in told else None


def past_as_plain(past: Past) -> Any:
    return _plain(past, Past)


def past_of(plain: Any) -> Past:
    found: Past = _read(plain, Past)
    return found


def outcome_as_plain(outcome: AlarmOutcome) -> Any:
    return _plain(outcome, AlarmOutcome)


def outcome_of(plain: Any) -> AlarmOutcome:
    found: AlarmOutcome = _read(plain, AlarmOutcome)
    return found


def shifts_as_plain(entries: list[ShiftEntry], summary: ShiftSummary) -> Any:
    return {"entries": [_plain(e, ShiftEntry) for e in entries], "summary": _plain(summary, ShiftSummary)}


def shifts_of(plain: Any) -> tuple[list[ShiftEntry], ShiftSummary]:
    """Raises ProtocolError, as all readers here."""
    return _read(plain["entries"], list[ShiftEntry]), _read(plain["summary"], ShiftSummary)


def _read(plain: Any, kind: Any) -> Any:
    try:
        return _adapter(kind).validate_python(plain)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ProtocolError(f"the live service told something that is not whole: {first['msg']}") from None
