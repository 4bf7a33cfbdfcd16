"""Documents from other people's servers: only from the host that was declared, with limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twin.stations.feeds.base import FeedError
from twin.stations.feeds.strict_json import MOST_BYTES

if TYPE_CHECKING:
    import aiohttp


class Fetcher:
    """Fetches from one host. Use as ``async with``."""

    def __init__(self, url: str, *, timeout_s: float, token: str | None = None) -> None:
        self._origin = _origin(url)
        self._timeout_s = timeout_s
        self._headers = {"Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._session: aiohttp.ClientSession | None = None
        self._etags: dict[str, str] = {}

    async def __aenter__(self) -> Fetcher:
        import aiohttp  # noqa: PLC0415

        self._session = aiohttp.ClientSession(
            headers=self._headers, timeout=aiohttp.ClientTimeout(total=self._timeout_s)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        await self._session.close()

    async def get(self, url: str, *, unless_unchanged: bool = False) -> bytes | None:
        """A document's bytes; None where it is unchanged since it was fetched last and that was asked for.

        Raises FeedError, also for another host than the declared one and for documents that are too large.
        """
        import aiohttp  # noqa: PLC0415

        if _origin(url) != self._origin:
            raise FeedError(f"leads to another host ({_origin(url)}), which is not followed")
        assert self._session is not None
        headers = {}
        if unless_unchanged and url in self._etags:
            headers["If-None-Match"] = self._etags[url]
        try:
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status == 304:
                    return None
                if response.status != 200:
                    raise FeedError(
                        f"{_shown(url)} answers {response.status} {response.reason or ''}".strip()
                    )
                data = await _body(response.content)
                if etag := response.headers.get("ETag"):
                    self._etags[url] = etag
                return data
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            said = " ".join(str(error).split())[:160] or type(error).__name__
            raise FeedError(f"{_shown(url)} cannot be reached: {said}") from None


async def _body(content: Any) -> bytes:
    data = bytearray()
    async for chunk in content.iter_chunked(1 << 16):
        data += chunk
        if len(data) > MOST_BYTES:
            raise FeedError(f"answers with more than {MOST_BYTES >> 20} MiB")
    return bytes(data)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _shown(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()
