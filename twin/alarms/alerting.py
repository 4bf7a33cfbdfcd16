"""Alert receivers to changes of alarms, by the journal's lines."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twin.alarms.alert_outbox import AlertOutbox
from twin.alarms.alert_sending import AlertRefusedError, send
from twin.alarms.service import KIND, change_of
from twin.store import StoreError

if TYPE_CHECKING:
    from twin.alarms.lifecycle import Change
    from twin.basin import Basin
    from twin.catalog.alert_receivers import AlertReceiver
    from twin.stations.model import Station
    from twin.stations.network import Network
    from twin.stations.snapshot import AlarmNow
    from twin.stations.store import Reader
    from twin.stations.store.events import Event

logger = logging.getLogger(__name__)

EVERY_S = 1.0
FILE = "alerts.sqlite"
Send = Callable[["AlertReceiver", Mapping[str, Any]], None]


class Alerting:
    """Make alerts of new journal lines, once each, and send them."""

    def __init__(
        self,
        receivers: Sequence[AlertReceiver],
        stations: Mapping[str, Station],
        *,
        reader: Reader,
        folder: Path,
        zone: ZoneInfo,
        name: Mapping[str, str],
        synthetic: bool,
        send: Send = send,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._receivers = {receiver.id: receiver for receiver in receivers}
        self._stations, self._reader, self._zone = stations, reader, zone
        self._name, self._synthetic = name, synthetic
        self._path, self._send, self._clock = folder / FILE, send, clock
        self._outbox: AlertOutbox | None = None
        self._alarms: dict[str, AlarmNow] = {}

    @classmethod
    def of(cls, basin: Basin, network: Network, *, reader: Reader, folder: Path) -> Alerting | None:
        """Return the alerting of a basin.

        None where its site names no receivers.
        """
        if not basin.site.alerts:
            return None
        return cls(
            basin.site.alerts,
            network.stations,
            reader=reader,
            folder=folder,
            zone=ZoneInfo(basin.site.time_zone),
            name=basin.catalog.head.name.model_dump(),
            synthetic=basin.catalog.head.synthetic,
        )

    async def run(self) -> None:
        """Make and send alerts until cancelled.

        What fails is logged in one line and tried again.
        """
        while True:
            try:
                await asyncio.to_thread(self.turn)
            except (sqlite3.Error, StoreError, OSError) as error:
                logger.warning("alerts wait: %s", " ".join(str(error).split()))
            await asyncio.sleep(EVERY_S)

    def turn(self) -> None:
        """Make alerts of new journal lines; send those due."""
        if self._outbox is None:
            self._outbox = AlertOutbox(self._path)
            self._begin(self._outbox)
        cursor = self._outbox.cursor()
        lines = self._reader.events(kinds=[KIND], since=cursor or 0)
        if cursor is None:  # alarms of before are no news
            self._outbox.add([], cursor=lines[-1][0] if lines else 0, now=self._clock().timestamp())
        elif lines:
            made = [alert for number, line in lines for alert in self._alerts_of(number, line)]
            self._outbox.add(made, cursor=lines[-1][0], now=self._clock().timestamp())
        for alert in self._outbox.due(self._clock().timestamp()):
            receiver = self._receivers.get(alert.receiver)
            try:
                if receiver is None:
                    raise AlertRefusedError(alert.receiver, "site.yaml has no such receiver any more")
                self._send(receiver, alert.body)
            except AlertRefusedError as error:
                logger.warning("%s", error)
                self._outbox.failed(alert, str(error), now=self._clock().timestamp())
            else:
                self._outbox.sent(alert)

    def _begin(self, outbox: AlertOutbox) -> None:
        """Restore the alarms of lines that were read before: the end of one names it only by its id.

        A cursor behind the journal's end is of another journal (one was restored without the other): it is
        set to that end, or new lines would be taken for old ones.
        """
        cursor, lines = outbox.cursor() or 0, self._reader.events(kinds=[KIND], since=0)
        last = lines[-1][0] if lines else 0
        if cursor > last:
            logger.warning("alerts: %s is of another journal; alarms from now on are sent", self._path)
            outbox.add([], cursor=last, now=self._clock().timestamp())
        for number, line in lines:
            change = change_of(line)
            if number <= cursor and change is not None and change.alarm is not None:
                self._alarms[change.id] = change.alarm

    def counts(self) -> dict[str, dict[str, int]]:
        """Count the alerts of each receiver, by their state."""
        return {} if self._outbox is None else self._outbox.counts()

    def _alerts_of(self, number: int, line: Event) -> list[tuple[str, int, Mapping[str, Any]]]:
        change = change_of(line)
        if change is None:
            return []
        alarm = change.alarm or self._alarms.get(change.id)
        if change.alarm is not None:
            self._alarms[change.id] = change.alarm
        if alarm is None:
            return []
        at = self._clock().astimezone(self._zone).time()
        return [
            (receiver.id, number, self.document(receiver, change, alarm))
            for receiver in self._receivers.values()
            if change.what in receiver.changes
            and alarm.rank <= receiver.from_rank
            and (receiver.hours is None or receiver.hours.holds_at(at))
        ]

    def document(self, receiver: AlertReceiver, change: Change, alarm: AlarmNow) -> dict[str, Any]:
        """Return the JSON document of an alarm's change.

        Subject and text are in the receiver's language.
        """
        language, station = receiver.language, self._stations.get(alarm.station)
        place = "" if station is None else station.name[language]
        mark = "" if not self._synthetic else "合成数据 Synthetic data · "
        at = change.at.astimezone(self._zone)
        text = f"{place} {alarm.text[language]}".strip()
        return {
            "subject": f"{mark}[{alarm.rank}] {text}",
            "text": f"{mark}{self._name[language]}\n{change.what} {at:%Y-%m-%d %H:%M}\n{text}\n",
            "change": change.what,
            "at": at.isoformat(),
            "alarm": alarm.id,
            "rank": alarm.rank,
            "station": alarm.station,
            "station_name": place,
            "what": dict(alarm.text),
            "value": alarm.value,
            "limit": alarm.limit,
            "synthetic": self._synthetic,
        }
