"""Fetch documents from other people's servers.

Only from the host that was declared, with limits.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from twin.stations.feeds.base import FeedError
from twin.stations.feeds.document import MOST_BYTES

if TYPE_CHECKING:
    import aiohttp

MOST_REDIRECTS = 5


@dataclass(frozen=True)
class Answer:
    """Fetched document: unpacked bytes, declared charset, time of change.

    ``modified`` is the header Last-Modified as it was sent.
    """

    data: bytes
    charset: str | None
    modified: str | None = None


class Fetcher:
    """Fetches from one host.

    Use as ``async with``.
    """

    def __init__(
        self, url: str, *, timeout_s: float, token: str | None = None, accept: str = "application/json"
    ) -> None:
        self._origin = _origin(url)
        self._timeout_s = timeout_s
        self._headers = {"Accept": accept, "Accept-Encoding": "gzip"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._session: aiohttp.ClientSession | None = None
        self._etags: dict[str, str] = {}

    async def __aenter__(self) -> Fetcher:
        import aiohttp  # noqa: PLC0415

        # Unpacked here: the library would unpack a whole bomb before the first byte could be counted.
        self._session = aiohttp.ClientSession(
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=self._timeout_s),
            auto_decompress=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        await self._session.close()

    async def get(self, url: str, *, unless_unchanged: bool = False) -> Answer | None:
        """Fetch a document; None where it is unchanged.

        Unchanged since the last fetch, where that is requested. Raises FeedError, also for another host than
        the declared one and for documents that are too large.
        """
        import aiohttp  # noqa: PLC0415

        try:
            for _ in range(MOST_REDIRECTS):
                answer = await self._once(url, unless_unchanged)
                if not isinstance(answer, str):
                    return answer
                url = answer
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            said = _why(error, self._timeout_s)
            raise FeedError(f"{_shown(url)} cannot be reached: {said}") from None
        raise FeedError(f"{_shown(url)} leads on and on ({MOST_REDIRECTS} redirects)")

    async def _once(self, url: str, unless_unchanged: bool) -> Answer | str | None:
        """The document, or where it leads to on the same host."""
        if _origin(url) != self._origin:
            raise FeedError(f"leads to another host ({_origin(url)}), which is not followed")
        assert self._session is not None
        headers = {}
        if unless_unchanged and url in self._etags:
            headers["If-None-Match"] = self._etags[url]
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            if response.status == 304:
                return None
            if response.status in (301, 302, 303, 307, 308) and "Location" in response.headers:
                target = urljoin(url, response.headers["Location"])
                if _origin(target) == self._origin:
                    return target
                raise FeedError(
                    f"{_shown(url)} answers {response.status} and leads to {_shown(target)}: "
                    "where that is the right place, name it in site.yaml"
                )
            if response.status != 200:
                raise FeedError(f"{_shown(url)} answers {response.status} {response.reason or ''}".strip())
            data = await _body(response.content, response.headers.get("Content-Encoding", ""))
            if etag := response.headers.get("ETag"):
                self._etags[url] = etag
            return Answer(data, response.charset, response.headers.get("Last-Modified"))


async def _body(content: Any, coding: str) -> bytes:
    """The body, unpacked as it comes, never more of it than is taken."""
    packed = coding.strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FeedError(f"answers packed as {packed[:20]!r}, which was not asked for")
    unpack = (
        zlib.decompressobj(wbits=47) if packed not in ("", "identity") else None
    )  # gzip or zlib, as it is
    data = bytearray()
    async for chunk in content.iter_chunked(1 << 16):
        try:
            data += chunk if unpack is None else unpack.decompress(chunk, MOST_BYTES + 1 - len(data))
        except zlib.error:
            raise FeedError("answers with packed bytes that are damaged") from None
        if len(data) > MOST_BYTES:
            raise FeedError(f"answers with more than {MOST_BYTES >> 20} MiB")
    if unpack is not None and data and not unpack.eof:
        raise FeedError("answers with packed bytes that end too early")
    return bytes(data)


def _why(error: BaseException, timeout_s: float) -> str:
    """A library's complaint in our words; its own only where we have none."""
    import aiohttp  # noqa: PLC0415

    if isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientSSLError):
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return "no such host is known"
        why = os.strerror(error.errno).lower() if error.errno else "no connection"
        return f"nobody answers there ({why})"
    ours = (
        (TimeoutError, f"no answer within {timeout_s:g} s"),
        (aiohttp.ClientSSLError, "its certificate is not trusted, or it does not speak TLS"),
        (aiohttp.ServerDisconnectedError, "it hung up without an answer"),
        (aiohttp.ClientPayloadError, "it hung up before the answer was whole"),
        ((aiohttp.InvalidURL, UnicodeError), "is no address"),
        (aiohttp.ClientResponseError, "its answer is no HTTP"),
    )
    said = next(
        (words for kind, words in ours if isinstance(error, kind)), " ".join(str(error).split())[:160]
    )
    return said or type(error).__name__


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _shown(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()
