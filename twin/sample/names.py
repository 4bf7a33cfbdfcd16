"""Invented names, Chinese and English.

None is a real place of the neighbourhood.
"""

from __future__ import annotations

from typing import Final

Name = tuple[str, str]

RESERVOIR: Final[Name] = ("云汀水库", "Yunting Reservoir")
DISTRICT: Final[Name] = ("云汀区", "Yunting District")
WEST_RIVER: Final[Name] = ("沧汀河", "Cangting River")
EAST_RIVER: Final[Name] = ("霁川河", "Jichuan River")

TRIBUTARIES: Final[tuple[Name, ...]] = (
    ("青萝河", "Qingluo River"), ("栖云河", "Qiyun River"), ("砚溪", "Yanxi Creek"), ("棠溪", "Tangxi Creek"),
    ("雁汐河", "Yanxi River"), ("梨溪", "Lixi Creek"), ("松漪河", "Songyi River"), ("鹿汀溪", "Luting Creek"),
    ("萤川", "Yingchuan Creek"), ("柘溪", "Zhexi Creek"), ("枫漪河", "Fengyi River"), ("苇溪", "Weixi Creek"),
)  # fmt: skip

VILLAGES: Final[tuple[Name, ...]] = (
    ("雁归台", "Yanguitai"), ("青穗庄", "Qingsuizhuang"), ("棠影峪", "Tangyingyu"), ("听澜湾", "Tinglanwan"),
    ("鹿鸣坎", "Lumingkan"), ("霁月庄", "Jiyuezhuang"), ("槐荫铺", "Huaiyinpu"), ("桑落营", "Sangluoying"),
    ("白鹭汀", "Bailuting"), ("栗香峪", "Lixiangyu"), ("杏烟沟", "Xingyangou"), ("沉石店", "Chenshidian"),
    ("素问庄", "Suwenzhuang"), ("星野台", "Xingyetai"), ("云锦坨", "Yunjintuo"), ("望汐庄", "Wangxizhuang"),
    ("枫照岭", "Fengzhaoling"), ("竹喧沟", "Zhuxuangou"), ("麦浪营", "Mailangying"), ("石笙峪", "Shishengyu"),
    ("南浣庄", "Nanhuanzhuang"), ("北浣庄", "Beihuanzhuang"), ("燕语铺", "Yanyupu"), ("温汐坎", "Wenxikan"),
    ("橡实沟", "Xiangshigou"), ("晴耕庄", "Qinggengzhuang"), ("雨读庄", "Yuduzhuang"),
    ("柘木营", "Zhemuying"),
    ("萤火坨", "Yinghuotuo"), ("松籁坳", "Songlai'ao"), ("芦笛湾", "Ludiwan"), ("苇荻庄", "Weidizhuang"),
    ("鹤汀庄", "Hetingzhuang"), ("梨云峪", "Liyunyu"), ("赤果岭", "Chiguoling"), ("磨镜台", "Mojingtai"),
    ("墨砚沟", "Moyangou"), ("琴石岭", "Qinshiling"), ("柳笛铺", "Liudipu"), ("烟岚庄", "Yanlanzhuang"),
    ("谷雨营", "Guyuying"), ("霜降坨", "Shuangjiangtuo"), ("惊蛰沟", "Jingzhegou"),
)  # fmt: skip

TOWNSHIPS: Final[tuple[Name, ...]] = (
    ("汀北镇", "Tingbei Town"), ("栖霖镇", "Qilin Town"), ("青岚镇", "Qinglan Town"),
    ("临汐镇", "Linxi Town"), ("霁川镇", "Jichuan Town"), ("沧汀镇", "Cangting Town"),
    ("鹤鸣谷镇", "Hemingu Town"), ("槐序镇", "Huaixu Town"), ("松醪镇", "Songlao Town"),
    ("砚山口镇", "Yanshankou Town"), ("雁栖坪镇", "Yanqiping Town"), ("稻香汀镇", "Daoxiangting Town"),
    ("望澜镇", "Wanglan Town"), ("梨棠镇", "Litang Town"), ("云渚镇", "Yunzhu Town"),
    ("石磬镇", "Shiqing Town"), ("枫亭镇", "Fengting Town"), ("朔星乡", "Shuoxing Township"),
    ("柘溪乡", "Zhexi Township"), ("萤泽乡", "Yingze Township"), ("竹篱乡", "Zhuli Township"),
    ("云汀街道", "Yunting Subdistrict"),
)  # fmt: skip

