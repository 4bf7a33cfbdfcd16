"""Route roads between settlements.

The cheapest ways over the ground, as many as hold everything together.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from twin.arrays import F32, F64, I32, I64, Bools
from twin.grid import Grid
from twin.noise import fractal
from twin.sample.grids import zoomed

COARSE = 4  # roads are sought on cells of 120 m
EASY_SLOPE = 0.05  # doubles the cost of a way
MORE_LINKS = 0.30  # links beyond the fewest that connect all, as a share of those
Road = F64  # (n, 2) east and north, m


def find_roads(
    height_m: F32, grid: Grid, *, barred: Bools, places: list[tuple[float, float]], seed: int
) -> list[Road]:
    """Route roads between ``places``, as smooth lines.

    (east, north), never through ``barred`` cells. Every cell belongs to the place it is reached from most
    cheaply; where two such realms touch, the cheapest crossing is a possible link, and a spanning tree with
    some more links is built.
    """
    coarse = zoomed(grid, COARSE)
    cost = _cost(height_m, barred, coarse) * (
        1.0 + 0.9 * abs(fractal(coarse, wave_m=900.0, octaves=2, seed=seed))
    )
    graph = _graph(cost)
    cells = sorted({_cell(coarse, east, north) for east, north in places})
    cells = [cell for cell in cells if np.isfinite(cost.ravel()[cell])]
    total, before, realm = dijkstra(
        graph, directed=False, indices=cells, min_only=True, return_predecessors=True
    )
    number = np.full(cost.size, -1, np.int64)
    number[cells] = np.arange(len(cells))
    owner = np.where(realm >= 0, number[np.maximum(realm, 0)], -1)
    links = _links(graph, total, owner, len(cells))
    return [_line(coarse, [*_back(before, a)[::-1], *_back(before, b)]) for a, b in links]


def _cost(height_m: F32, barred: Bools, coarse: Grid) -> F64:
    """Cost of a cell's width of road, infinite where there can be none."""
    rows, cols = coarse.shape
    block = (slice(0, rows * COARSE), slice(0, cols * COARSE))
    mean = height_m[block].reshape(rows, COARSE, cols, COARSE).mean(axis=(1, 3))
    down, right = np.gradient(mean, coarse.dy)
    slope = np.hypot(down, right)
    closed = barred[block].reshape(rows, COARSE, cols, COARSE).any(axis=(1, 3))
    return np.where(closed, np.inf, 1.0 + (slope / EASY_SLOPE) ** 2)


def _graph(cost: F64) -> coo_array:
    index = np.arange(cost.size).reshape(cost.shape)
    froms, tos, weights = [], [], []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = (slice(0, cost.shape[0] - down), slice(max(0, -right), cost.shape[1] - max(0, right)))
        there = (slice(down, None), slice(max(0, right), cost.shape[1] + min(0, right)))
        weight = 0.5 * (cost[here] + cost[there]) * float(np.hypot(down, right))
        free = np.isfinite(weight)
        froms.append(index[here][free])
        tos.append(index[there][free])
        weights.append(weight[free])
    places = (np.concatenate(froms), np.concatenate(tos))
    return coo_array((np.concatenate(weights), places), shape=(cost.size, cost.size)).tocsr()


def _links(graph: coo_array, total: F64, owner: I64, count: int) -> list[tuple[int, int]]:
    """Pairs of touching cells at which the realms' roads meet."""
    edges = graph.tocoo()
    a, b = edges.coords
    apart = (owner[a] != owner[b]) & (owner[a] >= 0) & (owner[b] >= 0)
    a, b, step = a[apart], b[apart], edges.data[apart]
    length = total[a] + step + total[b]
    low, high = np.minimum(owner[a], owner[b]), np.maximum(owner[a], owner[b])
    order = np.lexsort((a, length, high, low))
    first = np.ones(order.size, np.bool_)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    best = order[first]
    pairs = coo_array((length[best], (low[best], high[best])), shape=(count, count)).tocsr()
    tree = minimum_spanning_tree(pairs).tocoo()
    wanted = set(zip(tree.coords[0].tolist(), tree.coords[1].tolist(), strict=True))
    for k in best[np.argsort(length[best], kind="stable")]:
        if len(wanted) >= (1 + MORE_LINKS) * tree.nnz:
            break
        wanted.add((int(low[k]), int(high[k])))
    return [(int(a[k]), int(b[k])) for k in best if (int(low[k]), int(high[k])) in wanted]


def _back(before: I32, cell: int) -> list[int]:
    path = [cell]
    while before[path[-1]] >= 0:
        path.append(int(before[path[-1]]))
    return path


def _line(coarse: Grid, path: list[int]) -> Road:
    x, y = coarse.centre_of(*np.divmod(np.asarray(path), coarse.cols))
    line = np.column_stack([x, y])
    soft = ndimage.gaussian_filter1d(line, 2.0, axis=0, mode="nearest")
    soft[0], soft[-1] = line[0], line[-1]
    return np.asarray(soft)


def _cell(coarse: Grid, east: float, north: float) -> int:
    row, col = coarse.nearest_cells(east, north)
    return int(row) * coarse.cols + int(col)


def on_roads(roads: list[Road], grid: Grid) -> Bools:
    """Return the cells that roads run through."""
    mask = np.zeros(grid.shape, np.bool_)
    for road in roads:
        pieces = np.linspace(0, len(road) - 1, (len(road) - 1) * 2 * COARSE + 1)
        x = np.interp(pieces, np.arange(len(road)), road[:, 0])
        y = np.interp(pieces, np.arange(len(road)), road[:, 1])
        mask[grid.nearest_cells(x, y)] = True
    return mask
