"""A server on the loopback for a while: started, watched, stopped or killed; and a person who is signed in to it."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time

SECRET = "bench-door-secret-4f1c9a77"
ADMINISTRATOR = ("admin@bench.example", "bench-administrator-81d3")
# Quiet for so long, using less than this share of a processor: whatever it built in the background is built.
QUIET_SECONDS, QUIET_SHARE = 3, 0.2


class Busy(RuntimeError):
    """The server asks to come back in a moment."""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def cpu_seconds(process):
    """Processor time of a process and all its threads so far, to the nanosecond (Linux: the clock of that process)."""
    return time.clock_gettime((~process << 3) | 2)


def stolen_seconds():
    """Processor seconds that the machine below took away from this one so far, of all its processors (Linux)."""
    with open("/proc/stat") as stat:
        return int(stat.readline().split()[8]) / os.sysconf("SC_CLK_TCK")


def memory_mib(process, line):
    """A line of the kernel's about a process: `VmRSS` is what it holds, `VmHWM` the most that it held."""
    with open(f"/proc/{process}/status") as status:
        return next((int(text.split()[1]) // 1024 for text in status if text.startswith(f"{line}:")), 0)


def folder_bytes(folder):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names)


def copy(lake, folder):
    """The lake as it was made, without what servers left in it: every run begins the same, and events sent to one run are not in the next."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(lake, folder, ignore=shutil.ignore_patterns("segments.parquet", "made.json", "*.log"))


class Server:
    """`parclose serve` over a folder that `parclose bench-data` made. Its result cache is always off."""

    def __init__(self, program, data_dir, made, rollups=True):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.workspace, self.data_dir = made["workspace"], data_dir
        environment = {
            **os.environ,
            "PARCLOSE_DOOR_SECRETS": SECRET,
            "PARCLOSE_PUBLIC_BASE_URL": self.base,
            "PARCLOSE_ADMIN_LOGIN": ADMINISTRATOR[0],
            "PARCLOSE_ADMIN_PASSWORD": ADMINISTRATOR[1],
            "PARCLOSE_LOG": "warn",
            "PARCLOSE_QUERY_SECONDS": "55",
            # Room for everything: what is measured is how much it takes.
            "PARCLOSE_PACKED_MEMORY_MIB": str(max(4096, made["rows"] * 120 >> 20)),
            "PARCLOSE_RESULT_MEMORY_MIB": "0",
            "PARCLOSE_ROLLUP_MEMORY_MIB": "256" if rollups else "0",
            "PARCLOSE_SERVER_TIMING": "true",
        }
        command = [program, "serve", "--data-dir", data_dir, "--workspace", self.workspace, "--listen", f"127.0.0.1:{self.port}"]
        self.log = open(os.path.join(data_dir, "serve.log"), "ab")
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        until = time.monotonic() + 180
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}; see {self.log.name}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/health/ready")
                if connection.getresponse().status == 200:
                    self.ready_s = self.age()
                    return self
            except OSError:
                pass
            time.sleep(0.02)
        self.__exit__()
        raise RuntimeError(f"the server was not ready in time; see {self.log.name}")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def kill(self):
        """As a power cut would: nothing is tidied up."""
        self.process.kill()
        self.process.wait()

    def age(self):
        return time.monotonic() - self.started

    def cpu_s(self):
        return cpu_seconds(self.process.pid)

    def memory_mib(self, line="VmHWM"):
        return memory_mib(self.process.pid, line)

    def measure(self, name):
        """A number of the program's own measurements."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0.0)

    def settle(self, longest=1800):
        """Waits until it builds nothing any more: (seconds after its start, processor seconds until then)."""
        done, used, until = self.age(), self.cpu_s(), time.monotonic() + longest
        before, at = used, self.age()
        while self.age() - done < QUIET_SECONDS and time.monotonic() < until:
            time.sleep(0.25)
            now, then = self.cpu_s(), self.age()
            if now - before > QUIET_SHARE * (then - at):
                done, used = then, now
            before, at = now, then
        return done, used


class Person:
    """A signed-in person with connections that stay open, of an address of their own if they are many."""

    def __init__(self, server, login, password, address="127.0.0.1"):
        self.address, self.headers, self.connections = address, {"content-type": "application/json"}, []
        self.at(server)
        status, headers, me = self.send("POST", "/api/v1/sign-in", {"login": login, "password": password})
        if status != 200:
            raise RuntimeError(f"{login} could not sign in: {status} {me}")
        self.enter(headers, me)

    def enter(self, headers, me):
        """The session that an answer began."""
        self.headers["cookie"] = headers["set-cookie"].split(";")[0]
        self.headers["x-csrf-token"] = me["csrf_token"]

    def at(self, server):
        """Goes on with the same session after the server was started again."""
        self.port, self.connections = server.port, []
        return self

    def connection(self, number):
        while len(self.connections) <= number:
            new = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90, source_address=(self.address, 0))
            self.connections.append(new)
        return self.connections[number]

    def begin(self, method, path, body, number=0):
        data = None if body is None else json.dumps(body).encode()
        self.connection(number).request(method, path, data, self.headers)

    def end(self, number=0):
        answer = self.connection(number).getresponse()
        return answer.status, answer.headers, answer.read()

    def send(self, method, path, body=None):
        """(status, headers, answer)"""
        self.begin(method, path, body)
        status, headers, text = self.end()
        return status, headers, json.loads(text) if text else None

    def post(self, path, body):
        """The answer; waits when told that there were too many requests."""
        while True:
            status, headers, answer = self.send("POST", path, body)
            if status == 429:
                time.sleep(float(headers.get("retry-after", "1")))
                continue
            if status != 200:
                raise RuntimeError(f"{path}: {status} {answer}")
            return answer

    def dashboard(self, requests):
        """Sends all requests of a dashboard at once, as the app does; the answers."""
        for number, (path, body) in enumerate(requests):
            self.begin("POST", path, body, number)
        ends = [self.end(number) for number in range(len(requests))]
        for (path, _), (status, _, text) in zip(requests, ends):
            if status == 503:
                raise Busy(f"{path}: {status} {text[:200]}")
            if status != 200:
                raise RuntimeError(f"{path}: {status} {text[:200]}")
        return [json.loads(text) for _, _, text in ends]

    def step_by_step(self, requests):
        """One request after the other: (ms until the last bytes, the server's own ms or nothing if it does not say, bytes)."""
        wall, own, size = 0.0, 0.0, 0
        for path, body in requests:
            data = json.dumps(body).encode()
            start = time.perf_counter()
            self.connection(0).request("POST", path, data, self.headers)
            status, headers, text = self.end()
            wall += (time.perf_counter() - start) * 1000
            if status != 200:
                raise RuntimeError(f"{path}: {status}")
            said = engine_ms(headers.get("server-timing"))
            own = None if said is None or own is None else own + said
            size += len(text)
        return wall, own, size


def engine_ms(header):
    """The engine's own time of an answer, as `Server-Timing: engine;dur=12.3` says it."""
    for part in (header or "").split(","):
        name, *rest = (piece.strip() for piece in part.split(";"))
        duration = next((piece[4:] for piece in rest if piece.startswith("dur=")), None)
        if name == "engine" and duration is not None:
            return float(duration)
    return None
