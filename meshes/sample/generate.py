"""Generate a village model: plan, yards, trees, ground, picture, people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from meshes.sample.atlas import sheet
from meshes.sample.cars import park_cars
from meshes.sample.courtyards import build_yards
from meshes.sample.mapping import draw_map
from meshes.sample.materials import strip
from meshes.sample.orthophoto import Brush, canvas_of, daylight, develop
from meshes.sample.outline import outline_of
from meshes.sample.people import settle
from meshes.sample.plan import draw_plan
from meshes.sample.publics import build_greenhouses, build_publics
from meshes.sample.trees import grow, plant
from meshes.sample.village_ground import build_ground
from meshes.sample.village_model import (
    Building,
    Detail,
    Heights,
    VillageModel,
    VillageSite,
    VillageSiteError,
)
from meshes.sample.works import Works
from twin.sample.vectors import feature


def village_model(site: VillageSite, *, heights: Heights, detail: Detail, seed: int) -> VillageModel:
    """Generate a village's model, the same on every run.

    For the same site, ground and seed. ``heights`` gives the terrain's working heights (m) at (east, north)
    arrays. At "normal" detail a village has 13 to 60 thousand triangles, with its households, and a picture
    of 2048 × 2048 pixels; at "high" about ten times as many and 4096 × 4096. Raises VillageSiteError where
    the outline is unfit or a height is not finite.
    """
    rng = np.random.default_rng([seed, site.number])
    works = Works(heights=heights, rng=rng, detail=detail)
    outline, page = outline_of(site), sheet(detail)
    plan = draw_plan(site, outline, rng=rng)
    canvas = canvas_of(outline)
    build_ground(works, outline, canvas)
    yards = build_yards(works, plan.plots.pick(plan.plots.kind == "yard"))
    build_publics(works, plan.plots.pick(plan.plots.kind == "public"))
    build_greenhouses(works, plan.fields.pick(plan.fields.kind == "film"))
    trees = plant(works, plan, yards, outline)
    grow(works, trees)
    park_cars(works, plan, outline)
    brush = Brush(canvas, page)
    draw_map(brush, plan, yards, outline, rng=rng)
    light = daylight(works, trees, canvas, page)
    ground = develop(brush, page, light=light, heading=plan.heading, rng=rng)
    position, tcoord, triangles, owner = works.faces.done()
    if not np.isfinite(position).all():
        raise VillageSiteError(
            f"the terrain under village {site.number} has no heights; does it reach there?",
            number=site.number,
        )
    return VillageModel(
        site=site, position=position, tcoord=tcoord, triangles=triangles, feature=owner,
        picture=np.concatenate([ground, strip(page)]), buildings=_buildings(works, site),
    )  # fmt: skip


def _buildings(works: Works, site: VillageSite) -> tuple[Building, ...]:
    """All buildings by number, with the village's households and people in its houses."""
    storeys = np.concatenate([g.storeys for g in works.groups if g.kind == "house"])
    homes, lives = settle(storeys, households=site.households, people=site.people, rng=works.rng)
    out, taken = [], 0
    for group in works.groups:
        blocks, lived_in = group.blocks, group.kind == "house"
        rings = blocks.ring()
        closed = np.concatenate([rings, rings[:, :1]], axis=1).tolist()
        for k, ring in enumerate(closed):
            out.append(
                Building(
                    number=int(blocks.feature[k]),
                    ring=tuple((x, y) for x, y in ring),
                    households=int(homes[taken + k]) if lived_in else 0,
                    people=int(lives[taken + k]) if lived_in else 0,
                    storeys=int(group.storeys[k]),
                    height_m=float(group.ridge_m[k]),
                    ground_m=float(blocks.floor[k]),
                    kind=group.kind,
                )
            )
        taken += len(closed) if lived_in else 0
    return tuple(sorted(out, key=lambda one: one.number))


def building_features(models: Sequence[VillageModel]) -> list[dict[str, Any]]:
    """Return villages' buildings as polygons for ``twin.sample.vectors.write``."""
    return [
        feature(
            "Polygon",
            list(one.ring),
            number=one.number,
            village=model.site.number,
            village_zh=model.site.name_zh,
            village_en=model.site.name_en,
            kind=one.kind,
            households=one.households,
            people=one.people,
            storeys=one.storeys,
            height_m=round(one.height_m, 2),
            ground_m=round(one.ground_m, 2),
        )
        for model in models
        for one in model.buildings
    ]
