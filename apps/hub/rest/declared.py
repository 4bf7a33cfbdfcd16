"""Declare an operation of the REST interface: parameters, answer, role, call."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from inspect import getdoc
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeVar

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from apps.hub.permissions import needs
from apps.hub.rest.problems import PREFIX, NotReadyError, ParameterError, TooSlowError, language_of
from apps.hub.visitor import Role, visitor_of
from apps.line_translation import translated
from twin.catalog.validation_messages import sentences
from twin.strict_json import JsonError, parse_json

if TYPE_CHECKING:
    from apps.hub.audit import AuditJournal
    from apps.hub.opened import Opened
    from apps.hub.rest.paper_orders import Papers
    from apps.hub.visitor import Visitor
    from apps.live.live_feed import LiveFeed
    from apps.painter.pool import PainterPool
    from twin.bilingual import Language
    from twin.store import Store

_PARTS = re.compile(r"(?P<wanted>.*?)(?:; this is (?P<given>.*?))?(?: \((?P<hint>.*)\))?", re.DOTALL)
_ZH = {"is not a key here": "此处没有这个参数", "is missing": "未给出"}
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

MOST_BODY = 64 * 1024
CACHING = {"Cache-Control": "private, no-cache", "Vary": "Accept-Language, Authorization, Cookie"}
"""Answers are of who asks, and are asked for anew; by the ETag only what has changed is sent."""

WORK_S = 10.0
"""Work in a thread is given up after so long."""
WORKERS = 2
"""Requests that compute, and requests that read the database, at once; others wait."""
_computing = ThreadPoolExecutor(WORKERS, thread_name_prefix="rest-computing")
_reading = ThreadPoolExecutor(WORKERS, thread_name_prefix="rest-reading")


class Parameters(BaseModel):
    """Parameters of an operation, from its address and its query."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class JsonAnswer(BaseModel):
    """Answer of an operation, as JSON."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


def _plain_number(value: Any) -> Any:
    if isinstance(value, str) and ("_" in value or value != value.strip()):  # 1_50 is no way to write 150
        raise ValueError(f"must be a number; this is {value!r:.40}")
    return value


Number = Annotated[float, BeforeValidator(_plain_number)]


class RestServices(Protocol):
    """Services that answer requests.

    :class:`apps.hub.hub_server.Hub` has them.
    """

    painter: PainterPool
    live: LiveFeed | None
    shelf: Store
    instance: str
    audit: AuditJournal
    papers: Papers

    async def opened_for(self, visitor: Visitor) -> Opened | None: ...


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Request, and the hub that answers it."""

    hub: RestServices
    request: web.Request

    @property
    def visitor(self) -> Visitor:
        """Visitor who sent it."""
        return visitor_of(self.request)

    @property
    def language(self) -> Language:
        """Language of the words in its answer."""
        return language_of(self.request)

    async def opened(self) -> Opened:
        """Return the basin filtered by the visitor's access.

        Raises NotReadyError, NothingToSeeError.
        """
        found = await self.hub.opened_for(self.visitor)
        if found is None:
            raise NotReadyError
        return found

    def record(self, what: str, **more: Any) -> None:
        """Append to the audit journal that this visitor has exported something."""
        self.hub.audit.record(self.visitor, "exported", what=what, by="rest", **more)

    async def work(self, call: Callable[..., T], *args: Any) -> T:
        """Call a function in a thread, away from the event loop.

        Raises TooSlowError after ``WORK_S``; the thread then ends its work for nothing.
        """
        return await _called(_computing, call, *args)

    async def read(self, call: Callable[..., T], *args: Any) -> T:
        """Call what reads the database, as :meth:`work` does.

        In threads of its own: a database that does not answer holds nothing else.
        """
        return await _called(_reading, call, *args)


async def _called(threads: ThreadPoolExecutor, call: Callable[..., T], *args: Any) -> T:
    try:
        async with asyncio.timeout(WORK_S):
            return await asyncio.get_running_loop().run_in_executor(threads, call, *args)
    except TimeoutError:
        raise TooSlowError(WORK_S) from None


