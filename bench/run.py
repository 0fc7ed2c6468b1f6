"""Measures and writes. Started by `cargo xtask bench`; see README.md here."""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys

import duckdb

import dashboard
import door
from server import Person, Server

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--parclose", required=True)
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--work", required=True)
    parser.add_argument("--write", required=True)
    parser.add_argument("--rows", default="1000000,10000000")
    parser.add_argument("--only", default="door,visible,dashboard")
    return parser.parse_args()


def say(text):
    print(f"    {text}", file=sys.stderr, flush=True)


def make(program, work, rows):
    """The lake of this many segments, made once and kept."""
    folder = os.path.join(work, f"lake-{rows}")
    note = os.path.join(folder, "made.json")
    if not os.path.exists(note):
        say(f"making {rows:,} segments")
        done = subprocess.run([program, "bench-data", "--rows", str(rows), "--out", folder], check=True, stdout=subprocess.PIPE)
        with open(note, "wb") as out:
            out.write(done.stdout)
    with open(note) as made:
        return folder, json.load(made)


def machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = next((int(line.split()[1]) // 2**20 for line in open("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return f"{os.cpu_count()} × {cpu}, {memory} GiB, {platform.system()} {platform.release()}"


def door_tables(program, work, rows, wanted):
    folder, made = make(program, work, rows)
    lines = []
    with Server(program, folder, made["workspace"]) as server:
        if "visible" in wanted:
            say("event to visible row")
            median, slowest = door.visible(server, Person(server, made["people"]["all"], made["password"]))
            lines += [f"**Event to visible row**, {rows:,} segments in the lake, ten times: median {median:.2f} s, slowest {slowest:.2f} s.", ""]
        if "door" in wanted:
            say("events a second")
            lines += ["| door | senders | events a second, on disk | other answers |", "|---|---:|---:|---|"]
            for name, senders, rate, others in door.door(server):
                text = ", ".join(f"{count} × {status}" for status, count in sorted(others.items())) or "none"
                lines.append(f"| {name} | {senders} | {rate:,.0f} | {text} |")
            lines.append("")
    return lines


def dashboard_table(program, work, rows):
    folder, made = make(program, work, rows)
    database = duckdb.connect(os.path.join(work, f"duckdb-{rows}.db"))
    say("filling DuckDB")
    dashboard.fill(database, made)
    lines = [f"**Twelve reports over {made['rows']:,} segments**, ms, median of {dashboard.RUNS} warm runs (fastest to slowest):", "",
             "| person | range | Parclose | DuckDB " + duckdb.__version__ + " | DuckDB's order | answers |", "|---|---|---:|---:|---|---|"]
    spread = lambda t: f"{t[0]:,.0f} ({t[1]:,.0f} to {t[2]:,.0f})"
    with Server(program, folder, made["workspace"]) as server:
        for title, who, where in dashboard.who(made):
            person = Person(server, made["people"][who], made["password"])
            for range_title, question in dashboard.questions(made["from_ms"], made["to_ms"]):
                say(f"{rows:,}: {title}, {range_title}")
                ours = answers = None
                try:
                    ours, answers = dashboard.timed(lambda: [person.post(path, body) for path, body in question.requests()])
                except (RuntimeError, OSError) as error:
                    say(f"no answer: {error}")
                    person = Person(server, made["people"][who], made["password"])
                best = None
                for table in ("by_unit", "by_time"):
                    statements = list(question.statements(table, where))
                    times, theirs = dashboard.timed(lambda: {name: database.execute(sql).fetchall() for name, sql in statements})
                    if best is None or times[0] < best[0][0]:
                        best = (times, table, theirs)
                wrong = dashboard.compare(question, answers, best[2]) if answers else ["not answered"]
                lines.append(f"| {title} | {range_title} | {spread(ours) if ours else '-'} | {spread(best[0])} | {best[1].replace('by_', 'by ')} | {'equal' if not wrong else 'DIFFERENT: ' + ', '.join(wrong)} |")
        lines += ["", f"Most memory of the server while it answered: {server.memory_mib():,} MiB.", ""]
    database.close()
    return lines


def main():
    given = arguments()
    wanted, sizes = given.only.split(","), [int(n) for n in given.rows.split(",")]
    os.makedirs(given.work, exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    lines = [f"Machine: {machine()}. Commit {given.commit}, {now:%Y-%m-%d %H:%M} UTC. `cargo xtask bench --rows {given.rows} --only {given.only}`.", ""]
    if "dashboard" in wanted:
        for rows in sizes:
            lines += dashboard_table(given.parclose, given.work, rows)
    # After the dashboards: the events stay in the lake that they were sent to.
    if "door" in wanted or "visible" in wanted:
        lines += door_tables(given.parclose, given.work, min(sizes), wanted)
    with open(given.write) as page:
        text = page.read()
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    with open(given.write, "w") as page:
        page.write(before + BEGIN + "\n" + "\n".join(lines).rstrip() + "\n" + END + after)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
