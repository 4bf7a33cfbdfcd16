"""The servers that the flight is measured beside: everything there is, loaded whole.

``python flight_servers.py {desk|rca|remote} PORT CATALOG [STORE]``. ``desk`` is the desk as it ships over
what the store holds; its page can fly to villages. The others show every triangle of all villages with their
pictures, and the terrain's in view, from a viewpoint near a village.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import desk_servers
from tests.bench.flight_places import Flown
from twin.basin import Basin

without_models = desk_servers.plotter


def desk(port: int, catalog: Path, store: Path | None) -> None:
    """The desk as it ships, of whatever detail the villages in the store are."""
    import apps.hub.serving
    import apps.hub.startup
    import meshes.pipeline
    from apps.hub.sign_in.listening import Listening

    apps.hub.startup.Basin = Flown  # type: ignore[misc]
    meshes.pipeline.is_built = lambda *_, **__: True
    apps.hub.serving.serve(catalog, store=store, listening=Listening(port=port))


def whole(basin: Basin) -> Any:
    """The plotter of the desk's own peers, moved to a village, with all villages in it."""
    import pyvista as pv

    from layers.scene_layers import aim
    from layers.stage import Stage
    from layers.tiles.picture_decoding import decoded
    from meshes.tiles import map_glb, read_tree

    flown = Flown(basin.catalog, basin.generation)
    plot = without_models(flown)
    frame = basin.frame
    for folder in (folder for model in basin.models() for folder in model.folders):
        tree = read_tree(folder)
        for row in np.flatnonzero((tree.child_count == 0) & tree.has_content):
            content = map_glb(folder / tree.content[row])
            for part in content.primitives:
                if part.triangles is None or not len(part.triangles):
                    continue
                east, north, height = content.centre
                by = np.array([east - frame.east, north - frame.north, height])
                mesh = pv.PolyData.from_regular_faces((part.position + by).astype(np.float32), part.triangles)
                texture = None
                if part.image is not None and part.tcoord is not None:
                    # PyVista's own pictures count from below, a tile's from above.
                    mesh.active_texture_coordinates = part.tcoord * [1, -1] + [0, 1]
                    texture = pv.Texture(decoded(part.image)[..., :3])
                plot.add_mesh(mesh, texture=texture, lighting=False, reset_camera=False, render=False)
    stage = Stage(flown)
    views = [view.id for view in flown.site.viewpoints if view.id.startswith("flight-")]
    aim(plot.camera, stage.viewpoint(views[0]), frame, 1.0)
    stage.close()
    plot.reset_camera_clipping_range()
    return plot


def remote(port: int, catalog: Path, store: Path | None) -> None:
    """PyVista's remote view as it comes."""
    desk_servers.plotter = whole
    desk_servers.remote(port, catalog, store)


def rca(port: int, catalog: Path, store: Path | None) -> None:
    """trame-rca's own view, configured as well as it can be on a CPU.

    No multisampling, JPEG, half of the resolution while the mouse holds the scene.
    """
    from trame_rca.utils import VtkWindow

    class Halved(VtkWindow):  # type: ignore[misc]
        """The window, smaller while something moves."""

        full = desk_servers.SIZE

        def process_resize_event(self, width: int, height: int) -> None:
            self.full = (width, height)
            super().process_resize_event(width, height)

        def process_interaction_event(self, event: dict[str, Any]) -> None:
            share = {"StartInteractionEvent": 2, "EndInteractionEvent": 1}.get(event["type"])
            if share is not None:
                super().process_resize_event(self.full[0] // share, self.full[1] // share)
            super().process_interaction_event(event)

    desk_servers.plotter = whole
    desk_servers.rca(port, catalog, store, seen=Halved)


if __name__ == "__main__":
    kind, number, which, *rest = sys.argv[1:]
    sys.argv = sys.argv[:1]  # trame reads the rest of the line as its own
    serve = {"desk": desk, "rca": rca, "remote": remote}[kind]
    serve(int(number), Path(which), Path(rest[0]) if rest else None)
