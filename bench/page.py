"""docs/benchmarks.md: each part of it between markers of its own, so that a run replaces what it measured and keeps the rest."""

import json
import os
import platform
import re

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
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


def write(path, name, lines, numbers):
    """Puts one part in its place, and its numbers beside the page."""
    with open(path) as page:
        before, rest = page.read().split(BEGIN, 1)
    inside, after = rest.split(END, 1)
    parts = parts_of(inside)
    parts[name] = "\n".join(lines).strip()
    inside = "\n\n".join(f"<!-- bench: {one} -->\n{parts[one]}\n<!-- /bench: {one} -->" for one in sorted(parts, key=place))
    with open(path, "w") as page:
        page.write(f"{before}{BEGIN}\n{inside}\n{END}{after}")
    folder = os.path.splitext(path)[0]
    os.makedirs(folder, exist_ok=True)
    known = all_numbers(path)
    known[name] = numbers
    with open(os.path.join(folder, "numbers.json"), "w") as out:
        json.dump({one: known[one] for one in sorted(known, key=place)}, out, indent=1)
        out.write("\n")


def all_numbers(path):
    try:
        with open(os.path.join(os.path.splitext(path)[0], "numbers.json")) as known:
            return json.load(known)
    except FileNotFoundError:
        return {}
