"""Receive messages of an MQTT broker, at least once.

The broker gets its acknowledgement when they are durable. The session is kept by the broker, so what comes
while this program is away waits there.
"""

from __future__ import annotations

import re
import ssl
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from twin.catalog.feeds import EnvName, FeedSpec, Port
from twin.stations.clocks import Clocks, SystemClocks
from twin.stations.feeds.base import Feed, FeedContext, FeedError
from twin.stations.feeds.document import MOST_BYTES, DocumentError, parse_document
from twin.stations.feeds.json_map import Charset, MqttMap
from twin.stations.feeds.mapped_json import Mapper
from twin.stations.feeds.secrets import secret_of
from twin.stations.intake import Intake, parts_of
from twin.unreachable import why_unreachable

KEPT_S = 7 * 86_400
"""The broker keeps a session of MQTT 5 for so long."""
KEEP_ALIVE_S = 30


def _topic(value: str) -> str:
    if re.search(r"[^/]#|#.|[^/]\+|\+[^/]", value):
        raise ValueError("is no MQTT topic: + and # stand for whole levels, # for the last ones")
    return value


class MqttSpec(FeedSpec):
    """Messages of an MQTT broker.

    What comes while this program is away waits there.
    """

    driver: Literal["mqtt"]
    host: str = Field(min_length=1, max_length=200)
    port: Port = 1883
    topics: Annotated[
        list[Annotated[str, AfterValidator(_topic), Field(max_length=200)]], Field(min_length=1)
    ]
    protocol: Literal["3.1.1", "5"] = "5"
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    username_env: EnvName | None = None
    password_env: EnvName | None = None
    tls: bool = False
    charset: Charset | None = None
    map: MqttMap

    @property
    def own_time(self) -> bool:
        return self.map.time_of_arrival

    def make(self, context: FeedContext) -> Feed:
        """Make the feed."""
        return MqttMessages(
            self,
            zone=context.zone,
            username=secret_of(self.username_env),
            password=secret_of(self.password_env),
            clocks=context.clocks,
        )


class MqttMessages:
    """Feed of an MQTT broker's messages."""

    def __init__(
        self,
        spec: MqttSpec,
        *,
        zone: ZoneInfo,
        username: str | None = None,
        password: str | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        self.id = spec.id
        self._spec = spec
        self._login = (username, password)
        self._mapper = Mapper(spec.map, zone=zone)
        self._topic = None if spec.map.topic is None else topic_pattern(spec.map.topic)
        self._clocks = clocks or SystemClocks()

    async def run(self, intake: Intake) -> None:
        """Take messages until cancelled.

        Raises FeedError where the broker cannot be heard.
        """
        import aiomqtt  # noqa: PLC0415

        try:
            async with self._client() as client:
                # aiomqtt acknowledges by itself as a message comes; its paho client can leave that to us.
                paho = client._client
                paho.manual_ack_set(True)
                for topic in self._spec.topics:
                    await client.subscribe(topic, qos=1)
                async for message in client.messages:
                    await self._take(intake, message)
                    if message.qos:
                        paho.ack(message.mid, message.qos)
        except (aiomqtt.MqttError, OSError, ValueError) as error:
            raise FeedError(f"{self._spec.host}:{self._spec.port}: {why_unreachable(error)}") from None

    async def _take(self, intake: Intake, message: Any) -> None:
        payload, spec = message.payload, self._spec
        data = bytes(payload) if isinstance(payload, bytes | bytearray) else str(payload or "").encode()
        if spec.map.time_of_arrival and message.retain:
            intake.refuse(self.id, "retained-no-time", data, station=self._named(message).get("station", ""))
            return
        named = self._named(message)
        if spec.map.topic is not None and not named:
            intake.refuse(self.id, "bad-topic", f"{message.topic}")
            return
        arrived_at = self._clocks.now() if spec.map.time_of_arrival else None
        header = _charset(getattr(message.properties, "ContentType", "") if message.properties else "")
        try:
            document = parse_document(data, declared=spec.charset, header=header)
            readings = self._mapper.readings(document, named=named, arrived_at=arrived_at)
        except DocumentError as error:
            intake.refuse(self.id, str(error), data, station=named.get("station", ""))
            return
        async for part in parts_of(readings):
            await intake.deliver(self.id, part)

    def _named(self, message: Any) -> dict[str, str]:
        """What the topic names; nothing where it does not fit, or where the map has no pattern."""
        found = None if self._topic is None else self._topic.fullmatch(str(message.topic))
        return {} if found is None else found.groupdict()

    def _client(self) -> Any:
        import aiomqtt  # noqa: PLC0415
        from paho.mqtt.packettypes import PacketTypes  # noqa: PLC0415
        from paho.mqtt.properties import Properties  # noqa: PLC0415

        spec = self._spec
        newer = spec.protocol == "5"
        # A message that waited at the broker has no time of arrival: then nothing may wait there.
        clean = spec.map.time_of_arrival
        session: dict[str, Any] = {"clean_session": clean}
        if newer:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = 0 if clean else KEPT_S
            properties.MaximumPacketSize = MOST_BYTES
            session = {"clean_start": clean, "properties": properties}
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


def topic_pattern(told: str) -> re.Pattern[str]:
    """Compile ``rain/{station}/now`` to a pattern.

    + is for any level, # for all that follow.
    """
    pattern = re.escape(told)
    for name in ("station", "property"):
        pattern = pattern.replace(rf"\{{{name}\}}", f"(?P<{name}>[^/]+)")
    return re.compile(pattern.replace(r"\+", "[^/]+").replace(r"\#", ".*"))


def _charset(content_type: str) -> str | None:
    found = re.search(r"charset=\"?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    return None if found is None else found[1]
