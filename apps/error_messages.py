"""From errors to sentences: one table, for screens and terminals, in Chinese and English.

An error's own message is its English sentence. The Chinese one is written here, by class, with the error's
data filled in; a class that is not listed speaks with the words of its base.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from twin.errors import Reason, TwinError

CHINESE: dict[str, str] = {
    # twin
    "TwinError": "操作未能完成：{message}",
    "CatalogError": "数据目录有误，请按提示修改：{message}",
    "NoSuchDataError": "数据目录中没有可用的所需数据：{message}",
    "FrameError": "坐标系有误：{message}",
    "SurveyError": "地形测量数据无法并入地形：{message}",
    "VerticalError": "高程基准有误：{message}",
    "AbsurdLinkError": "此链接含有不可能的数值（{where}），未打开",
    "ForeignLinkError": "此链接所看的位置离本流域太远（{away_km:,.0f} km），未打开，可能属于另一个流域",
    "UnknownInLinkError": "此链接提到的 {names} 在这里没有，已略过，其余照常显示",
    "LinkError": "此链接无效或不完整，请重新复制整个链接",
    "StoreError": "数据存储区出错：{message}",
    "SystemRefusalError": "系统拒绝了操作：{message}",
    "DiskFullError": "磁盘已满，请腾出空间后重试{place}",
    "ReadOnlyDiskError": "磁盘只读，请换一个可写的文件夹{place}",
    "NoRightError": "没有权限，请换一个文件夹或用户{place}",
    "TooManyFilesError": "打开的文件过多，请提高上限{place}",
    "StoreBusyError": "另一个程序正在生成数据产品，请稍候再试",
    "NotBuiltError": "数据产品尚未生成，请先运行 twin build",
    "StepFailedError": "生成数据产品时出错：{message}",
    # ingest
    "IngestError": "数据文件无法读取：{message}",
    "MissingFileError": "找不到数据文件：{message}",
    "EmptyFileError": "数据文件是空的：{message}",
    "FormatError": "文件格式不符：{message}",
    "UnsupportedError": "文件完好，但暂不支持读取此格式或内容：{message}",
    "CrsError": "数据文件没有可用的坐标系：{message}",
    "TurnedError": "栅格不是正北朝上：{message}",
    "ValuesError": "数据中没有有效数值：{message}",
    "TooLargeError": "数据文件过大：{message}",
    "TableError": "表格有误：{message}",
    "ColumnError": "表格缺少所需的列：{message}",
    "LimitError": "读取超出时间或内存限制，已停止：{message}",
    "SeedError": "水库的种子点不可用：{message}",
    # water
    "GroundRangeError": "地形高程超出可计算的范围：{message}",
    "BarrierError": "挡水建筑物数据有误：{message}",
    "HypsometryError": "地形库容表有误：{message}",
    "NoSuchCurveError": "没有这一版本的库容曲线：{message}",
    "CurveError": "库容曲线有误：{message}",
    "ScenarioError": "洪水过程有误：{message}",
    "LevelOutOfRange": "水位 {level} m 超出可计算范围（{lowest} 至 {highest} m）",
    "HighestBelowLevel": "历史最高水位 {highest} m 低于当前水位 {level} m，请给出不低于当前水位的值",
    "StorageOutOfRange": "蓄水量 {storage_yi} 亿m³ 超出可计算范围（{lowest_yi} 至 {highest_yi} 亿m³）",
    # the sample, meshes, layers
    "DamSiteError": "示例流域生成失败：{message}",
    "VillageRoomError": "示例流域生成失败：{message}",
    "MeshError": "三维模型有误：{message}",
    "BadSurfaceError": "三维模型的数据不一致：{message}",
    "EmptySurfaceError": "三维模型中没有可用的三角面：{message}",
    "BadTileError": "模型瓦片文件损坏，请重新生成：{message}",
    "BadTilesetError": "模型瓦片集有误，请重新生成：{message}",
    "TilePictureError": "模型瓦片的纹理图片无法使用：{message}",
    "PrefixError": "模型瓦片集重复加载或不存在：{message}",
    "PlacementError": "三维模型无法定位，请检查 crs、ecef 或 anchor：{message}",
    "ForeignFileError": "三维数据文件无法使用：{message}",
    "MissingForeignError": "找不到三维数据文件：{message}",
    "DamagedError": "三维数据文件已损坏或格式不符：{message}",
    "UnsafeUriError": "三维数据文件引用了其文件夹以外的内容，已拒绝：{message}",
    "OverLimitError": "读取三维数据超出时间或内存限制，已停止：{message}",
    "MissingToolError": "缺少读取此格式所需的程序：{message}",
    "VillageSiteError": "示例村庄模型生成失败：{message}",
    "NoGroundError": "地形没有任何有效高程，无法生成模型",
    "LayerError": "图层无法显示：{message}",
    "NoFontError": "系统缺少中文字体，请安装 fonts-noto-cjk",
    "NoOpenGLError": "本机无法绘制三维画面：请安装 libegl1 与 libgl1-mesa-dri（{message}）",
    "RenderError": "画面绘制出错：{message}",
    "UnknownFloodError": "水位 {level_m:g} m 超出已计算淹没范围的高度 {cap_m:.2f} m",
    "UnknownLayerError": "没有这个图层：{message}",
    # stations
    "NetworkError": "测站资料有误：{message}",
    "UnitError": "单位不符：{message}",
    "FeedError": "数据来源无法连接：{message}",
    "StoreFullError": "磁盘已满，观测数据暂时无法保存，腾出空间后自动恢复",
    "WriterBusyError": "另一个程序正在写入观测数据，请先结束它，或用 --store 换一个文件夹",
    "DatabaseError": "观测数据库无法使用：{message}",
    "LostDatabaseError": "观测数据库文件在使用中被删除或替换{place}",
    "ReplayError": "文件无法回放：{message}",
    "RunError": "运行记录有误：{message}",
    "AlarmError": "这条报警已结束，或已有人处理，请以最新列表为准",
    "NoStationsError": "没有声明测站或数据来源：{message}",
    "UnknownStreamError": "没有这个数据流：{message}",
    "UnknownStationError": "没有这个测站：{message}",
    "ThinnedError": "当时所知已无法重现，该时段的观测已归并为小时值：{message}",
    "BadTimeError": "时间有误：{message}",
    "OutputError": "文件无法写入：{message}",
    # apps
    "OtherGenerationError": "链接制作时用的是另一版数据（{was}）：数值可能不同",
    "InputRefusedError": "输入或请求的内容无法使用，画面与数值未变",
    "NoSuchTimeError": "时刻 {at} 不在洪水过程 {start} 至 {end} 之内",
    "ProtocolError": "实时服务的数据不完整：{message}",
    "LiveAwayError": "实时服务暂时无法连接，画面上的数值可能已过时",
    "LiveHungError": "没有响应，已被结束并重新启动",
    "LiveEndedError": "意外结束（{message}）",
    "LiveRefusedError": "实时服务未能完成操作：{zh}",
    "BuildFailedError": "数据产品生成失败：{message}",
    "AddressError": "无法在 {host}:{port} 上监听，请检查 --host 与 --port",
    "PortBusyError": "端口 {port} 已被占用，请用 --port 换一个",
    "NoReportsError": "没有同时给出水位和蓄水量的报告：{message}",
    "OutputExistsError": "文件已存在，不会覆盖：{message}",
}


def in_english(error: TwinError) -> str:
    """The English sentence, one line."""
    return _one_line(str(error))


def in_chinese(error: TwinError) -> str:
    """The Chinese sentence, one line; data that is missing leaves the message in its place."""
    sentence = next(CHINESE[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in CHINESE)
    try:
        return _one_line(sentence.format(**_data(error)))
    except (KeyError, ValueError, TypeError):
        return _one_line(CHINESE["TwinError"].format(message=error))


def told(reason: Reason, language: Literal["zh", "en"]) -> str:
    """Why something cannot be used, in the reader's language, one line."""
    if language == "en":
        return _one_line(reason.message)
    sentence = CHINESE.get(reason.kind, CHINESE["TwinError"])
    try:
        return _one_line(sentence.format(message=reason.message, place=_place(reason.message)))
    except (KeyError, ValueError):  # its data was not kept
        return _one_line(CHINESE["TwinError"].format(message=reason.message))


def without_folders(text: str) -> str:
    """A text for browsers: of each path of the server only the last part, which tells what it is about."""
    return re.sub(r"(?:sqlite:///)?/(?:[^\s:/]+/)+([^\s:/]+)", r"\1", text)


def say(error: TwinError, language: Literal["zh", "en"]) -> str:
    """The sentence in the reader's language."""
    return in_chinese(error) if language == "zh" else in_english(error)


def _data(error: TwinError) -> dict[str, Any]:
    """An error's data and its message; storages also in 1e8 m³ (亿), as people say them."""
    data: dict[str, Any] = {"message": str(error), "place": _place(str(error)), **error.data}
    if "storage" in error.data:
        for name in ("storage", "lowest", "highest"):
            data[f"{name}_yi"] = _yi(float(data[name].replace(",", "")))
    return data


def _yi(volume_m3: float) -> str:
    """In 1e8 m³ with at least two decimals, and to the cubic metre where it has them."""
    text = f"{volume_m3 / 1e8:.8f}"
    return text[:-6] + text[-6:].rstrip("0")


def _place(message: str) -> str:
    """The file or folder that a message begins with, in brackets; nothing where it names none."""
    where, colon, _ = message.partition(": ")
    return f"（{where}）" if colon and "/" in where else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
