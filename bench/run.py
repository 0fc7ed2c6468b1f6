"""Measures and writes. Started by `cargo xtask bench`; see README.md here."""

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys

import dashboard
import door
import load
import own
import page
import peer
import peers
import plot
import tables
from server import Person, Server, copy

PARTS = ["dashboard", "load", "visible", "door"]
# Free space that a run leaves alone; what a million segments take: the lake, its copy and packed columns, the Parquet files; and the tables of the others.
DISK_KEPT, DISK_A_MILLION, DISK_OF_OTHERS = 4 << 30, 200 << 20, 250 << 20


def some(known):
    """A list of names separated by commas; `none` is no name."""
    def read(text):
        names = [name for name in text.split(",") if name and name != "none"]
        if wrong := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(f"{wrong[0]} is none of {', '.join(known)}")
        return names
    return read


def sizes(text):
    found = [int(number) for number in text.split(",")]
    if not all(10_000 <= number <= 200_000_000 for number in found):
        raise argparse.ArgumentTypeError("sizes are from 10,000 to 200,000,000 segments")
    return found


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--parclose", required=True)
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--work", required=True)
    parser.add_argument("--write", required=True)
    parser.add_argument("--rows", type=sizes, default="1000000,10000000")
    parser.add_argument("--only", type=some(PARTS), default=",".join(PARTS))
    parser.add_argument("--peers", type=some(list(peers.PEERS)), default=",".join(peers.PEERS))
    parser.add_argument("--load-seconds", type=int, default=240)
    return parser.parse_args()


def say(text):
    print(f"    {datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def make(program, work, rows, has_others=False):
    """The lake of this many segments, made once and never served: servers get a copy."""
    folder = os.path.join(work, f"lake-{rows}")
    note = os.path.join(folder, "made.json")
    if not os.path.exists(note):
        needed = rows // 1_000_000 * (DISK_A_MILLION + DISK_OF_OTHERS * has_others) + DISK_KEPT
        if shutil.disk_usage(work).free < needed:
            raise SystemExit(f"{rows:,} segments need {needed >> 30} GiB of disk in {work}")
        shutil.rmtree(folder, ignore_errors=True)
        say(f"making {rows:,} segments")
        done = subprocess.run([program, "bench-data", "--rows", str(rows), "--out", folder], check=True, stdout=subprocess.PIPE)
        with open(note, "wb") as out:
            out.write(done.stdout)
    with open(note) as made:
        return folder, {**json.load(made), "parquet": os.path.join(folder, "segments.parquet")}


class Run:
    def __init__(self, given):
        self.given, self.program, self.work = given, given.parclose, given.work
        self.now = datetime.datetime.now(datetime.timezone.utc)

    def write(self, name, command, lines, numbers):
        head = {"machine": page.machine(), "commit": self.given.commit, "at": f"{self.now:%Y-%m-%d %H:%M} UTC", "command": f"cargo xtask bench {command}"}
        line = f"{head['machine']}. Commit {head['commit']}, {head['at']}. `{head['command']}`."
        page.keep(self.given.write, name, {**head, **numbers})
        plot.write(self.given.write)
        page.write(self.given.write, name, [*lines, "", line])
        print("\n".join([*lines, "", line, ""]), flush=True)

    def folder(self, name):
        return os.path.join(self.work, f"served-{name}")

    def dashboard(self, rows):
        """The program first, then each of the others by itself, so that nobody is in anybody's way."""
        lake, made = make(self.program, self.work, rows, bool(self.given.peers))
        cases = dashboard.cases(made)
        folder = self.folder(rows)
        mine = own.measure(self.program, lake, folder, made, cases, say)
        shutil.rmtree(folder, ignore_errors=True)
        others, wrong = [], []
        for kind in self.given.peers:
            try:
                others.append(peer.measure(kind, made, self.work, cases, say))
            except peer.NoAnswer as error:  # one that can't be had is said and not hidden
                say(f"{kind}: {error}")
                wrong.append(f"{kind} could not be measured: {error}"[:200])
        lines, numbers = tables.dashboard(cases, mine, others, wrong)
        self.write(f"dashboard-{rows}", f"--rows {rows} --only dashboard --peers {','.join(self.given.peers) or 'none'}", lines, numbers)

    def load(self, rows):
        lake, made = make(self.program, self.work, rows)
        folder = self.folder("load")
        copy(lake, folder)
        say(f"{rows:,}: {load.SUPERVISORS} supervisors, {load.EVENTS_A_SECOND:,} events a second, {self.given.load_seconds} s")
        numbers = load.measure(self.program, folder, made, self.given.load_seconds, say)
        shutil.rmtree(folder, ignore_errors=True)
        self.write(f"load-{rows}", f"--rows {rows} --only load --load-seconds {self.given.load_seconds}", tables.load(numbers), numbers)

    def doors(self, rows):
        lake, made = make(self.program, self.work, rows)
        folder = self.folder("door")
        copy(lake, folder)
        with Server(self.program, folder, made) as server:
            if "visible" in self.given.only:
                say("event to visible row")
                median, slowest = door.visible(server, Person(server, made["people"]["all"], made["password"]))
                numbers = {"rows": rows, "median_s": median, "slowest_s": slowest}
                self.write("visible", f"--rows {rows} --only visible", tables.visible(numbers), numbers)
            if "door" in self.given.only:
                say("events a second")
                numbers = {"doors": door.door(server)}
                self.write("door", f"--rows {rows} --only door", tables.door(numbers), numbers)
        shutil.rmtree(folder, ignore_errors=True)


def main():
    given = arguments()
    os.makedirs(given.work, exist_ok=True)
    run = Run(given)
    if "dashboard" in given.only:
        for rows in given.rows:
            run.dashboard(rows)
    if "load" in given.only:
        run.load(max(given.rows))
    if "door" in given.only or "visible" in given.only:
        run.doors(min(given.rows))


if __name__ == "__main__":
    main()
