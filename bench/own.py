"""The program itself at one size: three starts, every case with and without what it keeps in advance, HTTP beside the engine."""

import os
import statistics
import time

import dashboard
from server import Busy, Person, Server, copy, folder_bytes

# Who is told to come back after a start gives up after so long.
LONGEST_START_S = 1800
# A person may ask 20 times a second.
PAUSE_S = 0.12
HTTP_RUNS = 7


class Asker:
    """The three people of the lake with their sessions, which outlive the server."""

    def __init__(self, server, made):
        self.people = {who: Person(server, login, made["password"]) for who, login in made["people"].items()}

    def at(self, server):
        for person in self.people.values():
            person.at(server)

    def ask(self, case):
        return self.people[case.who].dashboard(case.question.requests())

    def step_by_step(self, case):
        return self.people[case.who].step_by_step(case.question.requests())


def begin(server, asker, cases):
    """A start: seconds until the server was ready, until the first dashboard was answered, and one after the other all of them. Who is told to come back does."""
    answered = []
    for case in cases:
        refused = 0
        while not is_whole(asker, case):
            refused += 1
            if server.age() > LONGEST_START_S:
                raise RuntimeError(f"{case.title}, {case.range}: refused {refused} times, the last time {server.age():.0f} s after the start")
            time.sleep(1)
        answered.append({"title": case.title, "range": case.range, "s": server.age(), "refused": refused})
    settled, cpu = server.settle()
    return {"ready_s": server.ready_s, "answered": answered, "settled_s": settled, "cpu_s": cpu, "memory_mib": server.memory_mib()}


def is_whole(asker, case):
    """Asks; whether all reports were answered."""
    try:
        return all(not report.get("error") for answer in asker.ask(case) for report in answer["reports"])
    except Busy:
        return False


def measure_case(server, asker, case):
    """(times, answers) of a case, or (nothing, what went wrong)."""
    try:
        return dashboard.timed(lambda: asker.ask(case), server.cpu_s, pause=PAUSE_S)
    except (RuntimeError, OSError) as error:
        asker.at(server)
        return None, str(error)


def http_beside_engine(server, asker, case):
    """Requests one after the other: ms until the last bytes, and of these the engine's own; nothing if the server does not say."""
    walls, owns = [], []
    for _ in range(HTTP_RUNS):
        time.sleep(PAUSE_S)
        wall, own, size = asker.step_by_step(case)
        if own is None:
            return {"ms": wall, "engine_ms": None, "bytes": size}
        walls.append(wall)
        owns.append(own)
    return {"ms": statistics.median(walls), "engine_ms": statistics.median(owns), "bytes": size}


def measure(program, lake, folder, made, cases, say):
    rows = made["rows"]
    result = {"rows": rows, "cases": [], "without": {}, "starts": {}}
    # What a first start sees: columns that nobody packed yet.
    order = [next(c for c in cases if (c.who, c.range) == wanted) for wanted in (("market", "30 days"), ("market", "24 months"), ("all", "24 months"))]
    copy(lake, folder)
    before = folder_bytes(folder)
    say(f"{rows:,}: first start")
    with Server(program, folder, made) as server:
        asker = Asker(server, made)
        result["starts"]["first"] = begin(server, asker, order)
    say(f"{rows:,}: second start")
    with Server(program, folder, made) as server:
        asker.at(server)
        result["starts"]["second"] = begin(server, asker, order)
        for case in cases:
            say(f"{rows:,}: {case.title}, {case.range}")
            # What is collected in advance is made after a question was asked twice.
            for _ in range(2):
                asker.ask(case)
            server.settle()
            times, answers = measure_case(server, asker, case)
            http = http_beside_engine(server, asker, case) if times else None
            result["cases"].append((times, answers, http))
        packed = server.measure("parclose_packed_bytes")
        result.update(packed_bytes=packed, resident_mib=server.memory_mib("VmRSS"), memory_mib=server.memory_mib(), disk_bytes=folder_bytes(folder), lake_bytes=before)
        server.kill()
    say(f"{rows:,}: after kill -9")
    with Server(program, folder, made) as server:
        asker.at(server)
        result["starts"]["killed"] = begin(server, asker, order)
    with Server(program, folder, made, rollups=False) as server:
        asker.at(server)
        server.settle()
        for at, case in enumerate(cases):
            if case.who == "all":
                say(f"{rows:,}: {case.title}, {case.range}, without rollups")
                times, _ = measure_case(server, asker, case)
                result["without"][at] = times, http_beside_engine(server, asker, case) if times else None
    return result
