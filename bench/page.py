"""docs/benchmarks.md: each part of it between markers of its own, so that a run replaces what it measured and keeps the rest."""

import json
import os
import platform
import re

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
PICTURE = "dashboards.svg"
# Parts in the order of the page; sizes ascending within one.
ORDER = ["dashboard", "load", "visible", "door"]


def machine():
    with open("/proc/cpuinfo") as cpus, open("/proc/meminfo") as memories:
        cpu = next((line.split(":")[1].strip() for line in cpus if line.startswith("model name")), platform.machine())
        memory = next((int(line.split()[1]) // 2**20 for line in memories if line.startswith("MemTotal")), 0)
    return f"{os.cpu_count()} × {cpu}, {memory} GiB, {platform.system()} {platform.release()}"


def place(name):
    kind, _, rows = name.partition("-")
    return ORDER.index(kind), int(rows or 0)


def parts_of(text):
    """The parts between the markers, by name."""
    return dict(re.findall(r"<!-- bench: ([a-z]+(?:-\d+)?) -->\n(.*?)\n<!-- /bench: \1 -->", text, re.DOTALL))


def beside(path, name):
    """A file in the folder beside the page."""
    return os.path.join(os.path.splitext(path)[0], name)


def write(path, name, lines):
    """Puts one part in its place, under the picture if there is one."""
    with open(path) as page:
        before, rest = page.read().split(BEGIN, 1)
    inside, after = rest.split(END, 1)
    parts = parts_of(inside)
    parts[name] = "\n".join(lines).strip()
    blocks = [f"<!-- bench: {one} -->\n{parts[one]}\n<!-- /bench: {one} -->" for one in sorted(parts, key=place)]
    if os.path.exists(beside(path, PICTURE)):
        folder = os.path.basename(os.path.splitext(path)[0])
        blocks.insert(0, f"![Time of a whole dashboard, Parclose and others, logarithmic scale]({folder}/{PICTURE})")
    inside = "\n\n".join(blocks)
    with open(path, "w") as page:
        page.write(f"{before}{BEGIN}\n{inside}\n{END}{after}")


def keep(path, name, numbers):
    """Keeps the numbers of one part beside the page: pictures are drawn from them."""
    known = all_numbers(path)
    known[name] = numbers
    os.makedirs(os.path.splitext(path)[0], exist_ok=True)
    with open(beside(path, "numbers.json"), "w") as out:
        json.dump({one: known[one] for one in sorted(known, key=place)}, out, indent=1)
        out.write("\n")


def all_numbers(path):
    try:
        with open(beside(path, "numbers.json")) as known:
            return json.load(known)
    except FileNotFoundError:
        return {}
