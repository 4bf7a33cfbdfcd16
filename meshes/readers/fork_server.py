"""Fork readers for meshes, point clouds and tiles.

See ``meshes.guard``.
"""

from __future__ import annotations

from twin.ingest.fork_server import main

if __name__ == "__main__":
    main("meshes.readers.sandbox")
