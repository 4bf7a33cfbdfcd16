"""Messages of an MQTT broker, at least once: the broker hears that a message was taken when it is durable.

The session is kept by the broker, so what comes while this program is away waits there.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twin.stations.feeds.base import FeedError
from twin.stations.feeds.mapped_json import Mapper
from twin.stations.feeds.strict_json import JsonError, parse
from twin.stations.intake import Intake

if TYPE_CHECKING:
    from twin.catalog.feeds import MqttFeed

KEPT_S = 7 * 86_400
"""The broker keeps a session of MQTT 5 for so long."""
KEEP_ALIVE_S = 30


class MqttMessages:
    """A feed."""

    def __init__(
        self, spec: MqttFeed, *, zone: ZoneInfo, username: str | None = None, password: str | None = None
    ) -> None:
        self.id = spec.id
        self._spec = spec
        self._login = (username, password)
        self._mapper = Mapper(spec.map, zone=zone)

    async def run(self, intake: Intake) -> None:
        """Take messages until cancelled. Raises FeedError where the broker cannot be heard."""
        import aiomqtt  # noqa: PLC0415

        try:
            async with self._client() as client:
                # aiomqtt acknowledges by itself as a message comes; its paho client can leave that to us.
                paho = client._client
                paho.manual_ack_set(True)
                for topic in self._spec.topics:
                    await client.subscribe(topic, qos=1)
                async for message in client.messages:
                    await self._take(intake, message.payload)
                    if message.qos:
                        paho.ack(message.mid, message.qos)
        except (aiomqtt.MqttError, OSError, ValueError) as error:
            said = " ".join(str(error).split())[:160] or type(error).__name__
            raise FeedError(f"{self._spec.host}:{self._spec.port}: {said}") from None

    async def _take(self, intake: Intake, payload: Any) -> None:
        data = bytes(payload) if isinstance(payload, bytes | bytearray) else str(payload).encode()
        try:
            readings = list(self._mapper.readings(parse(data)))
        except JsonError as error:
            intake.refuse(self.id, str(error), data)
            return
        await intake.deliver(self.id, readings)

    def _client(self) -> Any:
        import aiomqtt  # noqa: PLC0415
        from paho.mqtt.packettypes import PacketTypes  # noqa: PLC0415
        from paho.mqtt.properties import Properties  # noqa: PLC0415

        spec = self._spec
        newer = spec.protocol == "5"
        session: dict[str, Any] = {"clean_session": False}
        if newer:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = KEPT_S
            session = {"clean_start": False, "properties": properties}
        return aiomqtt.Client(
            spec.host,
            spec.port,
            identifier=spec.client_id,
            protocol=aiomqtt.ProtocolVersion.V5 if newer else aiomqtt.ProtocolVersion.V311,
            username=self._login[0],
            password=self._login[1],
            tls_context=ssl.create_default_context() if spec.tls else None,
            keepalive=KEEP_ALIVE_S,
            **session,
        )
