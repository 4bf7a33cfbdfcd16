"""A browser without a screen: speaks wslink with a hub, keeps the state it is told, confirms pictures."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping
from ssl import SSLContext
from types import TracebackType
from typing import Any

import msgpack
from aiohttp import ClientSession, ClientWebSocketResponse
from wslink.chunking import UnChunker, generate_chunks

LARGEST = 4 * 1024 * 1024


class Bot:
    """One page; ``prompt`` ones confirm each picture at once."""

    def __init__(
        self,
        url: str,
        *,
        session: str = "",
        room: str = "desk",
        prompt: bool = True,
        headers: Mapping[str, str] | None = None,
        trust: SSLContext | None = None,
    ) -> None:
        self._headers = headers or {}
        self._ssl = trust or True
        self._url = f"{url}ws?room={room}&session={session}"
        self._prompt = prompt
        self._ids = itertools.count(1)
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._changed = asyncio.Condition()
        self.state: dict[str, Any] = {}
        self.pictures: list[dict[str, Any]] = []
        #: All that was received, where it is set to b"" before.
        self.heard: bytes | None = None
        self.closed = asyncio.Event()

    async def __aenter__(self) -> Bot:
        self._http = ClientSession()
        try:
            self._socket: ClientWebSocketResponse = await self._http.ws_connect(
                self._url, max_msg_size=0, headers=self._headers, ssl=self._ssl
            )
        except BaseException:
            await self._http.close()
            raise
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._socket.close()
        await self._http.close()

    async def hello(self) -> None:
        """Sign in, and take the state."""
        await self._send("system:hello", "wslink.hello", [{"secret": "wslink-secret"}])
        await self.call("trame.state.get")
        await self.call("twin.scene.size", 320, 180)
        await self.call("twin.scene.reset")

    async def call(self, method: str, *args: Any) -> Any:
        return await self._send(f"rpc:{next(self._ids)}", method, list(args))

    async def trigger(self, name: str, *args: Any) -> Any:
        return await self.call("trame.trigger", name, list(args), {})

    async def until(self, holds: Callable[[], bool], *, seconds: float = 30.0) -> None:
        """Wait for a state."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(holds)

    async def _send(self, id_: str, method: str, args: list[Any]) -> Any:
        answer = self._answers[id_] = asyncio.get_running_loop().create_future()
        await self._post({"wslink": "1.0", "id": id_, "method": method, "args": args, "kwargs": {}})
        async with asyncio.timeout(30):
            return await answer

    async def _post(self, message: Mapping[str, Any]) -> None:
        for chunk in generate_chunks(msgpack.packb(message), LARGEST):
            await self._socket.send_bytes(chunk)

    async def _read(self) -> None:
        chunks = UnChunker()
        chunks.set_max_message_size(1 << 30)
        async for message in self._socket:
            whole = chunks.process_chunk(message.data)
            if whole is not None:
                await self._take(whole)
        self.closed.set()
        async with self._changed:
            self._changed.notify_all()

    async def _take(self, message: Mapping[str, Any]) -> None:
        if self.heard is not None:
            self.heard += msgpack.packb(message)
        id_, result = message["id"], message.get("result")
        if (answer := self._answers.pop(id_, None)) is not None:
            if isinstance(result, dict) and "state" in result:  # at once: what is pushed behind it is newer
                self.state |= result["state"]
            if not answer.done():
                answer.set_result(result)
            return
        topic = id_.split(":")[1]
        if topic == "trame.state.topic":
            self.state |= {one["key"]: one["value"] for one in result} if isinstance(result, list) else result
        elif topic == "twin.scene.picture":
            meta = result["meta"]
            if meta["type"] == "image/jpeg":
                self.pictures.append(meta)
                if self._prompt:
                    event = {"type": "painted", "n": meta["n"]}
                    await self._post(
                        {
                            "wslink": "1.0",
                            "id": f"rpc:p{meta['n']}",
                            "method": "twin.scene.event",
                            "args": [event],
                            "kwargs": {},
                        }
                    )
            self.state |= meta.get("told") or {}
        async with self._changed:
            self._changed.notify_all()
