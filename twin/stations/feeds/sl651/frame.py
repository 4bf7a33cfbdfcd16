"""Frames of SL 651-2014 in hexadecimal mode (chapter 6): made, read, and found in a stream of bytes.

Up, from a station: ``7E7E``, centre (1 byte), station (5, BCD), password (2), function (1), direction and
length (2; the top 4 bits 0 up, 8 down), STX or SYN (with SYN 3 bytes more: 12 bits of how many packets, 12 of
which one), the body, an end sign, CRC-16 (polynomial A001, start FFFF, high byte first). Down: station before
centre.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

START = b"\x7e\x7e"
STX, ETX, EOT, ENQ, ACK, NAK, SYN, ETB, ESC = 0x02, 0x03, 0x04, 0x05, 0x06, 0x15, 0x16, 0x17, 0x1B
UP_ENDS = (ETX, ETB)
DOWN_ENDS = (ENQ, ACK, NAK, EOT, ESC)
HEAD, TAIL, PACKET = 14, 3, 3
"""Bytes before the body (STX counts), after it, and of the packet's numbers."""
LONGEST_BODY = 0xFFF
LONGEST = HEAD + PACKET + LONGEST_BODY + TAIL


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame. ``station`` is ten digits; ``packet`` (how many, which one from 1 on) of a long message."""

    station: str
    function: int
    body: bytes
    centre: int = 1
    password: int = 0
    up: bool = True
    end: int = ETX
    packet: tuple[int, int] | None = None

    def encode(self) -> bytes:
        """The frame's bytes. Raises ValueError where a part does not fit its field."""
        if len(self.station) != 10 or not self.station.isdecimal():
            raise ValueError(f"a station's address is ten digits, not {self.station!r}")
        if len(self.body) > LONGEST_BODY:
            raise ValueError(f"a body has {LONGEST_BODY} bytes at most, not {len(self.body)}")
        station, centre = bytes.fromhex(self.station), bytes([self.centre])
        length = len(self.body) | (0 if self.up else 0x8000)
        head = START + (centre + station if self.up else station + centre)
        head += self.password.to_bytes(2, "big") + bytes([self.function]) + length.to_bytes(2, "big")
        if self.packet is None:
            head += bytes([STX])
        else:
            total, number = self.packet
            head += bytes([SYN]) + (total << 12 | number).to_bytes(3, "big")
        whole = head + self.body + bytes([self.end])
        return whole + crc16(whole).to_bytes(2, "big")


@dataclass(frozen=True, kw_only=True)
class Damage:
    """Bytes that are no frame, and why: a slug."""

    reason: str
    data: bytes


def crc16(data: bytes) -> int:
    """CRC-16 with the polynomial A001 (reflected 8005), start FFFF: that of Modbus."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_TABLE = tuple(_entry(byte) for byte in range(256))


class Splitter:
    """Finds frames in a stream that may be cut anywhere, hold two at once, or junk between them.

    Holds no more than one longest frame.
    """

    def __init__(self, *, up: bool = True) -> None:
        self._up = up
        self._held = b""

    def feed(self, data: bytes) -> Iterator[Frame | Damage]:
        """Frames and damages that are complete with these bytes."""
        held = self._held + data
        while held:
            start = held.find(START)
            if start < 0:
                keep = 1 if held.endswith(START[:1]) else 0
                if len(held) > keep:
                    yield Damage(reason="junk", data=held[: len(held) - keep])
                held = held[len(held) - keep :]
                break
            if start:
                yield Damage(reason="junk", data=held[:start])
                held = held[start:]
            size = _size(held, up=self._up)
            if size is None:
                break  # not even its length is here
            if size < 0:
                yield Damage(reason="bad-header", data=held[:HEAD])
                held = held[1:]
                continue
            if len(held) < size:
                break
            frame = _read(held[:size], up=self._up)
            yield frame
            # In a damaged frame another may begin, whose start was taken for its body.
            held = held[size:] if isinstance(frame, Frame) else held[1:]
        self._held = held

    @property
    def rest(self) -> bytes:
        """Bytes of a frame that is not complete."""
        return self._held


def _size(data: bytes, *, up: bool) -> int | None:
    """How long the frame is whose start this is; None while that cannot be told, -1 where it is none."""
    if len(data) < HEAD:
        return None
    length = int.from_bytes(data[11:13], "big")
    start = data[13]
    if (length >> 12) != (0 if up else 8) or start not in (STX, SYN):
        return -1
    return HEAD + (PACKET if start == SYN else 0) + (length & 0xFFF) + TAIL


def _read(data: bytes, *, up: bool) -> Frame | Damage:
    if crc16(data[:-2]) != int.from_bytes(data[-2:], "big"):
        return Damage(reason="bad-crc", data=data)
    address = data[2:8]
    station, centre = (address[1:], address[0]) if up else (address[:5], address[5])
    end = data[-3]
    if not station.hex().isdecimal():
        return Damage(reason="bad-address", data=data)
    if end not in (UP_ENDS if up else DOWN_ENDS):
        return Damage(reason="bad-end", data=data)
    packet, first = None, HEAD
    if data[13] == SYN:
        numbers = int.from_bytes(data[14:17], "big")
        packet, first = (numbers >> 12, numbers & 0xFFF), HEAD + PACKET
        if not 1 <= packet[1] <= packet[0]:
            return Damage(reason="bad-packet", data=data)
    return Frame(
        station=station.hex(),
        centre=centre,
        password=int.from_bytes(data[8:10], "big"),
        function=data[10],
        body=data[first:-3],
        end=end,
        up=up,
        packet=packet,
    )
