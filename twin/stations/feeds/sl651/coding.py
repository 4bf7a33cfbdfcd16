"""Encode and decode frames of SL 651-2014 (6.4, 6.5), HEX and ASCII.

Up, from a station: start (``7E7E``, or SOH in ASCII), centre (1 byte), station (5), password (2), function
(1), direction and length (2; the top 4 bits 0 up, 8 down), STX or SYN (with SYN 3 bytes more: 12 bits of how
many packets, 12 of which one), the body, an end sign, CRC-16. Down: station before centre. In ASCII coding
all numbers of the frame are hexadecimal digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import fastcrc

START, SOH = b"\x7e\x7e", b"\x01"
STX, ETX, EOT, ENQ, ACK, NAK, SYN, ETB, ESC = 0x02, 0x03, 0x04, 0x05, 0x06, 0x15, 0x16, 0x17, 0x1B
UP_ENDS = (ETX, ETB)
DOWN_ENDS = (ENQ, ACK, NAK, EOT, ESC)
HEAD, TAIL, PACKET = 14, 3, 3
"""Bytes before the body (STX counts), after it, and of the packet's numbers, in HEX coding."""
ASCII_HEAD, ASCII_TAIL, ASCII_PACKET = 24, 5, 6
LONGEST_BODY = 0xFFF
LONGEST = ASCII_HEAD + ASCII_PACKET + LONGEST_BODY + ASCII_TAIL


@dataclass(frozen=True, kw_only=True)
class Sl651Frame:
    """Frame of SL 651.

    ``station`` is ten hexadecimal digits. ``packet`` (how many, which one from 1 on) is of a long message.
    ``ascii`` tells the coding; the body is bytes in both.
    """

    station: str
    function: int
    body: bytes
    centre: int = 1
    password: int = 0
    up: bool = True
    end: int = ETX
    packet: tuple[int, int] | None = None
    ascii: bool = False

    def encode(self) -> bytes:
        """Encode the frame.

        Raises ValueError where a part does not fit its field.
        """
        numbers = b"" if self.packet is None else (self.packet[0] << 12 | self.packet[1]).to_bytes(3, "big")
        size = len(self.body) + len(self._written(numbers))  # the numbers stand behind SYN and count
        if size > LONGEST_BODY:
            raise ValueError(f"a body has {LONGEST_BODY} bytes at most, not {size}")
        try:
            station = bytes.fromhex(self.station)
        except ValueError:
            station = b""
        if len(station) != 5 or len(self.station) != 10:
            raise ValueError(f"a station's address is ten digits, not {self.station!r}")
        centre = bytes([self.centre])
        head = centre + station if self.up else station + centre
        head += self.password.to_bytes(2, "big") + bytes([self.function])
        head += (size | (0 if self.up else 0x8000)).to_bytes(2, "big")
        whole = (SOH if self.ascii else START) + self._written(head)
        whole += bytes([STX if self.packet is None else SYN]) + self._written(numbers) + self.body
        whole += bytes([self.end])
        return whole + self._written(crc16(whole).to_bytes(2, "big"))

    def _written(self, part: bytes) -> bytes:
        return part.hex().upper().encode() if self.ascii else part


@dataclass(frozen=True, kw_only=True)
class Damage:
    """Bytes that are no frame, and why: a slug."""

    reason: str
    data: bytes


def sizes(head: bytes) -> tuple[int, ...]:
    """Return lengths a frame of this head may have.

    Likeliest first. The standard counts the packet's numbers into the length (table 22); half of the stations
    do not.
    """
    ascii_ = head[:1] == SOH
    first, tail, packet = (ASCII_HEAD, ASCII_TAIL, ASCII_PACKET) if ascii_ else (HEAD, TAIL, PACKET)
    length = (int(head[19:23], 16) if ascii_ else int.from_bytes(head[11:13], "big")) & 0xFFF
    size = first + length + tail
    return (size,) if head[first - 1] == STX else (size, size + packet)


def read(data: bytes, *, up: bool = True) -> Sl651Frame | Damage:
    """Parse a frame of a valid head and length."""
    return _read_ascii(data, up=up) if data[:1] == SOH else _read_hex(data, up=up)


def is_whole(data: bytes) -> bool:
    """Return whether the CRC at the end fits."""
    if data[:1] != SOH:
        return crc16(data[:-2]) == int.from_bytes(data[-2:], "big")
    try:
        return crc16(data[:-4]) == int(data[-4:], 16)
    except ValueError:
        return False


def _read_hex(data: bytes, *, up: bool) -> Sl651Frame | Damage:
    address = data[2:8]
    station, centre = (address[1:], address[0]) if up else (address[:5], address[5])
    return _checked(
        data,
        up=up,
        station=station.hex().upper(),
        centre=centre,
        password=int.from_bytes(data[8:10], "big"),
        function=data[10],
        numbers=data[HEAD : HEAD + PACKET] if data[HEAD - 1] == SYN else None,
        body=data[HEAD + (PACKET if data[HEAD - 1] == SYN else 0) : -TAIL],
        end=data[-TAIL],
    )


def _read_ascii(data: bytes, *, up: bool) -> Sl651Frame | Damage:
    address = data[1:13].decode("ascii").upper()
    station, centre = (address[2:], address[:2]) if up else (address[:10], address[10:])
    packets = data[ASCII_HEAD - 1] == SYN
    first = ASCII_HEAD + (ASCII_PACKET if packets else 0)
    try:
        numbers = bytes.fromhex(data[ASCII_HEAD:first].decode("ascii")) if packets else None
    except ValueError:
        return Damage(reason="bad-packet", data=data)
    return _checked(
        data,
        up=up,
        station=station,
        centre=int(centre, 16),
        password=int(data[13:17], 16),
        function=int(data[17:19], 16),
        numbers=numbers,
        body=data[first:-ASCII_TAIL],
        end=data[-ASCII_TAIL],
        ascii_=True,
    )


def _checked(
    data: bytes,
    *,
    up: bool,
    station: str,
    centre: int,
    password: int,
    function: int,
    numbers: bytes | None,
    body: bytes,
    end: int,
    ascii_: bool = False,
) -> Sl651Frame | Damage:
    if end not in (UP_ENDS if up else DOWN_ENDS):
        return Damage(reason="bad-end", data=data)
    packet = None
    if numbers is not None:
        both = int.from_bytes(numbers, "big")
        packet = (both >> 12, both & 0xFFF)
        if not 1 <= packet[1] <= packet[0]:
            return Damage(reason="bad-packet", data=data)
    return Sl651Frame(
        station=station,
        centre=centre,
        password=password,
        function=function,
        body=body,
        end=end,
        up=up,
        packet=packet,
        ascii=ascii_,
    )


def crc16(data: bytes) -> int:
    """Return the CRC-16 of Modbus.

    Polynomial A001 (reflected 8005), start FFFF.
    """
    return fastcrc.crc16.modbus(data)
