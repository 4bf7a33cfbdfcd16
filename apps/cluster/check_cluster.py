"""Check a Ray cluster; prints its address and cores.

``python -m apps.cluster.check_cluster ADDRESS``, in a process of its own, so that a server never loads Ray.
"""

from __future__ import annotations

import click

from apps.cluster.connecting import FOUND, check_nodes, connected
from apps.error_messages import say
from twin.errors import TwinError


@click.command()
@click.argument("address")
def check(address: str) -> None:
    """Print the head's address and the cores of all nodes."""
    try:
        with connected(address) as ray:
            cores = sum(node.cores for node in check_nodes(ray))
            click.echo(f"{FOUND} {ray.get_runtime_context().gcs_address} {cores}")
    except TwinError as error:
        raise click.ClickException(say(error, "en")) from None


if __name__ == "__main__":
    check()
