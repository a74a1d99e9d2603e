"""Shapes of the live table's map: countries of Natural Earth 1:110m (public domain), made small.

    python docs/world_shapes.py ne_110m_admin_0_countries.shp src/kosho/serve/static/world.json

The shapefile is at naturalearthdata.com, and in the wheel of geopandas 0.14 as `naturalearth_lowres.shp`.
Needs pyshp. Countries are in the Equal Earth projection (Savric, Patterson and Jenny 2018), lines are thinned
by the rule of Douglas and Peucker, and places are whole units of a picture 1,000 units wide.
"""

from __future__ import annotations

import json
import math
import sys
from itertools import pairwise
from pathlib import Path

import shapefile

WIDTH = 1000.0
TOLERANCE = 0.7
"""Units by which a thinned line may lie beside what it was."""
LEAST = 1.5
"""Units of area below which an island is left out, unless it is the largest of its country."""
LEFT_OUT = {"ATA"}
"""Antarctica trades nothing."""
A = (1.340264, -0.081106, 0.000893, 0.003796)

Point = tuple[float, float]


def projected(longitude: float, latitude: float) -> Point:
    """Equal Earth, in units of the picture from its upper left."""
    angle = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = angle**2
    lower = 3 * (9 * A[3] * square**4 + 7 * A[2] * square**3 + 3 * A[1] * square + A[0])
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(angle) / lower
    y = angle * (A[0] + A[1] * square + square**3 * (A[2] + A[3] * square))
    scale = WIDTH / (2 * 2.7066)
    return WIDTH / 2 + scale * x, scale * (1.3173 - y)


def thinned(points: list[Point]) -> list[Point]:
    """Without points that lie beside the line of the others by less than `TOLERANCE`."""
    if len(points) < 3:
        return points
    (x0, y0), (x1, y1) = points[0], points[-1]
    length = math.hypot(x1 - x0, y1 - y0)

    def beside(point: Point) -> float:
        if length == 0:
            return math.hypot(point[0] - x0, point[1] - y0)
        return abs((x1 - x0) * (y0 - point[1]) - (x0 - point[0]) * (y1 - y0)) / length

    far = max(range(1, len(points) - 1), key=lambda k: beside(points[k]))
    if beside(points[far]) < TOLERANCE:
        return [points[0], points[-1]]
    return thinned(points[: far + 1])[:-1] + thinned(points[far:])


def area(ring: list[Point]) -> float:
    """Of a closed ring, whichever way it turns."""
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring))) / 2


def path(shape: shapefile.Shape) -> str:
    """What an SVG path draws of a country."""
    ends = [*shape.parts[1:], len(shape.points)]
    rings = [[projected(*point) for point in shape.points[a:b]] for a, b in zip(shape.parts, ends, strict=True)]
    largest = max(rings, key=area)
    kept = [thinned(ring) for ring in rings if ring is largest or area(ring) >= LEAST]
    drawn = []
    for ring in kept:
        whole = list(dict.fromkeys((round(x), round(y)) for x, y in ring))
        if len(whole) > 2:
            drawn.append("M" + "L".join(f"{x} {y}" for x, y in whole) + "Z")
    return "".join(drawn)


def main(source: Path, target: Path) -> None:
    """Write the shapes by ISO 3166 alpha-3 code."""
    found: dict[str, str] = {}
    for one in shapefile.Reader(str(source)).shapeRecords():
        fields = {key.lower(): value for key, value in one.record.as_dict().items()}
        code = fields.get("iso_a3_eh") or fields["iso_a3"]
        if len(code) == 3 and code.isalpha() and code not in LEFT_OUT:
            found[code] = path(one.shape)
    content = {
        "source": "Natural Earth 1:110m, public domain",
        "width": 1000,
        "height": round(2 * 1.3173 * WIDTH / (2 * 2.7066)) - 38,
        "shapes": {code: drawn for code, drawn in sorted(found.items()) if drawn},
    }
    target.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
