"""A server on the loopback for a while, and a person who is signed in to it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time

SECRET = "bench-door-secret-4f1c9a77"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """`parclose serve` over a folder that `parclose bench-data` made."""

    def __init__(self, program, data_dir, workspace):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.workspace, self.data_dir = workspace, data_dir
        environment = {
            **os.environ,
            "PARCLOSE_DOOR_SECRETS": SECRET,
            "PARCLOSE_PUBLIC_BASE_URL": self.base,
            "PARCLOSE_LOG": "warn",
            "PARCLOSE_QUERY_SECONDS": "55",
        }
        command = [program, "serve", "--data-dir", data_dir, "--workspace", workspace, "--listen", f"127.0.0.1:{self.port}"]
        self.log = open(os.path.join(data_dir, "serve.log"), "wb")
        self.started = time.time()
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        until = time.time() + 180
        while time.time() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}; see {self.log.name}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/health/ready")
                if connection.getresponse().status == 200:
                    self.ready_s = time.time() - self.started
                    return self
            except OSError:
                pass
            time.sleep(0.05)
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

    def measure(self, name):
        """A number of the program's own measurements."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0.0)

    def memory_mib(self):
        """The most memory that it held so far."""
        try:
            with open(f"/proc/{self.process.pid}/status") as status:
                lines = [line for line in status if line.startswith("VmHWM:")]
            return int(lines[0].split()[1]) // 1024
        except (OSError, IndexError):
            return None


class Person:
    """A signed-in person with one connection that stays open."""

    def __init__(self, server, login, password):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=90)
        self.headers = {"content-type": "application/json"}
        status, headers, me = self._send("POST", "/api/v1/sign-in", {"login": login, "password": password})
        if status != 200:
            raise RuntimeError(f"{login} could not sign in: {status} {me}")
        self.headers["cookie"] = headers["set-cookie"].split(";")[0]
        self.headers["x-csrf-token"] = me["csrf_token"]

    def _send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, data, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, answer.headers, json.loads(text) if text else None

    def post(self, path, body):
        """The answer; waits when told that there were too many requests."""
        while True:
            status, headers, answer = self._send("POST", path, body)
            if status == 429:
                time.sleep(float(headers.get("retry-after", "1")))
                continue
            if status != 200:
                raise RuntimeError(f"{path}: {status} {answer}")
            return answer
