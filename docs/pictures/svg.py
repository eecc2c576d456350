"""A picture as SVG text. Colours are classes, so that one style sheet serves light and dark pages."""

from xml.sax.saxutils import escape

LIGHT = {
    "page": "fill:#ffffff",
    "text": "fill:#1f2328",
    "note": "fill:#59636e",
    "box": "fill:#f6f8fa;stroke:#818b98",
    "blue": "fill:#cfe3fb;stroke:#3f78ba",
    "green": "fill:#d3ecca;stroke:#4d8f3c",
    "amber": "fill:#fbe3c2;stroke:#b67a20",
    "empty": "fill:#f6f8fa;stroke:#818b98;stroke-dasharray:3 3",
    "shade": "fill:#3f78ba",
    "line": "stroke:#59636e",
    "tip": "fill:#59636e",
    "back": "stroke:#b3402e",
    "back-tip": "fill:#b3402e",
    "back-text": "fill:#b3402e",
}
DARK = {
    "page": "fill:#0d1117",
    "text": "fill:#e6edf3",
    "note": "fill:#9aa4af",
    "box": "fill:#161b22;stroke:#7d8590",
    "blue": "fill:#1a3a5e;stroke:#6ea8e6",
    "green": "fill:#1d3d18;stroke:#7cc266",
    "amber": "fill:#4a3413;stroke:#d9a54a",
    "empty": "fill:#161b22;stroke:#7d8590;stroke-dasharray:3 3",
    "shade": "fill:#4f8fd8",
    "line": "stroke:#9aa4af",
    "tip": "fill:#9aa4af",
    "back": "stroke:#ff8a75",
    "back-tip": "fill:#ff8a75",
    "back-text": "fill:#ff8a75",
}


def rules(colours):
    return "".join(f".{name}{{{style}}}" for name, style in colours.items())


def number(value):
    """At most one decimal, so that every machine writes the same text."""
    return f"{value:.1f}".removesuffix(".0")


class Picture:
    def __init__(self, width, height, title):
        self.width, self.height, self.title = width, height, title
        self.parts = []

    def text(self, x, y, words, size=14, anchor="start", kind="text", bold=False, mono=False):
        weight = ' font-weight="600"' if bold else ""
        family = ' font-family="ui-monospace,Menlo,Consolas,monospace" xml:space="preserve"' if mono else ""
        self.parts.append(f'<text class="{kind}" x="{number(x)}" y="{number(y)}" font-size="{size}" '
                          f'text-anchor="{anchor}"{weight}{family}>{escape(words)}</text>')

    def rect(self, x, y, width, height, kind="box", radius=0, opacity=None):
        extra = f' rx="{number(radius)}"' if radius else ""
        extra += f' fill-opacity="{opacity:.2f}"' if opacity is not None else ""
        self.parts.append(f'<rect class="{kind}" x="{number(x)}" y="{number(y)}" width="{number(width)}" '
                          f'height="{number(height)}"{extra}/>')

    def box(self, x, y, width, height, lines, kind="box", size=14):
        """A rectangle with lines of text in its middle."""
        self.rect(x, y, width, height, kind, radius=6)
        top = y + height / 2 - (len(lines) - 1) * size * 0.65 + size * 0.36
        for i, line in enumerate(lines):
            self.text(x + width / 2, top + i * size * 1.3, line, size, "middle")

    def line(self, points, kind="line", arrow=True, width=1.6):
        path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        tip = f' marker-end="url(#{"back" if kind == "back" else "tip"})"' if arrow else ""
        self.parts.append(f'<polyline class="{kind}" points="{path}" fill="none" stroke-width="{width}"{tip}/>')

    def point(self, x, y, radius, kind, title, hollow=False):
        """A disc or, if hollow, a ring; `title` appears beside the pointer."""
        fill = ' fill-opacity="0"' if hollow else ""
        self.parts.append(f'<circle class="{kind}" cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" '
                          f'stroke-width="1.6"{fill}><title>{escape(title)}</title></circle>')

    def matrix(self, x, y, rows, cell=(48, 28), kind="box", shade=False, decimals=3, size=13):
        """Numbers in cells; with `shade`, the number is also the opacity of its cell."""
        width, height = cell
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                left, top = x + j * width, y + i * height
                self.rect(left, top, width, height, kind)
                if shade:
                    self.rect(left + 1, top + 1, width - 2, height - 2, "shade", opacity=0.55 * value)
                self.text(left + width / 2, top + height / 2 + 4.5, f"{value:.{decimals}f}", size, "middle")

    def svg(self):
        marker = ('<marker id="{0}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
                  '<path class="{1}" d="M0 0L8 4L0 8z"/></marker>')
        head = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" font-family="system-ui,-apple-system,\'Segoe UI\',\'Noto Sans\',\'Noto Sans CJK SC\','
            'sans-serif">',
            f"<title>{escape(self.title)}</title>",
            f"<style>{rules(LIGHT)}@media (prefers-color-scheme:dark){{{rules(DARK)}}}</style>",
            "<defs>" + marker.format("tip", "tip") + marker.format("back", "back-tip") + "</defs>",
            f'<rect class="page" width="{self.width}" height="{self.height}"/>',
        ]
        return "\n".join(head + self.parts + ["</svg>"]) + "\n"
