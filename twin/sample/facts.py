"""Published figures and places that the sample starts from.

The places are those that the catalog names. The levels, areas and storages are published figures of Miyun
Reservoir (dead, former flood-limit, normal pool and design flood level). Everything else here is invented.
"""

from __future__ import annotations

from typing import Final

CRS: Final = "EPSG:4548"
SEED: Final = 2026
SEED_POINT: Final = (488_555.0, 4_482_035.0)  # east, north: in the reservoir's deepest part, above the dam
BED_M: Final = 97.0  # the deepest bed; chosen so that the published storage stands at the dead level
CREST_M: Final = 161.0  # of all dams

# level m, area m², storage m³
PUBLISHED: Final = (
    (126.0, 46.154e6, 4.37e8),
    (147.0, 137.54e6, 23.38e8),
    (157.5, 179.33e6, 40.08e8),
    (158.5, 183.60e6, 41.90e8),
)

MARK_ZH: Final = "合成数据"
MARK_EN: Final = "Synthetic data"
