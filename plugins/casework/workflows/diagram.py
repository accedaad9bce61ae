"""A workflow as a picture, always the same for the same one.

States stand in columns from the start to the ends; transitions are numbered lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.api import _
from plugins.casework.workflows.changes import is_own
from plugins.casework.workflows.checks import depths_of
from plugins.casework.workflows.definition import Definition, Transition

WIDTH, HEIGHT = 160, 56
ROW = 76
GUTTER, STEP = 36, 9
"""Room between columns: a margin, and so much for each line that runs in it."""
LANE = 20
MARGIN = 16
LINE = 20
"""Characters of a line in a box, and the lines it has."""
MOST_LINES = 2


class Node(NamedTuple):
    """A state as a box."""

    x: int
    y: int
    lines: tuple[tuple[int, str], ...]
    """Where each line of the title stands, and its words."""
    looks: str


class Edge(NamedTuple):
    """A transition as a line; the number on it is that of the list below the picture."""

    path: str
    x: int
    y: int
    number: int
    looks: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """What casework/workflow_parts.html draws."""

    width: int
    height: int
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    description: str
    box: tuple[int, int] = (WIDTH, HEIGHT)


@dataclass(slots=True)
class _Grid:
    """Where everything stands: columns of boxes, and between them gutters as wide as the lines that run in them."""

    columns: list[list[str]]
    gutters: list[list[tuple[int, str]]]
    """The lines of each gutter, from the left: the number of the transition, and whether it goes "down" or "up"."""

    def place(self, key: str) -> tuple[int, int]:
        """Return the column and the row of a state."""
        return next((x, column.index(key)) for x, column in enumerate(self.columns) if key in column)

    def left(self, column: int) -> int:
        """Return where a column begins."""
        return (
            MARGIN + sum(GUTTER + STEP * len(lines) for lines in self.gutters[: column + 1]) + WIDTH * column
        )

    def corner(self, key: str) -> tuple[int, int]:
        """Return the upper left corner of a box."""
        x, y = self.place(key)
        return self.left(x), MARGIN + y * ROW

    def track(self, gutter: int, number: int, way: str) -> int:
        """Return where a line runs in the gutter before a column."""
        start = MARGIN if not gutter else self.left(gutter - 1) + WIDTH
        return start + GUTTER // 2 + STEP * self.gutters[gutter].index((number, way))

    @property
    def bottom(self) -> int:
        return MARGIN + ROW * max(map(len, self.columns))

    @property
    def width(self) -> int:
        return self.left(len(self.columns)) + MARGIN


def _grid(of: Definition) -> _Grid:
    grid = _Grid(_columns(of), [])
    lines: list[set[tuple[int, str]]] = [set() for _each in range(len(grid.columns) + 1)]
    for number, way in enumerate(of.transitions, 1):
        to = grid.place(way.target)[0]
        for source in way.sources:
            column = grid.place(source)[0]
            lines[column + 1].add((number, "down"))
            if to != column + 1:
                lines[to].add((number, "up"))
    grid.gutters = [sorted(each) for each in lines]
    return grid


def diagram(of: Definition, bad: frozenset[str] = frozenset()) -> Diagram:
    """Return the picture of a workflow; states in `bad` have a fault."""
    grid = _grid(of)
    edges: list[Edge] = []
    for number, way in enumerate(of.transitions, 1):
        edges += _edges(of, grid, number, way)
    lanes = sum(1 for each in edges if "lane" in each.looks)
    return Diagram(
        width=grid.width,
        height=grid.bottom + lanes * LANE + MARGIN,
        nodes=[_node(of, grid, key, bad) for column in grid.columns for key in column],
        edges=_on_lanes(edges, grid.bottom),
        description=_describe(of),
    )


def _describe(of: Definition) -> str:
    return "; ".join(
        _("{step}: từ {sources} sang {target}", step=_(way.title), sources=" · ".join(_(of.state(each).title) for each in way.sources), target=_(of.state(way.target).title))
        for way in of.transitions
    )  # fmt: skip


def _columns(of: Definition) -> list[list[str]]:
    """Return the states by how far they are from the start; what nothing leads to stands last."""
    depth = depths_of(of)
    last = max(depth.values())
    columns: list[list[str]] = [[] for _each in range(last + 1)]
    for state in of.states:
        columns[depth.get(state.key, last)].append(state.key)
    return columns


# ---- boxes and lines ----------------------------------------------------------------------------------------------


def _node(of: Definition, grid: _Grid, key: str, bad: frozenset[str]) -> Node:
    state = of.state(key)
    x, y = grid.corner(key)
    lines = _wrapped(_(state.title))
    first = HEIGHT // 2 + 5 - 9 * (len(lines) - 1)
    looks = [
        name
        for name, so in (
            ("start", key == of.start),
            ("final", state.final),
            ("own", is_own(key)),
            ("bad", key in bad),
        )
        if so
    ]
    return Node(
        x, y, tuple((y + first + 18 * each, text) for each, text in enumerate(lines)), " ".join(looks)
    )


def _wrapped(text: str) -> list[str]:
    """Return a title in the lines of a box; what does not fit ends in an ellipsis."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1][: LINE - 1]}…"]
    return lines


def _edges(of: Definition, grid: _Grid, number: int, way: Transition) -> list[Edge]:
    """Return the lines of a transition: straight to the next column, all others by one lane under the boxes."""
    own = "own" if is_own(way.key) else "back" if way.returns else ""
    found, afar = [], []
    for source in way.sources:
        if grid.place(way.target)[0] == grid.place(source)[0] + 1:
            found.append(_direct(grid, number, source, way.target, own))
        else:
            afar.append(source)
    if afar:
        found.append(_lane(grid, number, afar, way.target, own))
    return found


def _port(number: int) -> int:
    """Return how high on the side of a box the line of a transition stands, so that lines lie side by side."""
    return 12 + (number * 8) % (HEIGHT - 20)


def _direct(grid: _Grid, number: int, source: str, target: str, looks: str) -> Edge:
    (x, y), (to_x, to_y) = grid.corner(source), grid.corner(target)
    x, y, to_y = x + WIDTH, y + _port(number), to_y + _port(number)
    middle = grid.track(grid.place(target)[0], number, "down")
    path = f"M{x} {y}H{middle}V{to_y}H{to_x}"
    return Edge(path, middle, (y + to_y) // 2, number, looks)


def _lane(grid: _Grid, number: int, sources: Sequence[str], target: str, looks: str) -> Edge:
    """Return a line from some boxes down to a lane and up to another box; the lane's place is filled in later."""
    to_x, to_y = grid.corner(target)
    up = grid.track(grid.place(target)[0], number, "up")
    parts = []
    for source in sources:
        x, y = grid.corner(source)
        down = grid.track(grid.place(source)[0] + 1, number, "down")
        parts.append(f"M{x + WIDTH} {y + _port(number)}H{down}V@H{up}")
    path = f"{''.join(parts)}V{to_y + _port(number)}H{to_x}"
    return Edge(path, up + 14, 0, number, f"lane {looks}".strip())


def _on_lanes(edges: Sequence[Edge], bottom: int) -> list[Edge]:
    found, lane = [], bottom
    for each in edges:
        if "lane" in each.looks:
            lane += LANE
            found.append(
                each._replace(path=each.path.replace("@", str(lane - LANE // 2)), y=lane - LANE // 2)
            )
        else:
            found.append(each)
    return found
