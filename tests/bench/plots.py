"""Growth as a picture: an SVG of a few curves, without a library."""

from collections.abc import Mapping

WIDTH, HEIGHT, EDGE = 720, 420, 60
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9")  # told apart by every eye

Curves = Mapping[str, Mapping[int, float]]  # label -> size -> seconds


def picture(curves: Curves, unit: str) -> str:
    """Each curve against size, both axes from zero, so that a straight line is linear growth."""
    most_x = max(size for curve in curves.values() for size in curve)
    most_y = max(value for curve in curves.values() for value in curve.values())

    def at(size: float, value: float) -> str:
        x = EDGE + size / most_x * (WIDTH - 2 * EDGE)
        y = HEIGHT - EDGE - value / most_y * (HEIGHT - 2 * EDGE)
        return f"{x:.1f},{y:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="13" role="img"><title>Processor time against the number of {unit}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<polyline points="{at(0, most_y)} {at(0, 0)} {at(most_x, 0)}" fill="none" stroke="#333"/>',
        f'<text x="{EDGE}" y="{EDGE - 15}">seconds (top: {most_y:.1f})</text>',
        f'<text x="{WIDTH - EDGE}" y="{HEIGHT - 30}" text-anchor="end">{unit} ({most_x:,} at the end)</text>',
    ]
    for number, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(at(size, value) for size, value in sorted(curve.items()))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'
            for x, y in (point.split(",") for point in points.split())
        ]
        parts.append(f'<text x="{EDGE + 12}" y="{EDGE + 8 + 18 * number}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])
