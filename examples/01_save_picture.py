"""Save a picture of the reservoir at a level. No server, no browser: the scene is a library.

    python examples/01_save_picture.py --level 157.5 --out lake.png
    python examples/01_save_picture.py my_catalog.yaml --root data --level 150 --language en

Without a catalog it is the sample basin; what has not been built yet is built first.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image

import twin
from layers import Stage
from meshes.pipeline import build, is_built

SAMPLE = Path(__file__).resolve().parents[1] / "data_catalog.yaml"


def main() -> int:
    ask = parse_args()
    try:
        if not is_built(ask.catalog, root=ask.root, store=ask.store):
            print("building what is missing …", file=sys.stderr)
            build(ask.catalog, root=ask.root, store=ask.store)
        basin = twin.Basin.open(ask.catalog, root=ask.root, store=ask.store)
        save_picture(basin, level_m=ask.level, language=ask.language, size=ask.size, out=ask.out)
    except (twin.TwinError, OSError) as error:
        print(f"{Path(__file__).name}: {error}", file=sys.stderr)
        return 1
    return 0


def save_picture(
    basin: twin.Basin, *, level_m: float, language: str, size: tuple[int, int], out: Path
) -> None:
    """Draw the flood at a level from the basin's home viewpoint. Raises LevelOutOfRange."""
    water = basin.water.at(level_m=level_m)  # what the level means; the picture shows the same flood

    stage = Stage(basin, size=size)
    stage.apply(stage.fresh(twin.what_if(level_m)).changed(language=language))
    Image.fromarray(stage.picture()).save(out, format="PNG")  # names, arrow and scale bar on it
    stage.close()

    area = "unknown" if water.area_m2 is None else f"{water.area_m2 / 1e6:.2f} km²"
    print(f"{out}: {level_m:g} m, {water.storage_m3 / 1e8:.3g} × 10⁸ m³ by the curve, {area} under water")


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Save a picture of the reservoir at a level.")
    parser.add_argument("catalog", nargs="?", type=Path, default=SAMPLE, help="default: the sample basin")
    parser.add_argument("--root", type=Path, help="folder that the catalog's relative uris start from")
    parser.add_argument("--store", type=Path, help="folder of products (default: .twin beside the catalog)")
    parser.add_argument("--level", type=float, default=157.5, metavar="M", help="default: %(default)s m")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    parser.add_argument("--size", type=pixels, default=(1280, 720), metavar="WxH", help="default: 1280x720")
    parser.add_argument("--out", type=Path, default=Path("reservoir.png"), help="default: %(default)s")
    return parser.parse_args()


def pixels(text: str) -> tuple[int, int]:
    """'1280x720' as (width, height)."""
    try:
        width, height = (int(part) for part in text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write one like 1280x720") from None
    if not (16 <= width <= 7680 and 16 <= height <= 4320):
        raise argparse.ArgumentTypeError(f"{text} lies outside 16x16 to 7680x4320")
    return width, height


if __name__ == "__main__":
    sys.exit(main())