Call = Callable[[Ask, Any], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Operation of the interface.

    ``answer`` is the model of its JSON; ``also`` are other media types of its answer, and what they hold.
    ``refusals`` are statuses that it may have beside those of every operation.
    """

    method: Literal["GET", "POST"]
    path: str
    role: Role | None
    parameters: type[Parameters]
    body: type[BaseModel] | None
    answer: type[JsonAnswer] | None
    also: Mapping[str, str]
    refusals: tuple[int, ...]
    call: Call
    tag: str

    @property
    def id(self) -> str:
        """Name of the operation."""
        return self.call.__name__

    @property
    def words(self) -> str:
        """Description of its answer."""
        if self.answer is None:
            return " ".join(self.also.values())
        return (getdoc(self.answer) or "").partition("\n")[0]

    @property
    def description(self) -> str:
        """Description of what it does: its function's docstring."""
        return getdoc(self.call) or ""


def operation(
    method: Literal["GET", "POST"],
    path: str,
    *,
    role: Role | None = "watch",
    parameters: type[Parameters] = Parameters,
    body: type[BaseModel] | None = None,
    answer: type[JsonAnswer] | None = None,
    also: Mapping[str, str] = MappingProxyType({}),
    refusals: tuple[int, ...] = (),
) -> Callable[[Call], Operation]:
    """Make an operation of a function, whose docstring describes it."""

    def declare(call: Call) -> Operation:
        return Operation(
            method=method,
            path=path,
            role=role,
            parameters=parameters,
            body=body,
            answer=answer,
            also=also,
            refusals=refusals,
            call=call,
            tag=call.__module__.rpartition(".")[2].partition("_")[0],
        )

    return declare


def add_operation(app: web.Application, hub: RestServices, declared: Operation) -> None:
    """Add the route of an operation."""

    @needs(declared.role)
    async def handle(request: web.Request) -> web.StreamResponse:
        asked = _read(declared.parameters, request)
        found = await declared.call(Ask(hub=hub, request=request), asked)
        if isinstance(found, web.StreamResponse):
            return found
        body = found.model_dump_json().encode()
        return tagged(body, request, "application/json")

    app.router.add_route(declared.method, PREFIX + declared.path, handle)
    if declared.method == "GET":
        app.router.add_route("HEAD", PREFIX + declared.path, handle)


def _read(kind: type[Parameters], request: web.Request) -> Parameters:
    """Check parameters of address and query; raises ParameterError for the first fault."""
    told: dict[str, str] = {}
    for name, value in (*request.match_info.items(), *request.query.items()):
        if name in told:
            raise ParameterError(_short(name), "is given twice", "出现了两次")
        told[name] = value
    try:
        return kind.model_validate_strings(told)
    except ValidationError as error:
        raise _fault(error, kind) from None


def _fault(error: ValidationError, kind: type[BaseModel]) -> ParameterError:
    """The first fault, in both languages: what is wanted, what was given, what may be meant."""
    where, _, words = sentences(kind, error)[0].partition(" ")
    parts = _PARTS.fullmatch(words)
    assert parts is not None
    zh = _ZH.get(parts["wanted"]) or translated(parts["wanted"], "zh")
    zh += f"，所给为 {parts['given']}" if parts["given"] else ""
    hint = (parts["hint"] or "").replace("did you mean", "是否为").replace("known here:", "可用：")
    return ParameterError(_short(where or "body"), words, zh + (f"（{hint}）" if hint else ""))


def _short(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:60]


def tagged(
    body: bytes, request: web.Request, media_type: str, headers: Mapping[str, str] = MappingProxyType({})
) -> web.Response:
    """Make an answer with its ETag.

    304 without the body where the client has it already.
    """
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    kept = {**CACHING, **headers, "ETag": tag}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    if tag in known:
        return web.Response(status=304, headers=kept)
    charset = "utf-8" if media_type.startswith("text/") else None
    return web.Response(body=body, content_type=media_type, charset=charset, headers=kept)


async def read_bytes(ask: Ask) -> bytes:
    """Read a JSON body; raises HTTPUnsupportedMediaType, HTTPRequestEntityTooLarge."""
    if ask.request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    body = await ask.request.read()  # by apps.hub.edge already, in bounded time
    if len(body) > MOST_BODY:
        raise web.HTTPRequestEntityTooLarge(max_size=MOST_BODY, actual_size=len(body))
    return body


async def read_body(ask: Ask, kind: type[M]) -> M:
    """Read a JSON body as a model.

    Raises ParameterError for the first fault, and what :func:`read_bytes` raises.
    """
    try:
        return kind.model_validate(parse_json(await read_bytes(ask)))
    except JsonError as error:
        raise ParameterError("body", f"is no JSON ({error})", f"不是有效的 JSON（{error}）") from None
    except ValidationError as error:
        raise _fault(error, kind) from None
