"""Units as feeds write them, Chinese and Western; what is not known for certain is refused by its name."""

from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.stations.properties import PROPERTIES
from twin.stations.unit_names import MULTIPLIERS
from twin.stations.units import UnitError, in_own_unit

KNOWN = {
    "storage": {
        1e8: "亿m³ 亿m3 億立方米 亿立方米(亿m³) 亿方 亿㎥ 10⁸m³ 10^8m3 1e8m3 10**8*m**3 ×10⁸m³ 1×10⁸m³",
        1e6: "百万方 百万m³ 百万立方米 hm³ 100万m³ 1e6*m**3",
        1e4: "万m³ 万立方米 万方 万㎥ 10⁴m³ 10000m3",
        1.0: "m³ m3 立方米 方 ㎥ m^3 m**3",
        0.001: "L 升",
    },
    "flow": {
        1.0: "m³/s 方/秒 立方米/秒(m³/s) 立方公尺/秒 立方米/秒 立方米每秒 m³·s⁻¹ ㎥/s m^3/s M3/S 立方米／秒",
        1e4 / 86_400: "万m³/d 万方/日 万立方米/天",
        0.001: "L/s 升/秒",
        1 / 3600: "m³/h 立方米/小时",
    },
    "oxygen": {
        1.0: "毫克/升（mg/L） 毫克/升 mg/L mg/l ㎎/L 毫克每升 mg·L⁻¹ g/m³ 毫克／升",
        0.001: "微克/升 μg/L µg/L ug/l",
    },
    "rain": {1.0: "毫米 mm ㎜ MM", 10.0: "厘米 cm", 1000.0: "米 m", 25.4: "英寸 in"},
    "level": {1.0: "米 m M 公尺 metre Meter", 0.01: "厘米 cm 公分", 0.001: "毫米 mm", 0.3048: "ft 英尺"},
    "water_temperature": {1.0: "摄氏度(℃) °c ℃ °C 度 摄氏度 ºC degC celsius"},
    "voltage": {1.0: "伏 V 伏特", 0.001: "毫伏 mV"},
    "algae": {1.0: "个/L 个/升 cells/L 1/L", 1e4: "万个/L 万个/升 10⁴个/L", 1000.0: "个/mL cells/mL"},
    "sediment": {1.0: "kg/m³ 千克/立方米 公斤/方 g/L", 0.001: "mg/L"},
    "turbidity": {1.0: "NTU 度"},
    "ph": {1.0: "pH 无量纲"},
    "soil_moisture": {1.0: "% ％ percent", 100.0: "m³/m³"},
    "chlorophyll": {1.0: "μg/L µg/L ug/L 微克/升 mg/m³", 1000.0: "毫克/升"},
}
CASES = [
    (property_, unit, factor)
    for property_, units in KNOWN.items()
    for factor, names in units.items()
    for unit in names.split()
]


@pytest.mark.parametrize(("property_", "unit", "factor"), CASES)
def test_a_unit_that_feeds_write_is_known(property_: str, unit: str, factor: float) -> None:
    for value in (0.0, 1.0, 3.7, -2.5):
        assert in_own_unit(value, unit, property_) == pytest.approx(value * factor, rel=1e-11)
        assert in_own_unit(value, f" {unit} ", property_) == in_own_unit(value, unit, property_)


def test_a_blank_between_multiplier_and_unit_changes_nothing() -> None:
    assert in_own_unit(4.37, "亿 m³", "storage") == 437_000_000
    assert in_own_unit(4.37, "10⁸ m³", "storage") == 437_000_000


def test_temperatures_shift() -> None:
    assert in_own_unit(50.0, "°F", "water_temperature") == pytest.approx(10.0)
    assert in_own_unit(288.15, "K", "water_temperature") == pytest.approx(15.0)


@pytest.mark.parametrize(
    ("property_", "unit"),
    [
        ("storage", "106m3"),  # 10⁶ that has lost its superscript, or a hundred and six?
        ("storage", "104m³"),
        ("storage", "Mm3"),  # megametres cubed to a parser, millions of m³ to an engineer
        ("storage", "兆m³"),  # 1e6 or 1e12
        ("storage", "亿"),
        ("storage", "万吨"),
        ("storage", "10E4m3"),
        ("storage", "m"),
        ("storage", "m³/s"),
        ("flow", "方"),
        ("flow", "立方米/秒(升/秒)"),
        ("level", "米(85)"),
        ("level", "m(m(m))"),
        ("level", "(m)"),
        ("flow", "m/s"),
        ("rain", "Mm"),
        ("rain", "度"),
        ("rain", "毫米/小时"),
        ("rain", ""),
        ("level", ""),
        ("level", "°"),
        ("level", "度"),
        ("level", "m(85)"),
        ("level", "0.1m"),
        ("oxygen", "ppm"),
        ("oxygen", "mol/L"),
        ("turbidity", "FNU"),
        ("water_temperature", "万℃"),
        ("water_temperature", "百度"),
        ("voltage", "A"),
        ("algae", "个"),
        ("level", "__import__('os')"),
        ("level", "m" * 1000),
    ],
)
def test_what_is_not_known_for_certain_is_refused_by_its_name(property_: str, unit: str) -> None:
    with pytest.raises(UnitError, match="is no unit") as error:
        in_own_unit(1.0, unit, property_)
    assert repr(unit[:40]) in str(error.value)


def test_no_unit_given_means_the_propertys_own() -> None:
    assert in_own_unit(1.5, None, "level") == 1.5
    for name, kind in PROPERTIES.items():
        assert in_own_unit(1.5, kind.unit, name) == 1.5
        assert in_own_unit(1.5, kind.shown, name) == 1.5


@pytest.mark.parametrize("unit", ["m³", "立方米", "方", "m3"])
@pytest.mark.parametrize(("sign", "factor"), MULTIPLIERS.items())
def test_every_chinese_multiplier_multiplies(sign: str, factor: float, unit: str) -> None:
    assert in_own_unit(1.25, sign + unit, "storage") == pytest.approx(1.25 * factor, rel=1e-12)


@given(st.integers(-50_000, 900_000))
def test_centimetres_become_the_metres_that_people_write(centimetres: int) -> None:
    metres = in_own_unit(float(centimetres), "厘米", "level")
    assert metres == float(f"{centimetres / 100:.2f}")


@given(st.text(max_size=30), st.sampled_from(sorted(PROPERTIES)))
def test_whatever_is_called_a_unit_gives_a_finite_number_or_a_refusal(unit: str, property_: str) -> None:
    try:
        assert math.isfinite(in_own_unit(1.0, unit, property_))
    except UnitError as error:
        assert error.args


@pytest.mark.parametrize(("property_", "unit", "factor"), CASES)
def test_full_width_signs_mean_the_same(property_: str, unit: str, factor: float) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in unit)
    assert unicodedata.normalize("NFKC", wide) == unicodedata.normalize("NFKC", unit)
    assert in_own_unit(1.0, wide, property_) == pytest.approx(factor, rel=1e-11)
