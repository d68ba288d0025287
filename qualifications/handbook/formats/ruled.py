"""Tables in a drawing of lines: which rectangles are cells."""

from collections.abc import Sequence
from typing import NamedTuple

NEAR = 2.5  # points within which two lines are one
MOST_LINES = 400  # of one direction in one table; a drawing has more


class Box(NamedTuple):
    """Points from the page's left and top."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


class Line(NamedTuple):
    """A horizontal line at `at` from `start` to `end`, or a vertical one."""

    at: float
    start: float
    end: float


def lines_of(boxes: Sequence[Box]) -> tuple[list[Line], list[Line]]:
    """The horizontal and vertical lines that drawn boxes make: thin ones are one line each."""
    across: list[Line] = []
    down: list[Line] = []
    for left, top, right, bottom in boxes:
        if bottom - top <= NEAR and right - left > NEAR:
            across.append(Line((top + bottom) / 2, left, right))
        elif right - left <= NEAR and bottom - top > NEAR:
            down.append(Line((left + right) / 2, top, bottom))
        elif right - left > 2 * NEAR and bottom - top > 2 * NEAR:
            across += [Line(top, left, right), Line(bottom, left, right)]
            down += [Line(left, top, bottom), Line(right, top, bottom)]
    return _merged(across), _merged(down)


def _merged(lines: list[Line]) -> list[Line]:
    """Lines that go on from one another as one."""
    found: list[Line] = []
    for line in sorted(lines):
        touched = None
        for index in range(len(found) - 1, -1, -1):
            other = found[index]
            if line.at - other.at > NEAR:
                break
            if line.start <= other.end + NEAR and other.start <= line.end + NEAR:
                touched = index
                break
        if touched is None:
            found.append(line)
        else:
            other = found[touched]
            found[touched] = Line(other.at, min(other.start, line.start), max(other.end, line.end))
    return found


def tables(across: Sequence[Line], down: Sequence[Line]) -> list[list[Box]]:
    """The cells of every table, row by row; a frame without inner lines is no table."""
    groups = _groups(across, down)
    found = [_cells(rows, columns) for rows, columns in groups]
    return sorted((cells for cells in found if len(cells) > 1), key=lambda cells: cells[0].top)


def _groups(across: Sequence[Line], down: Sequence[Line]) -> list[tuple[list[Line], list[Line]]]:
    """Lines that touch one another, directly or by others."""
    if len(across) > 8 * MOST_LINES or len(down) > 8 * MOST_LINES:
        return []
    owner = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while owner[index] != index:
            owner[index] = owner[owner[index]]
            index = owner[index]
        return index

    for i, row in enumerate(across):
        for j, column in enumerate(down, start=len(across)):
            if (
                column.start - NEAR <= row.at <= column.end + NEAR
                and row.start - NEAR <= column.at <= row.end + NEAR
            ):
                owner[root(i)] = root(j)
    groups: dict[int, tuple[list[Line], list[Line]]] = {}
    for i, line in enumerate([*across, *down]):
        held = groups.setdefault(root(i), ([], []))
        held[0 if i < len(across) else 1].append(line)
    return [
        group for group in groups.values() if group[0] and group[1] and sum(map(len, group)) > 2
    ]


def _distinct(values: Sequence[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > NEAR:
            found.append(value)
    return found


def _cells(across: list[Line], down: list[Line]) -> list[Box]:
    """Elementary boxes between neighbouring lines, joined where no line parts them."""
    # A table that a page's end has cut has no line there, but its columns' lines reach to it.
    ys = _distinct([y for line in down for y in (line.start, line.end)] + [ln.at for ln in across])
    xs = _distinct([x for line in across for x in (line.start, line.end)] + [ln.at for ln in down])
    if len(xs) < 2 or len(ys) < 2 or len(xs) > 60 or len(ys) > MOST_LINES:
        return []
    columns, rows = len(xs) - 1, len(ys) - 1
    owner = list(range(columns * rows))

    def root(index: int) -> int:
        while owner[index] != index:
            index = owner[index]
        return index

    def parts(lines: list[Line], at: float, middle: float) -> bool:
        return any(
            abs(line.at - at) <= NEAR and line.start - NEAR <= middle <= line.end + NEAR
            for line in lines
        )

    for row in range(rows):
        middle_y = (ys[row] + ys[row + 1]) / 2
        for column in range(columns):
            here = row * columns + column
            middle_x = (xs[column] + xs[column + 1]) / 2
            if column + 1 < columns and not parts(down, xs[column + 1], middle_y):
                owner[root(here + 1)] = root(here)
            if row + 1 < rows and not parts(across, ys[row + 1], middle_x):
                owner[root(here + columns)] = root(here)
    boxes: dict[int, Box] = {}
    for row in range(rows):
        for column in range(columns):
            key = root(row * columns + column)
            box = Box(xs[column], ys[row], xs[column + 1], ys[row + 1])
            held = boxes.get(key, box)
            boxes[key] = Box(
                min(held.left, box.left),
                min(held.top, box.top),
                max(held.right, box.right),
                max(held.bottom, box.bottom),
            )
    return sorted(boxes.values(), key=lambda box: (round(box.top), box.left))
