"""The servers that the desk is measured beside: the same terrain, shown by other means.

``python desk_servers.py {desk|ours|rca|remote} PORT CATALOG [STORE]``. ``desk`` is the desk as it ships. The
others look from the same camera at the same textured triangles; ``ours`` is still the whole desk, with water,
names and all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.basin import Basin

SIZE = (1280, 720)
READY_LINE = "http://"
"""In the line that a server prints once it answers."""


def ours(port: int, catalog: Path, store: Path | None) -> None:
    """The desk as it is, but with every triangle in every frame, as its peers have them."""
    import apps.desk
    from layers.cull import Culler

    update = Culler.update

    def finest(self: Culler, *args: Any, **kwargs: Any) -> None:
        update(self, *args, **kwargs | {"max_error_px": 0.0})

    Culler.update = finest  # type: ignore[method-assign]
    apps.desk.serve(catalog, store=store, port=port)


def desk(port: int, catalog: Path, store: Path | None) -> None:
    """The desk as it ships."""
    import apps.desk

    apps.desk.serve(catalog, store=store, port=port)


def finest_in_view(stage: Any) -> NDArray[np.bool_]:
    """The terrain's chunks that a view shows when every triangle counts."""
    stage.max_error_px = 0.0
    stage.window.Render()
    return np.asarray(stage.terrain.culler.shown, dtype=bool)


def plotter(basin: Basin) -> Any:
    """A PyVista plotter with the triangles that the desk draws, under their picture, from its camera."""
    import pyvista as pv

    from layers import camera as cameras
    from layers.stage import Stage

    stage = Stage(basin)
    drawn, camera = finest_in_view(stage), stage.home()
    stage.close()
    mesh = basin.mesh()
    corners, points, places, count = [], [], [], 0
    for chunk in np.flatnonzero(drawn):
        (t0, v0), (t1, v1) = mesh.chunks[chunk, :2], mesh.chunks[chunk + 1, :2]
        corners.append(mesh.triangles[t0:t1] + count)
        points.append(mesh.position[v0:v1])
        places.append(mesh.tcoord[v0:v1])
        count += v1 - v0
    terrain = pv.PolyData.from_regular_faces(np.concatenate(points), np.concatenate(corners))
    terrain.active_texture_coordinates = np.concatenate(places) * [1, -1] + [0, 1]
    plot = pv.Plotter(off_screen=True, window_size=list(SIZE))
    plot.add_mesh(terrain, texture=pv.read_texture(basin.surface_picture()), lighting=False)
    cameras.point(plot.camera, camera, basin.frame, 1.0)
    plot.reset_camera_clipping_range()
    return plot


def remote(port: int, catalog: Path, store: Path | None) -> None:
    """PyVista's remote view as it comes. (trame-pyvista's class sets these two ratios on trame-vtk's.)"""
    from trame.app import get_server
    from trame.ui.html import DivLayout
    from trame.widgets.vtk import VtkRemoteView

    server = get_server("remote")
    plot = plotter(Basin.open(catalog, store=store))
    plot.show(auto_close=False, interactive=False)
    plot.iren.initialize()
    with DivLayout(server) as layout:
        layout.root.style = "width: 100vw; height: 100vh"
        VtkRemoteView(plot.render_window, interactive_ratio=1, still_ratio=1, ref="view")
    _start(server, port)


def rca(
    port: int, catalog: Path, store: Path | None, *, seen: Callable[[Any], Any] = lambda window: window
) -> None:
    """trame-rca's own view, configured as well as it can be on a CPU: no multisampling, JPEG.

    ``seen`` makes of the render window what trame-rca is given.
    """
    from trame.app import get_server
    from trame.ui.html import DivLayout
    from trame_rca.widgets.rca import RemoteControlledArea

    server = get_server("rca")
    plot = plotter(Basin.open(catalog, store=store))
    plot.disable_anti_aliasing()
    plot.render_window.SetMultiSamples(0)
    plot.show(auto_close=False, interactive=False)
    plot.iren.initialize()
    with DivLayout(server) as layout:
        layout.root.style = "width: 100vw; height: 100vh"
        area = RemoteControlledArea(name="rca", display="image", style="width: 100%; height: 100%")
        window = seen(plot.render_window)
        area.create_view_handler(window, encoder="jpeg", target_fps=60, interactive_quality=60)
    _start(server, port)


def _start(server: Any, port: int) -> None:
    server.controller.on_server_ready.add(lambda **_: print(f"{READY_LINE}127.0.0.1:{port}/", flush=True))
    server.start(port=port, host="127.0.0.1", open_browser=False, show_connection_info=False, timeout=0)


if __name__ == "__main__":
    kind, number, which, *rest = sys.argv[1:]
    sys.argv = sys.argv[:1]  # trame reads the rest of the line as its own
    serve = {"desk": desk, "ours": ours, "rca": rca, "remote": remote}[kind]
    serve(int(number), Path(which), Path(rest[0]) if rest else None)
