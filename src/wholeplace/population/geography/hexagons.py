"""Our own hexagon map: one hexagon a ward, touching, roughly where the ward is.

The cells are the most central ones of a hexagon grid laid over the wards' middles; an
optimal assignment puts each ward in one, then swaps bring true neighbours and wards of one
constituency together. The outcome is typed into a place's wards.csv as a fact file of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Cell = tuple[int, int]
NEIGHBOURS: tuple[Cell, ...] = ((1, 0), (1, -1), (0, -1), (-1, 0), (-1, 1), (0, 1))
TOGETHER = 6.0
"""How many squared cell widths of displacement a pair kept side by side is worth."""


def lay_out(
    centres: Mapping[str, tuple[float, float]],
    neighbours: Sequence[tuple[str, str]],
    *,
    seed: int = 7,
    swaps: int = 60_000,
) -> dict[str, Cell]:
    """Axial coordinates (q, r) for each code; every cell is used once and touches another.

    `centres` are longitude and latitude in degrees; `neighbours` are pairs to keep together
    (a pair given twice counts double).
    """
    codes = sorted(centres)
    points = flattened(np.array([centres[code] for code in codes]))
    cells = choose_cells(points, len(codes))
    places = np.array([centre_of(cell) for cell in cells])
    costs = ((points[:, None, :] - places[None, :, :]) ** 2).sum(axis=2)
    seats = assignment(costs)
    index = {code: at for at, code in enumerate(codes)}
    pairs = np.zeros((len(codes), len(codes)))
    for one, other in neighbours:
        pairs[index[one], index[other]] += 1
        pairs[index[other], index[one]] += 1
    seats = swapped(seats, costs, pairs, touching(cells), seed, swaps)
    return {code: cells[seats[at]] for at, code in enumerate(codes)}


def flattened(degrees: Floats) -> Floats:
    """Degrees to cell widths around the middle, north up, each ward's share a cell in size.

    Ranks stand half-way for distances, so that the crowded middle opens up.
    """
    x = degrees[:, 0] * np.cos(np.radians(degrees[:, 1].mean()))
    metres = np.column_stack([x, degrees[:, 1]])
    metres = (metres - metres.mean(axis=0)) / metres.std(axis=0).mean()
    ranks = metres.argsort(axis=0).argsort(axis=0) / len(metres)
    opened = (metres + (ranks - 0.5) * 2 * np.sqrt(3)) / 2
    return np.asarray(opened * np.sqrt(len(metres)) * 0.32, dtype=np.float64)


def centre_of(cell: Cell) -> tuple[float, float]:
    """Middle of a pointy-topped hexagon one wide; r grows southwards, as pages do."""
    q, r = cell
    return q + r / 2, -r * np.sqrt(3) / 2


def choose_cells(points: Floats, count: int) -> list[Cell]:
    """`count` touching cells, grown from the middle by nearness to the points."""
    reach = range(-count // 2, count // 2 + 1)
    grid = [(q, r) for q in reach for r in reach]
    near = {}
    for cell in grid:
        gaps = np.sort(((points - centre_of(cell)) ** 2).sum(axis=1))
        near[cell] = float(gaps[:3].sum())
    chosen = [min(grid, key=lambda cell: (near[cell], cell))]
    while len(chosen) < count:
        edge = {(q + dq, r + dr) for q, r in chosen for dq, dr in NEIGHBOURS} - set(chosen)
        chosen.append(min(edge, key=lambda cell: (near.get(cell, np.inf), cell)))
    return sorted(chosen)


def touching(cells: Sequence[Cell]) -> npt.NDArray[np.bool_]:
    """Whether each pair of cells shares an edge."""
    near = {(q + dq, r + dr): None for q, r in [(0, 0)] for dq, dr in NEIGHBOURS}
    return np.array([[(q - a, r - b) in near for a, b in cells] for q, r in cells])


def assignment(costs: Floats) -> npt.NDArray[np.int64]:
    """The cheapest one-to-one assignment of rows to columns (the Hungarian method).

    `costs` is square; the answer gives each row its column.
    """
    size = len(costs)
    row_price, column_price = np.zeros(size + 1), np.zeros(size + 1)
    held, way = np.zeros(size + 1, dtype=np.int64), np.zeros(size + 1, dtype=np.int64)
    for row in range(1, size + 1):
        held[0], column = row, 0
        least, used = np.full(size + 1, np.inf), np.zeros(size + 1, dtype=np.bool_)
        while held[column]:
            used[column] = True
            free = np.flatnonzero(~used[1:]) + 1
            reduced = costs[held[column] - 1, free - 1] - row_price[held[column]]
            reduced = reduced - column_price[free]
            better = reduced < least[free]
            least[free[better]], way[free[better]] = reduced[better], column
            following = int(free[np.argmin(least[free])])
            step = least[following]
            row_price[held[used]] += step
            column_price[used] -= step
            least[~used] -= step
            column = following
        while column:
            held[column] = held[way[column]]
            column = int(way[column])
    answer = np.empty(size, dtype=np.int64)
    answer[held[1:] - 1] = np.arange(size)
    return answer


def swapped(
    seats: npt.NDArray[np.int64],
    costs: Floats,
    pairs: Floats,
    near: npt.NDArray[np.bool_],
    seed: int,
    swaps: int,
) -> npt.NDArray[np.int64]:
    """Try random swaps of two wards and keep those that make the map better."""
    draw = np.random.default_rng(seed).integers(0, len(seats), size=(swaps, 2))
    seats = seats.copy()

    def worth(at: int) -> float:
        return float(TOGETHER * pairs[at] @ near[seats[at], seats] - costs[at, seats[at]])

    for one, other in draw:
        before = worth(one) + worth(other)
        seats[[one, other]] = seats[[other, one]]
        if worth(one) + worth(other) < before:
            seats[[one, other]] = seats[[other, one]]
    return seats
