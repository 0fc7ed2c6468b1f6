"""Events a second through the signed doors, and how long an event takes to be seen."""

import base64
import contextlib
import hashlib
import hmac
import json
import multiprocessing
import socket
import sqlite3
import statistics
import threading
import time
import urllib.parse

from server import SECRET

SECONDS = 6
FORMS = 16_000
BATCHES = 1_200
BATCH = 100


def sign(text):
    return base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()).decode()


def event(run, number, kind, at_ms, task=None, **more):
    """The fields of a callback, as the platform names them."""
    task = task or f"WT{run:08x}{number // 4:024x}"
    return {
        "EventType": kind, "Sid": f"EV{run:08x}{number:024x}", "Timestamp": str(at_ms // 1000), "TimestampMs": str(at_ms),
        "AccountSid": "AC0", "WorkspaceSid": "WS0", "TaskSid": task, "TaskQueueSid": "WQ1", "TaskQueueName": "CZ_1",
        "WorkflowName": "Bench", "TaskChannelUniqueName": "voice", "TaskPriority": "0", "TaskAge": "1",
        "TaskAttributes": json.dumps({"direction": "inbound", "from": "+420600100200", "conversations": {"conversation_attribute_1": more.pop("tag", "CZ")}}),
        **more,
    }


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def http(server, path, body, signature, content):
    head = (f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\ncontent-type: {content}\r\n"
            f"x-twilio-signature: {signature}\r\ncontent-length: {len(body)}\r\n\r\n")
    return head.encode() + body


def form(server, fields):
    path = f"/hooks/taskrouter/{server.workspace}"
    text = server.base + path + "".join(name + fields[name] for name in sorted(fields))
    return http(server, path, urllib.parse.urlencode(fields).encode(), sign(text), "application/x-www-form-urlencoded")


def stream(server, many):
    def cloud(fields):
        payload = {snake(k): v for k, v in fields.items() if k not in ("Sid", "EventType", "TimestampMs", "Timestamp")}
        payload["timestamp"] = fields["TimestampMs"]
        payload["timestamp_ms"] = fields["TimestampMs"]
        return {"specversion": "1.0", "id": fields["Sid"], "type": "com.twilio.taskrouter." + fields["EventType"],
                "source": "/bench", "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(fields["Timestamp"]))), "data": {"payload": payload}}
    body = json.dumps([cloud(fields) for fields in many]).encode()
    path = f"/hooks/event-streams/{server.workspace}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    return http(server, path, body, sign(server.base + path), "application/json")


KINDS = ["task.created", "task-queue.entered", "reservation.created", "task.canceled"]


def some_events(run, count):
    now = int(time.time() * 1000) - 60_000
    return [event(run, n, KINDS[n % 4], now + n % 4 * 5000) for n in range(count)]


def status_of(connection):
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = connection.recv(4096)
        if not piece:
            raise ConnectionError("the server closed the connection")
        answer += piece
    head, rest = answer.split(b"\r\n\r\n", 1)
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(rest) < length:
        rest += connection.recv(4096)
    return int(head.split()[1])


def sender(port, requests, until, counts, lock):
    done = {}
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            if time.time() > until:
                break
            connection.sendall(request)
            status = status_of(connection)
            done[status] = done.get(status, 0) + 1
    with lock:
        for status, count in done.items():
            counts[status] = counts.get(status, 0) + count


def process(port, shares, gate, results):
    counts, lock = {}, threading.Lock()
    gate.wait()
    start = time.time()
    threads = [threading.Thread(target=sender, args=(port, share, start + SECONDS, counts, lock)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((counts, start, time.time()))


def on_disk(server):
    """Events in the log. The door also answers 204 to what is signed and no event, so answers alone prove nothing."""
    with contextlib.closing(sqlite3.connect(f"file:{server.data_dir}/events.db?mode=ro", uri=True)) as log:
        return log.execute("SELECT count(*) FROM event").fetchone()[0]


def throughput(server, requests, senders, events_each):
    """(events a second that were answered 204 and are on disk, other answers by status)"""
    before = on_disk(server)
    processes = min(senders, 4)
    shares = [requests[i::senders] for i in range(senders)]
    gate, results = multiprocessing.Barrier(processes), multiprocessing.Queue()
    running = [multiprocessing.Process(target=process, args=(server.port, shares[i::processes], gate, results)) for i in range(processes)]
    for one in running:
        one.start()
    done = [results.get(timeout=SECONDS + 60) for _ in running]
    for one in running:
        one.join()
    counts = {}
    for part, _, _ in done:
        for status, count in part.items():
            counts[status] = counts.get(status, 0) + count
    took = max(end for _, _, end in done) - min(start for _, start, _ in done)
    accepted, kept = counts.pop(204, 0) * events_each, on_disk(server) - before
    if accepted != kept:
        raise RuntimeError(f"{accepted} events were answered with success, {kept} are in the log")
    return kept / took, counts


def door(server):
    """Rows of the table: (door, senders, events a second, other answers)."""
    rows = []
    run = int(time.time()) & 0xFFFFFF
    for senders in (1, 8, 32):
        run += 1
        requests = [form(server, fields) for fields in some_events(run, FORMS)]
        rows.append(("TaskRouter callback, one event a request", senders, *throughput(server, requests, senders, 1)))
        time.sleep(5)  # lets the door's own limit recover
    for senders in (1, 8, 32):
        run += 1
        many = some_events(run, BATCHES * BATCH)
        requests = [stream(server, many[i:i + BATCH]) for i in range(0, len(many), BATCH)]
        rows.append((f"Event Streams, {BATCH} events a request", senders, *throughput(server, requests, senders, BATCH)))
        time.sleep(5)
    return rows


def visible(server, person, times=10):
    """Seconds from sending the last event of an abandoned call to the first answer that shows it: (median, slowest)."""
    took = []
    for number in range(times):
        run = (int(time.time() * 1000) + number) & 0xFFFFFFFF
        tag, now = f"seen-{run:08x}", int(time.time() * 1000)
        question = {
            "data_set": "conversations", "limit": 10,
            "range": {"from_instant": stamp(now - 3_600_000), "to_instant": stamp(now + 3_600_000)},
            "filters": [{"attribute": "conversation_attribute_1", "op": "in", "values": [tag]}],
        }
        task = f"WT{run:032x}"
        with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
            for at, kind in enumerate(("task.created", "task-queue.entered", "task.canceled")):
                fields = event(run, at, kind, now - 30_000 + at * 10_000, task, tag=tag)
                start = time.perf_counter()
                connection.sendall(form(server, fields))
                if (status := status_of(connection)) != 204:
                    raise RuntimeError(f"the door answered {status}")
        while not any(row for row in person.post("/api/v1/segments", question)["rows"]):
            if time.perf_counter() - start > 30:
                raise RuntimeError("an event was not visible after 30 s")
            time.sleep(0.06)
        took.append(time.perf_counter() - start)
        time.sleep(1)
    return statistics.median(took), max(took)


def stamp(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000))
