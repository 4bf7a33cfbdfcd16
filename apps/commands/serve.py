"""Command ``twin serve``: serve a basin to browsers."""

from __future__ import annotations

import ipaddress
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apps.child_processes import end_with_parent
from apps.commands.options import basin_options, detail_option, ray_option, users_option, users_path
from apps.hub.port import listen
from apps.hub.supervisor import hub_command, supervise
from apps.logs import COUNT, SIZE_MB, configure_logging

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.hub.sign_in.listening import Network
    from meshes.pipeline import Detail

LOOPBACK = ("127.0.0.0/8", "::1")


@click.command()
@basin_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free.")
@click.option(
    "--painters", type=click.IntRange(1, 64), help="Most processes that draw at once; by itself one a core."
)
@ray_option
@click.option("--open", "is_open", is_flag=True, help="Nobody signs in; for this machine only.")
@users_option
@click.option("--certificate", type=click.Path(path_type=Path), help="TLS certificate with its chain (PEM).")
@click.option("--key", type=click.Path(path_type=Path), help="Key of the certificate (PEM).")
@click.option(
    "--behind-proxy", is_flag=True, help="Believe a proxy with TLS on this machine (X-Forwarded-…)."
)
@click.option("--proxy", "proxies", multiple=True, help="Address or network of a proxy elsewhere.")
@detail_option
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help="File of a log in JSON lines.")
@click.option(
    "--log-mb", type=click.FloatRange(0.1, 10_000), default=SIZE_MB, show_default=True, help="Size of it."
)
@click.option(
    "--log-files", type=click.IntRange(1, 1000), default=COUNT, show_default=True, help="Old ones kept."
)
@click.option("--socket", "handle", type=int, hidden=True, help="A listening socket: this is the child.")
def serve(
    catalog: Path,
    root: Path | None,
    store: Path | None,
    host: str,
    port: int,
    painters: int | None,
    ray: str | None,
    is_open: bool,
    users: Path | None,
    certificate: Path | None,
    key: Path | None,
    behind_proxy: bool,
    proxies: tuple[str, ...],
    detail: Detail | None,
    log: Path | None,
    log_mb: float,
    log_files: int,
    handle: int | None,
) -> None:
    """Serve the basin to browsers; builds what is missing first."""
    if is_open and users is not None:
        raise click.UsageError("--open needs no --users: nobody signs in")
    users = None if is_open else users_path(catalog, store=store, users=users)
    if (certificate is None) != (key is None):
        raise click.UsageError("--certificate and --key go together")
    if handle is None:
        sys.exit(supervise(hub_command(), listen(host, port)))
    end_with_parent()
    from apps.hub.serving import serve as serve_desk  # noqa: PLC0415
    from apps.hub.sign_in.certificate import Certificate  # noqa: PLC0415
    from apps.hub.sign_in.listening import Listening  # noqa: PLC0415

    listening = Listening(
        host=host,
        port=port,
        certificate=None if certificate is None or key is None else Certificate(certificate, key),
        proxies=(*(_networks(LOOPBACK) if behind_proxy else ()), *_networks(proxies)),
    )
    configure_logging(file=log, size_mb=log_mb, count=log_files)
    placed = {"painters": painters} if ray is None else _placed(ray, painters)
    with socket.socket(fileno=handle) as sock:
        serve_desk(
            catalog,
            root=root,
            store=store,
            detail=detail,
            listening=listening,
            **placed,
            users=users,
            sock=sock,
        )


def _networks(texts: Iterable[str]) -> tuple[Network, ...]:
    networks = []
    for text in texts:
        try:
            networks.append(ipaddress.ip_network(text))
        except ValueError as error:
            raise click.UsageError(
                f"--proxy is an address or a network, like 10.0.0.5 or 10.0.0.0/24: {error}"
            ) from error
    return tuple(networks)


def _placed(ray: str, painters: int | None) -> dict[str, Any]:
    """Return how many painters run over a cluster's nodes, one a core by itself, and what starts one."""
    from apps.cluster.painters import painters_on_nodes  # noqa: PLC0415

    command, cores = painters_on_nodes(ray)
    return {"painters": painters or cores, "painter_command": command}
