"""Elements of SL 651-2014 (tables C.1, G.1) and their coding in BCD.

A value in a HEX body: identifier (1 byte, FF and one more for what users define), a byte of length (5 bits)
and decimals (3 bits), BCD digits. All FF (or AA) is missing; a first byte FF makes the rest negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EXTENDED = 0xFF
"""First byte of the two-byte identifiers FF01 to FFFF, which users define."""


@dataclass(frozen=True, kw_only=True)
class ElementCode:
    """Code of an element, and our property of it.

    Its code in ASCII, digits and decimals; None where there is no property. ``factor`` turns the standard's
    unit into the property's. ``period_s`` is the length of an amount of rain: such an amount is kept where
    the station's datastream is of that interval. None: any, or no amount.
    """

    identifier: int
    code: str
    name: str
    digits: int
    decimals: int
    property: str = ""
    factor: float = 1.0
    period_s: int | None = None


_MEASURED = """
01 AC     8.2  section area, m2
02 AI     3.1  air temperature, degC
03 C      3.1  water temperature, degC          water_temperature
06 ED     5.1  evaporation of the day, mm
07 EJ     5.1  evaporation now, mm
08 FL     5.0  air pressure, hPa
09 GH     5.2  gate opening, m
0A GN     3.0  number of a gate
0B GS     1.0  kind of a conduit
0C GT     3.0  gates open
0D GTP    3.1  ground temperature, degC
0E H      6.2  depth of ground water, m
0F HW     5.2  wave height, m
10 M10    4.1  soil moisture at 10 cm, %        soil_moisture
11 M20    4.1  soil moisture at 20 cm, %
12 M30    4.1  soil moisture at 30 cm, %
13 M40    4.1  soil moisture at 40 cm, %
14 M50    4.1  soil moisture at 50 cm, %
15 M60    4.1  soil moisture at 60 cm, %
16 M80    4.1  soil moisture at 80 cm, %
17 M100   4.1  soil moisture at 100 cm, %
18 MST    4.1  humidity, %
19 NS     2.0  pumps running
1A P1     5.1  rain of 1 h, mm                  rain 3600
1B P2     5.1  rain of 2 h, mm                  rain 7200
1C P3     5.1  rain of 3 h, mm                  rain 10800
1D P6     5.1  rain of 6 h, mm                  rain 21600
1E P12    5.1  rain of 12 h, mm                 rain 43200
1F PD     5.1  rain of the day, mm              rain_day
20 PJ     5.1  rain of the period, mm           rain
21 PN01   5.1  rain of 1 min, mm                rain 60
22 PN05   5.1  rain of 5 min, mm                rain 300
23 PN10   5.1  rain of 10 min, mm               rain 600
24 PN30   5.1  rain of 30 min, mm               rain 1800
25 PR     5.1  rain of a storm, mm
26 PT     6.1  rain total, mm                   rain_total
27 Q      9.3  flow, m3/s                       flow
30 QA     9.3  release, m3/s                    release
31 QZ     9.3  flow of a conduit, m3/s
32 SW     11.3 sediment transported, 1e4 t
33 UC     2.0  wind direction
34 UE     2.0  wind force
35 US     4.1  wind speed, m/s
36 VA     5.3  mean velocity, m/s
37 VJ     5.3  velocity, m/s
38 VT     4.2  supply voltage, V                voltage
39 Z      7.3  river or tide stage, m           level
3A ZB     7.3  level below the dam, m           level_below
3B ZU     7.3  level above the dam, m           level
44 SQ     9.3  sediment, kg/m3                  sediment
46 PH     4.2  pH                               ph
47 DO     4.1  dissolved oxygen, mg/L           oxygen
48 COND   5.0  conductivity, uS/cm
49 TURB   3.0  turbidity, degrees (NTU)         turbidity
4A CODMN  4.1  permanganate index, mg/L         codmn
4B REDOX  5.1  redox potential, mV
4C NH4N   6.2  ammonia nitrogen, mg/L           ammonia
4D TP     5.3  total phosphorus, mg/L           phosphorus
4E TN     5.2  total nitrogen, mg/L             nitrogen
4F TOC    4.2  total organic carbon, mg/L
50 CU     7.4  copper, mg/L
51 ZN     6.4  zinc, mg/L
52 SE     7.5  selenium, mg/L
53 AS     7.5  arsenic, mg/L
54 THG    7.5  mercury, mg/L
55 CD     7.5  cadmium, mg/L
56 PB     7.5  lead, mg/L
57 CHLA   4.2  chlorophyll a, mg/L              chlorophyll x1000
70 VTA    4.1  mains voltage A, V
71 VTB    4.1  mains voltage B, V
72 VTC    4.1  mains voltage C, V
73 VIA    4.1  mains current A, A
74 VIB    4.1  mains current B, A
75 VIC    4.1  mains current C, A
"""
_EIGHT = """
28 Q      9.3  flow of an intake, m3/s
3C Z      7.3  level at an intake, m
58 WP     5.2  water pressure, kPa
60 SYL    11.3 water left on a meter, m3
68 SBL    10.2 water of an hour on a meter, m3/h
"""
"""Eight each: Q1 is 28H, Q8 is 2FH."""

_TYPED = """
100 QI    9.3  inflow, m3/s                     inflow
101 W     9.3  storage, 1e6 m3                  storage x1000000
"""
"""Only in manual reports; the numbers are ours."""


def _kind(line: str, number: int = 0) -> ElementCode:
    """A line of the tables; ``number`` (from 1) of a sensor among eight."""
    words = line.split()
    mapped = line[48:].split()
    digits, decimals = words[2].split(".")
    last = mapped[-1] if len(mapped) > 1 else ""
    return ElementCode(
        identifier=int(words[0], 16) + max(0, number - 1),
        code=words[1] + (str(number) if number else ""),
        name=line[15:48].strip() + (f" ({number})" if number else ""),
        digits=int(digits),
        decimals=int(decimals),
        property=mapped[0] if mapped else "",
        factor=float(last[1:]) if last.startswith("x") else 1.0,
        period_s=int(last) if last.isdecimal() else None,
    )


_ALL = [
    *(_kind(line) for line in _MEASURED.strip().splitlines()),
    *(_kind(line, n) for line in _EIGHT.strip().splitlines() for n in range(1, 9)),
    *(_kind(line) for line in _TYPED.strip().splitlines()),
]
KINDS: Mapping[int, ElementCode] = {kind.identifier: kind for kind in _ALL}
"""Elements that are numbers, by their identifier."""

CODES: Mapping[str, ElementCode] = {kind.code: kind for kind in _ALL}
"""The same by their code in ASCII."""

BY_PROPERTY: Mapping[str, int] = {
    kind.property: kind.identifier for kind in reversed(_ALL) if kind.property and kind.period_s is None
}
"""The element that a simulated station sends for a property."""

STEP, DURATION, STATUS = 0x04, 0x05, 0x45
TIME, ADDRESS, TEXT, PICTURE, RAIN_5MIN, STAGE_5MIN, BULK = 0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xFD
STAGES_5MIN = range(0xF5, 0xFD)
"""F5 to FC: relative stages in steps of 5 minutes, of up to eight sensors; the first is the station's own."""

