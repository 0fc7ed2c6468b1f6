"""Measures and writes. Started by `cargo xtask bench`; see README.md here."""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time

import dashboard
import door
import peers
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
    parser.add_argument("--peers", default="duckdb,chdb,polars")
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


def dashboard_table(program, work, rows, names):
    """One size: the program first, then each peer by itself, so that nobody's memory is in anybody's way."""
    folder, made = make(program, work, rows)
    cases = [(title, who, where, range_title, question)
             for title, who, where in dashboard.who(made) for range_title, question in dashboard.questions(made["from_ms"], made["to_ms"])]
    ours, facts = [], []
    with Server(program, folder, made["workspace"]) as server:
        facts += first_answer(server, made, cases)
        people = {who: Person(server, made["people"][who], made["password"]) for _, who, *_ in cases}
        for title, who, _, range_title, question in cases:
            say(f"{rows:,}: {title}, {range_title}")
            try:
                ours.append(dashboard.timed(lambda: [people[who].post(path, body) for path, body in question.requests()]))
            except (RuntimeError, OSError) as error:
                say(f"no answer: {error}")
                ours.append((None, None))
                people[who] = Person(server, made["people"][who], made["password"])
        packed = server.measure("parclose_packed_bytes")
        facts.append(f"Packed columns: {packed / 2**20:,.0f} MiB, {packed / made['rows']:.0f} bytes a segment; most memory of the server: {server.memory_mib():,} MiB.")
    columns = []
    for name in names:
        say(f"{rows:,}: filling {name}")
        try:
            peer = peers.PEERS[name](made, work)
        except Exception as error:  # a peer that can't be had is said and not hidden
            say(f"{name} can't be filled: {error}")
            facts.append(f"{name} could not be measured: {type(error).__name__}.")
            continue
        results = []
        for (title, _, where, range_title, question), (_, answers) in zip(cases, ours):
            say(f"{rows:,}: {title}, {range_title}, {peer.name}")
            best = None
            for table in peer.tables:
                try:
                    times, theirs = dashboard.timed(lambda: peer.answer(question, table, where))
                except Exception as error:
                    say(f"{peer.name}: {error}")
                    continue
                if best is None or times[0] < best[0][0]:
                    best = (times, theirs)
            wrong = ["no answer"] if best is None or answers is None else dashboard.compare(question, answers, best[1])
            results.append((best[0] if best else None, wrong))
        columns.append((peer.name, results))
        peer.close()
        del peer
    head = [name for name, _ in columns]
    lines = [f"**Twelve reports over {made['rows']:,} segments**, ms, median of {dashboard.RUNS} warm runs (fastest to slowest); the last column is the fastest of the others divided by ours:", "",
             f"| person | range | Parclose | {' | '.join(head)} | ahead | answers |", "|---|---|---:|" + "---:|" * len(head) + "---:|---|"]
    spread = lambda t: f"{t[0]:,.1f} ({t[1]:,.1f} to {t[2]:,.1f})" if t else "-"
    for at, ((title, _, _, range_title, _), (times, _)) in enumerate(zip(cases, ours)):
        theirs = [results[at] for _, results in columns]
        fastest = min((t[0] for t, _ in theirs if t), default=None)
        ahead = f"{fastest / times[0]:.1f}x" if fastest and times else "-"
        wrong = [f"{name}: {', '.join(results[at][1])}" for name, results in columns if results[at][1]]
        lines.append(f"| {title} | {range_title} | {spread(times)} | {' | '.join(spread(t) for t, _ in theirs)} | {ahead} | {'equal' if not wrong else 'DIFFERENT: ' + '; '.join(wrong)} |")
    return lines + [""] + [f"* {fact}" for fact in facts] + [""]


def first_answer(server, made, cases):
    """How long after the start of the program a dashboard was answered, cold, and when everything was packed."""
    facts = [f"Ready {server.ready_s:.1f} s after the start of the program."]
    _, who, _, range_title, question = cases[0]
    person = Person(server, made["people"][who], made["password"])
    for path, body in question.requests():
        person.post(path, body)
    facts.append(f"First dashboard ({cases[0][0]}, {range_title}) answered {time.time() - server.started:.1f} s after the start of the program.")
    until = time.time() + 600
    before = -1
    while time.time() < until:
        now = server.measure("parclose_packed_bytes")
        if now == before and now > 0:
            break
        before = now
        time.sleep(2)
    facts.append(f"Everything packed at most {time.time() - server.started - 2:.0f} s after the start.")
    return facts


def main():
    given = arguments()
    wanted, sizes = given.only.split(","), [int(n) for n in given.rows.split(",")]
    os.makedirs(given.work, exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    lines = [f"Machine: {machine()}. Commit {given.commit}, {now:%Y-%m-%d %H:%M} UTC. `cargo xtask bench --rows {given.rows} --only {given.only}`.", ""]
    if "dashboard" in wanted:
        for rows in sizes:
            lines += dashboard_table(given.parclose, given.work, rows, [name for name in given.peers.split(",") if name])
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
