"""Connect a trame server's wslink endpoint to what takes its messages."""

from __future__ import annotations

from typing import Any, Protocol

from trame_server import Server

from apps.hub.gate import Gate
from apps.hub.sent_state import SentState


class Publisher(Protocol):
    """Sink of a server's messages: an outbox, or the wall."""

    def publish(self, topic: str, content: Any) -> None: ...


async def connect(server: Server, gate: Gate, publisher: Publisher) -> Any:
    """Start a server behind its gate, and let it publish.

    Returns its endpoint, whose ``functionMap`` has the methods that a browser may call.
    """
    server.start(backend="generic", exec_mode="task", disable_logging=True, show_connection_info=False)
    await server.ready
    server.protocol._clients_state = SentState(server.protocol._clients_state)
    endpoint = server._server.ws  # trame offers no other way to its socket
    gate.guard(endpoint)
    connection = await endpoint.connect()
    endpoint.authentified_client_ids.add(connection.client_id)
    endpoint.pub_manager = _PubManager(publisher)
    return endpoint


class _PubManager:
    """Stands for wslink's, which awaits the browser under a lock and packs what may never be sent."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def publish(
        self, topic: str, data: Any, client_id: str | None = None, skip_last_active_client: bool = False
    ) -> None:
        del client_id
        if not skip_last_active_client:  # of one client, that is the one
            self._publisher.publish(topic, data)

    def addAttachment(self, payload: Any) -> Any:  # noqa: N802
        return payload