PEAKS: Final[tuple[Name, ...]] = (
    ("望穹山", "Mount Wangqiong"), ("揽辰峰", "Lanchen Peak"), ("苍梁山", "Mount Cangliang"),
    ("鹤影山", "Mount Heying"), ("铁笛峰", "Tiedi Peak"), ("石涛岭", "Shitao Ridge"),
    ("云脊山", "Mount Yunji"),
    ("青嶂岭", "Qingzhang Ridge"), ("朔月峰", "Shuoyue Peak"), ("松针岭", "Songzhen Ridge"),
    ("鹰回岭", "Yinghui Ridge"), ("赤壤山", "Mount Chirang"),
)  # fmt: skip

ISLANDS: Final[tuple[Name, ...]] = (
    ("石鲸岛", "Shijing Island"), ("棠岛", "Tang Island"), ("星屿", "Xing Islet"), ("雁屿", "Yan Islet"),
    ("青螺屿", "Qingluo Islet"), ("鹤屿", "He Islet"), ("砚屿", "Yan Inkstone Islet"), ("萤屿", "Ying Islet"),
)  # fmt: skip

BAYS: Final[tuple[Name, ...]] = (
    ("芦影湾", "Luying Bay"), ("静川湾", "Jingchuan Bay"), ("鹭栖湾", "Luqi Bay"), ("鱼跃湾", "Yuyue Bay"),
    ("落枫湾", "Luofeng Bay"), ("月汀湾", "Yueting Bay"),
)  # fmt: skip

_STEMS: Final[tuple[Name, ...]] = (
    ("苍苔", "Cangtai"), ("云梯", "Yunti"), ("墨菊", "Moju"), ("霜叶", "Shuangye"), ("石笛", "Shidi"),
    ("鹿野", "Luye"), ("松月", "Songyue"), ("青芷", "Qingzhi"), ("蝉鸣", "Chanming"), ("雪樵", "Xueqiao"),
    ("竹影", "Zhuying"), ("丹枫", "Danfeng"), ("素练", "Sulian"), ("听泉", "Tingquan"), ("栗坡", "Lipo"),
    ("星垂", "Xingchui"), ("烟萝", "Yanluo"), ("霞蔚", "Xiawei"), ("晚照", "Wanzhao"), ("晴岚", "Qinglan"),
    ("莺啼", "Yingti"), ("麦秋", "Maiqiu"), ("柳烟", "Liuyan"), ("梧雨", "Wuyu"), ("琴台", "Qintai"),
    ("画屏", "Huaping"), ("玉簪", "Yuzan"), ("松烟", "Songyan"), ("鹤归", "Hegui"), ("桃涧", "Taojian"),
    ("兰皋", "Langao"),
)  # fmt: skip
_ENDINGS: Final[tuple[Name, ...]] = (
    ("沟", "gou"), ("峪", "yu"), ("涧", "jian"), ("岔", "cha"), ("洼", "wa"), ("坞", "wu"),
)  # fmt: skip


def composed(number: int, what_zh: str, what_en: str) -> Name:
    """Make a name by its number: 186 different ones."""
    stem, ending = _STEMS[number % len(_STEMS)], _ENDINGS[number // len(_STEMS) % len(_ENDINGS)]
    return f"{stem[0]}{ending[0]}{what_zh}", f"{stem[1]}{ending[1]} {what_en}"
