"""The pictures beside docs/benchmarks.md, drawn from its numbers: readable on light and dark ground, without any script."""

import html
import math

import page

WIDTH, LEFT, RIGHT, ROW, TOP, FOOT = 860, 228, 36, 34, 96, 64
# Ours has the accent; the others keep a form and a shade of their own, so that nobody has to tell colours apart.
STYLE = """
svg { font-family: "Instrument Sans", system-ui, -apple-system, "Segoe UI", sans-serif; font-size: 13px; font-variant-numeric: tabular-nums; }
.ground { fill: #ffffff; } .title { fill: #1d1c1a; font-size: 20px; font-weight: 650; } .ink { fill: #1d1c1a; font-weight: 500; } .dim { fill: #625f58; }
.line { stroke: #e4e1da; stroke-width: 1; } .between { stroke: #cbc7bd; stroke-width: 2; }
.own { fill: #0f665c; } .own-text { fill: #0f665c; font-weight: 650; } .a { fill: #b3540a; } .b { fill: #1f5fae; } .c { fill: #7a6f9b; } .off { fill: none; stroke: #0f665c; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
  .ground { fill: #1f1e1b; } .title { fill: #eeece6; } .ink { fill: #eeece6; } .dim { fill: #a5a198; }
  .line { stroke: #33312c; } .between { stroke: #4a4741; }
  .own { fill: #58b8a6; } .own-text { fill: #58b8a6; } .a { fill: #f2a365; } .b { fill: #7fb2f0; } .c { fill: #b9aede; } .off { stroke: #58b8a6; }
}
"""


def mark(kind, x, y):
    """A form for each engine."""
    if kind == "own":
        return f'<circle class="own" cx="{x:.1f}" cy="{y}" r="6.5"/>'
    if kind == "off":
        return f'<circle class="off" cx="{x:.1f}" cy="{y}" r="5.5"/>'
    if kind == "a":
        return f'<rect class="a" x="{x - 4.5:.1f}" y="{y - 4.5}" width="9" height="9"/>'
    if kind == "b":
        return f'<path class="b" d="M{x:.1f} {y - 6} l5.5 10 h-11 z"/>'
    return f'<path class="c" d="M{x:.1f} {y - 6} l6 6 -6 6 -6 -6 z"/>'


def words(x, y, text, kind="dim", anchor="start"):
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def shown(ms):
    return f"{ms / 1000:.1f} s" if ms >= 1000 else f"{ms:.0f} ms" if ms >= 10 else f"{ms:.1f} ms"


def scale(power):
    return f"{10 ** (power - 3):,} s" if power >= 3 else f"{10 ** power:g} ms"


def rows_of(sizes):
    """(label, is a heading, points) of every row: points are (name, ms)."""
    rows = []
    for numbers in sizes:
        rows.append((f"{numbers['rows'] / 1e6:,.3g} million segments", True, []))
        for case in numbers["cases"]:
            others = [(name.split()[0], times) for name, times in case["others"].items()]
            points = [("Parclose", case["parclose"]), ("Parclose, rollups off", case["rollups_off"]), *others]
            rows.append((f"{case['person']}, {case['range']}", False, [(name, times["ms"]) for name, times in points if times]))
    return rows


def dashboards(sizes):
    rows = rows_of(sizes)
    every = [ms for _, _, points in rows for _, ms in points]
    low, high = 10 ** math.floor(math.log10(min(every))), 10 ** math.ceil(math.log10(max(every) * 1.05))
    names = []
    for _, _, points in rows:
        names += [name for name, _ in points if name not in names]
    kinds = {"Parclose": "own", "Parclose, rollups off": "off"}
    kinds |= dict(zip((name for name in names if name not in kinds), "abc"))
    at = lambda ms: LEFT + (math.log10(ms) - math.log10(low)) / (math.log10(high) - math.log10(low)) * (WIDTH - LEFT - RIGHT)
    height = TOP + ROW * len(rows) + FOOT
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-labelledby="title">',
           f'<title id="title">{html.escape(description(sizes))}</title>', f"<style>{STYLE}</style>", f'<rect class="ground" width="{WIDTH}" height="{height}" rx="8"/>',
           words(24, 36, "How long does a whole dashboard take?", "title"), words(24, 58, "Twelve reports, median of the warm runs; logarithmic scale: each line is ten times the one before")]
    x = 24
    for name in sorted(names, key=lambda name: list(kinds).index(name)):
        out += [mark(kinds[name], x + 6, 78), words(x + 18, 82.5, name, "own-text" if kinds[name] == "own" else "dim")]
        x += 34 + 7.2 * len(name)
    bottom = TOP + ROW * len(rows)
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        tick = at(10 ** power)
        out += [f'<line class="line" x1="{tick:.1f}" x2="{tick:.1f}" y1="{TOP + 6}" y2="{bottom}"/>', words(tick, bottom + 20, scale(power), "dim", "middle")]
    for number, (label, is_heading, points) in enumerate(rows):
        y = TOP + ROW * number + ROW // 2 + 4
        out.append(words(24, y + 4.5, label, "ink" if is_heading else "dim"))
        if not points:
            continue
        values = dict(points)
        own, others = values.get("Parclose"), [ms for name, ms in points if kinds[name] in "abc"]
        if own and others:
            out.append(f'<line class="between" x1="{at(own):.1f}" x2="{at(min(others)):.1f}" y1="{y}" y2="{y}"/>')
        out += [mark(kinds[name], at(ms), y) for name, ms in reversed(points)]
        if own:
            is_left = not others or own <= min(others)
            out.append(words(at(own) + (-12 if is_left else 12), y + 4.5, shown(own), "own-text", "end" if is_left else "start"))
        if own and others and at(min(others)) - at(own) > 60:
            out.append(words(at(min(others)) - 10, y - 5, f"{min(others) / own:.0f}x", "dim", "end"))
    out += [words(24, height - 16, " · ".join(f"{numbers['rows'] / 1e6:,.3g} million: commit {numbers['commit']}, {numbers['at']}" for numbers in sizes)), "</svg>"]
    return "\n".join(out) + "\n"


def description(sizes):
    """The same for who does not see it."""
    lines = [f"{label}: " + ", ".join(f"{name} {shown(ms)}" for name, ms in points) for label, is_heading, points in rows_of(sizes) if points]
    return "Time of a whole dashboard. " + "; ".join(lines)


def write(path):
    known = page.all_numbers(path)
    sizes = [numbers for name, numbers in known.items() if name.startswith("dashboard-") and any(case["parclose"] for case in numbers["cases"])]
    if sizes:
        with open(page.beside(path, page.PICTURE), "w") as out:
            out.write(dashboards(sizes))
