"""Models of the sample's villages: north-China mountain villages, invented, textured, deterministic."""

from twin.sample.village_models.ground import ground_ring
from twin.sample.village_models.making import building_features, village_model
from twin.sample.village_models.model import (
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
