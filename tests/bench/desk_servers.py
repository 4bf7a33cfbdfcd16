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

from twin.arrays import F64, I32
from twin.basin import Basin

SIZE = (1280, 720)
ALIKE_PX = 3.0
"""How far off the terrain is in all of them: over 300,000 triangles from home."""
READY_LINE = "http://"
"""In the line that a server prints once it answers."""


def ours(port: int, catalog: Path, store: Path | None) -> None:
    """The desk as it is, but with every triangle in every frame, as its peers have them."""
    import apps.hub.serving
    import apps.painter.painter_client
    from apps.hub.sign_in.listening import Listening

    apps.painter.painter_client.COMMAND = (sys.executable, str(Path(__file__).with_name("finest_painter.py")))  # type: ignore[assignment]
    apps.hub.serving.serve(catalog, store=store, listening=Listening(port=port))


def desk(port: int, catalog: Path, store: Path | None) -> None:
    """The desk as it ships."""
    import apps.hub.serving
    from apps.hub.sign_in.listening import Listening

    apps.hub.serving.serve(catalog, store=store, listening=Listening(port=port))


def triangles_in_view(stage: Any) -> list[tuple[F64, I32]]:
    """(positions in the frame, triangles) of the terrain's tiles that all servers show from home."""
    stage.max_error_px = ALIKE_PX
    stage.settle()
    found = []
    for tile in stage.terrain.drawn:
        found += [(part.position + np.array(tile.centre), part.triangles) for part in tile.primitives]
    return found


def plotter(basin: Basin) -> Any:
    """A PyVista plotter with the triangles that the desk draws, under their picture, from its camera."""
    import pyvista as pv

    from layers.scene_layers import aim
    from layers.stage import Stage
    from twin.cog import read_cog

    stage = Stage(basin, size=SIZE)
    tiles, camera = triangles_in_view(stage), stage.home()
    stage.close()
    picture, grid = read_cog(basin.generation.path("picture") / "surface.tif")
    corners, points, count = [], [], 0
    for position, triangles in tiles:
        corners.append(triangles + count)
        points.append(position)
        count += len(position)
    point = np.concatenate(points)
    east, north = point[:, 0], point[:, 1]
    terrain = pv.PolyData.from_regular_faces(
        (point - [basin.frame.east, basin.frame.north, 0.0]).astype(np.float32), np.concatenate(corners)
    )
    x, y = basin.frame.to_crs(grid.crs, east, north)
    west, south, far_east, far_north = grid.bounds
    terrain.active_texture_coordinates = np.stack(
        [(x - west) / (far_east - west), (y - south) / (far_north - south)], axis=1
    )
    texture = pv.Texture(np.ascontiguousarray(np.moveaxis(picture, 0, -1)))
    plot = pv.Plotter(off_screen=True, window_size=list(SIZE))
    plot.add_mesh(terrain, texture=texture, lighting=False)
    aim(plot.camera, camera, basin.frame, 1.0)
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
