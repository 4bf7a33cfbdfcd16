"""The process that forks a reader for every mesh, point cloud and tile (see ``meshes.guard``)."""

from __future__ import annotations

from twin.ingest.fork_server import main

if __name__ == "__main__":
    main("meshes.readers.sandbox")
