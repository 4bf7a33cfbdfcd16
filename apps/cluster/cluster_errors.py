"""Errors of a Ray cluster."""

from __future__ import annotations

from twin.errors import TwinError


class ClusterError(TwinError):
    """Ray cluster that cannot be used; ``in_zh`` is the Chinese sentence."""

    zh = "计算集群无法使用：{in_zh}"


class NodeLostError(ClusterError):
    """Nodes ended each time before their work was done."""

    zh = "节点失联，工作未完成：{in_zh}"
    again = True
    """A next build tries it anew."""


def no_ray() -> ClusterError:
    """Return the error of a missing library."""
    return ClusterError(
        "Ray is not installed here: pip install 'miyun-twin[cluster]', or leave --ray out",
        in_zh="本机未安装 Ray，请安装 miyun-twin[cluster]，或去掉 --ray",
    )


def no_answer(address: str, wait_s: float) -> ClusterError:
    """Return the error of an address behind which no Ray is."""
    if address == "auto":
        return ClusterError(
            "no Ray runs on this machine: start it with 'ray start', or give --ray the head's HOST:PORT",
            in_zh="本机没有运行 Ray，请用 ray start 启动，或用 --ray 指定主节点的 主机:端口",
        )
    return ClusterError(
        f"no Ray answers at {address} within {wait_s:g} s: start it with 'ray start', here too, and open its "
        "ports between the machines",
        in_zh=f"{address} 在 {wait_s:g} 秒内没有应答，请先用 ray start 启动（本机也要），并放通端口",
    )


def no_project(node: str, why: str) -> ClusterError:
    """Return the error of a node that cannot run this project's code."""
    return ClusterError(
        f"the node {node} does not have this project ({why}): install the same version there and start Ray "
        "from its .venv",
        in_zh=f"节点 {node} 上没有相同版本的本系统（{why}），请安装后用其 .venv 中的 ray 启动",
    )
