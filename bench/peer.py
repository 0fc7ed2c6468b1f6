"""One of the other engines in a process of its own: its processor time and memory are nobody else's, and end with it."""

import json
import multiprocessing
import os
import shutil
import time

import dashboard
import peers
from server import folder_bytes, memory_mib

# The longest that one question may take, first run and warm runs together.
LONGEST_S = 900


class NoAnswer(Exception):
    pass


def live(kind, parquet, folder, pipe):
    """The process: does what it is told, and answers (what came of it, or nothing; what went wrong, or nothing)."""
    engine = None
    while (asked := pipe.recv()) is not None:
        try:
            do, *rest = asked
            start, before = time.perf_counter(), time.process_time()
            if do == "open":
                engine = peers.PEERS[kind](folder)
                done = {"name": engine.name}
            elif do == "fill":
                engine.fill(parquet, *rest)
                done = {"s": time.perf_counter() - start, "cpu_s": time.process_time() - before}
            elif do == "ask":
                question, table, where, least = rest
                done = dashboard.timed(lambda: engine.answer(question, table, where), time.process_time, least, is_warm=True)
            elif do == "once":
                engine.answer(*rest)
                done = {"ms": (time.perf_counter() - start) * 1000, "cpu_ms": (time.process_time() - before) * 1000}
            else:
                done = memory_mib(os.getpid(), "VmHWM")
            pipe.send((done, None))
        except Exception as error:
            pipe.send((None, f"{type(error).__name__}: {error}"))
    if engine is not None:
        engine.close()


class Peer:
    """The other end."""

    def __init__(self, kind, parquet, folder):
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=live, args=(kind, parquet, folder, theirs), daemon=True)
        self.started = time.monotonic()
        self.process.start()
        theirs.close()

    def __enter__(self):
        self.name = self.do("open")["name"]
        return self

    def do(self, *asked):
        try:
            self.pipe.send(asked)
            if not self.pipe.poll(LONGEST_S):
                self.process.kill()
                raise NoAnswer(f"no answer in {LONGEST_S} s")
            done, wrong = self.pipe.recv()
        except (EOFError, OSError):
            raise NoAnswer("its process ended") from None
        if wrong:
            raise NoAnswer(wrong)
        return done

    def __exit__(self, *_):
        try:
            self.pipe.send(None)
        except OSError:
            pass
        self.process.join(60)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def fill(kind, made, work):
    """The folder of its tables, and what filling took: kept, because the others do not change from run to run."""
    folder = os.path.join(work, f"{kind}-{made['rows']}")
    note = os.path.join(folder, "filled.json")
    if os.path.exists(note):
        with open(note) as kept:
            filled = json.load(kept)
        if filled["to_ms"] == made["to_ms"]:
            return folder, filled
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with Peer(kind, made["parquet"], folder) as peer:
        tables = {table: peer.do("fill", table) for table in peers.PEERS[kind].tables}
        filled = {"to_ms": made["to_ms"], "name": peer.name, "tables": tables, "memory_mib": peer.do("memory")}
    filled["bytes"] = folder_bytes(folder)
    with open(note, "w") as out:
        json.dump(filled, out)
    return folder, filled


def measure(kind, made, work, cases, say):
    """All that one of the others has to show: filling, first answer, every case at its better layout, memory."""
    is_kept = peers.PEERS[kind].is_kept
    if is_kept:
        say(f"{made['rows']:,}: filling {kind}")
        folder, filled = fill(kind, made, work)
    else:
        folder, filled = work, {"tables": {}, "bytes": 0}
    with Peer(kind, made["parquet"], folder) as peer:
        tables = peers.PEERS[kind].tables
        if not is_kept:
            say(f"{made['rows']:,}: filling {kind}")
            filled["tables"] = {table: peer.do("fill", table) for table in tables}
            filled["memory_mib"] = peer.do("memory")
        first = cases[0]
        peer.do("once", first.question, tables[0], first.where)
        result = {"name": peer.name, "filled": filled, "first_s": time.monotonic() - peer.started, "cases": []}
        for case in cases:
            say(f"{made['rows']:,}: {case.title}, {case.range}, {peer.name}")
            result["cases"].append(better(peer, case, tables))
        result["memory_mib"] = peer.do("memory")
    return result


def better(peer, case, tables):
    """The case at each layout once, then at the better one until it is known: (times, answers), or what went wrong."""
    try:
        took = {table: peer.do("once", case.question, table, case.where)["ms"] for table in tables}  # reads from disk
        if len(tables) > 1:
            took = {table: peer.do("once", case.question, table, case.where)["ms"] for table in tables}
        best = min(took, key=took.get)
        # Who takes seconds varies little, and takes the time of the others.
        least = 3 if took[best] > 2000 else dashboard.LEAST
        times, answers = peer.do("ask", case.question, best, case.where, least)
        return {**times, "table": best}, answers
    except NoAnswer as error:
        return None, str(error)
