"""Models of the sample's villages: north-China mountain villages, invented, textured, deterministic."""

from meshes.sample.generate import building_features, village_model
from meshes.sample.village_ground import ground_ring
from meshes.sample.village_model import (
    Building,
    VillageModel,
    VillageSite,
    VillageSiteError,
    from_features,
)

__all__ = [
    "Building",
    "VillageModel",
    "VillageSite",
    "VillageSiteError",
    "building_features",
    "from_features",
    "ground_ring",
    "village_model",
]
