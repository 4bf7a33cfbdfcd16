"""Plain trame for many: each visitor a plotter and a remote view of their own, by ``trame.tools.serve``.

``python many_servers.py plain PORT CATALOG [STORE]``.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from trame.tools.serve import MultiClientServer
from trame_server import Server

from tests.bench.desk_servers import plotter
from twin.basin import Basin


def plain(port: int, catalog: Path, store: Path | None) -> None:
    """Serve what an application of PyVista and trame would, with the triangles that the desk draws."""
    from trame.ui.html import DivLayout
    from trame.widgets.vtk import VtkRemoteView

    basin = Basin.open(catalog, store=store)

    class App:
        def __init__(self, name: str) -> None:
            self.server = Server(name)
            self.server.client_type = "vue3"
            self.plot: Any = plotter(basin)
            self.plot.show(auto_close=False, interactive=False)
            self.plot.iren.initialize()
            with DivLayout(self.server) as layout:
                layout.root.style = "width: 100vw; height: 100vh"
                VtkRemoteView(self.plot.render_window, interactive_ratio=1, still_ratio=1, ref="view")

    served = MultiClientServer(App)

    # What it prints, once it listens, holds the address.
    web.run_app(served.web_server, host="127.0.0.1", port=port, print=partial(print, flush=True))


if __name__ == "__main__":
    _, number, which, *rest = sys.argv[1:]
    sys.argv = sys.argv[:1]
    plain(int(number), Path(which), Path(rest[0]) if rest else None)
