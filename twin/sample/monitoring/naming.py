"""Invent names of hamlets, for stations without a neighbour's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

Name = tuple[str, str]

FIRST: Final[tuple[Name, ...]] = (
    ("青岚", "Qinglan"), ("溪月", "Xiyue"), ("石笛", "Shidi"), ("松涛", "Songtao"), ("云栈", "Yunzhan"),
    ("霜叶", "Shuangye"), ("杏雨", "Xingyu"), ("荻花", "Dihua"), ("竹影", "Zhuying"), ("鹊桥", "Queqiao"),
    ("柳烟", "Liuyan"), ("桃溪", "Taoxi"), ("枣香", "Zaoxiang"), ("榆阴", "Yuyin"), ("泉声", "Quansheng"),
    ("雁影", "Yanying"), ("麦秋", "Maiqiu"), ("藤萝", "Tengluo"), ("苔径", "Taijing"), ("雪晴", "Xueqing"),
    ("晚照", "Wanzhao"), ("晨钟", "Chenzhong"), ("棋盘", "Qipan"), ("翠屏", "Cuiping"),
)  # fmt: skip
SECOND: Final[tuple[Name, ...]] = (
    ("峪", "yu"), ("沟", "gou"), ("岭", "ling"), ("台", "tai"), ("庄", "zhuang"), ("坨", "tuo"),
    ("湾", "wan"),
)  # fmt: skip
TOWNSHIPS: Final[tuple[str, ...]] = (
    "栖云镇", "听澜镇", "青穗镇", "鹿鸣镇", "枫照镇", "霁月镇", "松籁镇", "惊蛰镇",
)  # fmt: skip


def hamlets() -> Iterator[Name]:
    """Return 168 different names, in an order that mixes them."""
    for turn in range(len(FIRST) * len(SECOND)):
        zh, en = FIRST[(turn * 5) % len(FIRST)]
        last_zh, last_en = SECOND[(turn + turn // len(FIRST)) % len(SECOND)]
        yield zh + last_zh, en + last_en