FIXED_BYTES: Mapping[int, int] = {RAIN_5MIN: 12, **dict.fromkeys(STAGES_5MIN, 24)}
"""Lengths that the standard fixes, whatever the length byte says."""

SPECIAL_CODES: Mapping[str, int] = {
    "TT": TIME,
    "ST": ADDRESS,
    "RGZS": TEXT,
    "PIC": PICTURE,
    "DATA": BULK,
    "DRP": RAIN_5MIN,
    "DT": DURATION,
    "ZT": STATUS,
    **{f"DRZ{n}": 0xF4 + n for n in range(1, 9)},
}

STATION_CLASSES = b"PHKZDTMGQIO"
"""Rain, river, reservoir, gate, pumps, tide, soil, ground water, quality, intake, outlet (table A.1)."""


def shown(identifier: int) -> str:
    """Format an identifier with code and bytes.

    ``Z (39H)``, or ``FF03H``.
    """
    kind = KINDS.get(identifier)
    special = next((code for code, number in SPECIAL_CODES.items() if number == identifier), "")
    code = kind.code if kind is not None else special
    if identifier in range(0x100, 0x200):
        return code
    return f"{code} ({identifier:02X}H)" if code else f"{identifier:02X}H"


RAIN_UNIT_MM, STAGE_UNIT_M = 0.1, 0.01
MISSING_BYTES = (0xFF, 0xAA)


class ElementError(ValueError):
    """Invalid value of an element; the message is a slug."""


def number(data: bytes, decimals: int) -> float | None:
    """Decode a BCD value; None for missing.

    All FF, or all AA. A first byte FF makes it negative. Raises ElementError for digits that are none.
    """
    if data and all(byte in MISSING_BYTES for byte in data) and len(set(data)) == 1:
        return None
    negative = data[:1] == b"\xff"
    digits = (data[1:] if negative else data).hex()
    if not digits.isdecimal():
        raise ElementError("bad-bcd")
    value = float(int(digits) / 10**decimals)
    return -value if negative else value


def encoded(value: float | None, *, size: int, decimals: int) -> bytes:
    """Encode a value in BCD of so many bytes.

    Raises ElementError where it does not fit.
    """
    if value is None:
        return b"\xff" * size
    whole = round(abs(value) * 10**decimals)
    room = size - 1 if value < 0 and whole else size
    digits = f"{whole:0{2 * room}d}"
    if len(digits) != 2 * room or (room == size and digits.startswith("ff")):
        raise ElementError("does-not-fit")
    return (b"\xff" if room < size else b"") + bytes.fromhex(digits)


def length_byte(size: int, decimals: int) -> int:
    """Return the byte behind an identifier.

    5 bits of bytes, 3 of decimals.
    """
    if not (0 <= size < 32 and 0 <= decimals < 8):
        raise ElementError("does-not-fit")
    return size << 3 | decimals
