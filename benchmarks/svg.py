"""Just enough SVG for the plots: boxes, lines and text, the same bytes for the same figures."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

INK, QUIET, FAINT = "#1f2933", "#616e7c", "#e4e7eb"
COLOURS = ("#2f6fab", "#e07b39", "#5a9e6f", "#8d6bb3", "#c9a227", "#9aa5b1", "#b5485d")
LINE = 24
"""The height of a row."""


class Drawing:
    """Shapes on a white ground, so that it reads the same on a dark page."""

    def __init__(self, width: int, title: str) -> None:
        self.width = width
        self.height = 0
        self._title = title
        self._shapes: list[str] = []
        self.text(16, 26, title, size=16, bold=True)

    def _reach(self, bottom: float) -> None:
        self.height = max(self.height, int(bottom) + 16)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle."""
        self._reach(y + height)
        self._shapes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
        )

    def line(self, points: Sequence[tuple[float, float]], colour: str, width: float = 1, dashes: str = "") -> None:
        """Through these points."""
        self._reach(max(y for _, y in points))
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self._shapes.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}'
            ' stroke-linejoin="round"/>'
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        """A small circle."""
        self._shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: int = 12,
        colour: str = INK,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """One line of it, standing on ``y``."""
        self._reach(y)
        weight = ' font-weight="600"' if bold else ""
        self._shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}>'
            f"{escape(text)}</text>"
        )

    def legend(self, x: float, y: float, entries: Iterable[tuple[str, str]]) -> None:
        """Names beside their colours, in a row."""
        for name, colour in entries:
            self.box(x, y - 10, 12, 12, colour)
            self.text(x + 18, y, name, colour=QUIET)
            x += 34 + 6.6 * len(name)

    def save(self, path: Path) -> None:
        """Writes it."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}"'
            f' height="{self.height}" role="img" aria-label="{escape(self._title)}"'
            ' font-family="system-ui, -apple-system, Segoe UI, Roboto, sans-serif">'
        )
        ground = f'<rect width="{self.width}" height="{self.height}" fill="#ffffff"/>'
        path.write_text("\n".join([head, ground, *self._shapes, "</svg>"]) + "\n", encoding="utf-8")


def round_up(value: float) -> float:
    """The next number that reads well at the end of an axis."""
    step = 1.0
    while step * 10 < value:
        step *= 10
    while step > value:
        step /= 10
    return next(step * factor for factor in (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15) if step * factor >= value)
