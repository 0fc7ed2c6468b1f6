"""Nine o'clock: many supervisors with dashboards open, each of another team, while events come in through the door."""

import asyncio
import collections
import datetime
import hashlib
import json
import random
import time

import aiohttp

import crowd
import dashboard
import door
from server import Server, stolen_seconds
from traffic import Traffic

SUPERVISORS, EVERY_S, EVENTS_A_SECOND = 200, 20, 1_000
# Until events come at their full rate.
WARM_S = 90
# The app asks so often whether its person is still let in.
STATE_EVERY_S = 1.5
# Every so many dashboards the page is opened anew and not only refreshed.
OPENED_EVERY = 5
TICK_S, BATCH, DELIVERIES_AT_ONCE = 0.05, 100, 8
FRESHNESS_EVERY_S, NOT_SEEN_S, CATCH_UP_S = 1.0, 30, 300
# Looks for a row often at first, seldom later: looking must not be what the server is busy with.
LOOKS_AT_ONCE, LOOK_EVERY_S, LOOK_LATE_S = 5, 0.08, 0.5
DAYS = {"30 days": 30, "24 months": 730}


class Wrong(Exception):
    pass


def percentiles(values):
    """p50, p95, p99 and the most, of at least one value."""
    ordered = sorted(values)
    at = lambda share: ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    return {"count": len(ordered), "p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": ordered[-1]} if ordered else {"count": 0}


def bodies():
    """The requests of a dashboard for each range, which ends today as those of the app do."""
    today = datetime.datetime.now(dashboard.UTC).date()
    made = {}
    for title, days in DAYS.items():
        midnight = datetime.datetime.combine(today, datetime.time(), dashboard.UTC)
        question = dashboard.Question(midnight - datetime.timedelta(days=days), midnight, "time.day" if days < 100 else "time.month")
        question.range = {"from": str(today - datetime.timedelta(days=days - 1)), "to": str(today)}
        made[title] = [(path, json.dumps(body).encode()) for path, body in question.requests()]
    return made


class Load:
    def __init__(self, server, people, seconds):
        self.server, self.people, self.seconds = server, people, seconds
        self.bodies = bodies()
        self.draws = random.Random(7)
        self.traffic = Traffic([one.team for one in people], EVENTS_A_SECOND)
        self.errors = collections.Counter()
        self.times = {title: [] for title in DAYS}
        self.openings, self.fresh, self.deliveries, self.late = [], [], [], []
        self.accepted, self.accepted_before, self.checked = 0, 0, 0
        self.is_measuring, self.is_over = False, False
        self.completed, self.last_completed, self.looking = [], [], 0
        self.memory, self.waiting = [], []

    def wrong(self, what):
        if not self.is_over:
            self.errors[what] += 1

    async def run(self):
        timeout = aiohttp.ClientTimeout(total=60)
        self.door = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=DELIVERIES_AT_ONCE))
        for one in self.people:
            # A browser has at most six connections to a server and takes compressed answers.
            connector = aiohttp.TCPConnector(local_addr=(one.address, 0), limit=6)
            one.session = aiohttp.ClientSession(f"http://127.0.0.1:{one.port}", timeout=timeout, connector=connector, headers={**one.headers, "accept-encoding": "gzip"})
        running = [asyncio.create_task(work) for work in (self.send(), self.look(), self.own_delay(), self.watch_server())]
        running += [asyncio.create_task(work) for one in self.people for work in (self.supervise(one), self.is_still_in(one))]
        await asyncio.sleep(WARM_S)
        self.is_measuring, self.accepted_before = True, self.accepted
        began, server_cpu, own_cpu, stolen = time.monotonic(), self.server.cpu_s(), time.process_time(), stolen_seconds()
        await asyncio.sleep(self.seconds)
        took = time.monotonic() - began
        numbers = {
            "seconds": took, "server_cpu": (self.server.cpu_s() - server_cpu) / took, "client_cpu": (time.process_time() - own_cpu) / took, "stolen_cpu": (stolen_seconds() - stolen) / took,
            "events_a_second": (self.accepted - self.accepted_before) / took,
        }
        self.is_measuring = False
        # In the middle of everything, as a power cut would be.
        self.is_over = True
        self.server.kill()
        for task in running:
            task.cancel()
        for ended in await asyncio.gather(*running, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise RuntimeError("a part of the load ended early") from ended
        await asyncio.gather(self.door.close(), *(one.session.close() for one in self.people))
        everything = [ms for times in self.times.values() for ms in times]
        return {
            **numbers, "dashboards": percentiles(everything), "by_range": {title: percentiles(times) for title, times in self.times.items()},
            "openings": percentiles(self.openings), "freshness_s": percentiles(self.fresh), "deliveries": percentiles(self.deliveries),
            "client_delay_ms": percentiles(self.late), "errors": dict(self.errors), "checked": self.checked,
            "memory_mib": self.memory, "waiting_most": max(self.waiting, default=0), "accepted": self.accepted,
        }

    # Supervisors.

    async def ask(self, one, path, body=None):
        async with one.session.request("GET" if body is None else "POST", path, data=body) as answer:
            text = await answer.read()
            if answer.status != 200:
                raise Wrong(f"{path.split('?')[0]}: {answer.status}")
            return text

    async def supervise(self, one):
        """A dashboard every twenty seconds, a little earlier or later each time, and never only after the one before."""
        number, begin = self.draws.randrange(OPENED_EVERY), time.monotonic() + self.draws.uniform(0, EVERY_S)
        async with asyncio.TaskGroup() as group:
            for turn in range(10**6):
                await asyncio.sleep(max(0, begin + turn * EVERY_S + self.draws.uniform(-2, 2) - time.monotonic()))
                title = self.draws.choice(list(DAYS))
                group.create_task(self.dashboard(one, title, is_opening=(number + turn) % OPENED_EVERY == 0))

    async def dashboard(self, one, title, is_opening):
        is_measured, opened = self.is_measuring, time.perf_counter()
        try:
            if is_opening:
                await self.ask(one, "/api/v1/me")
                _, _, listed = await asyncio.gather(self.ask(one, "/api/v1/metadata"), self.ask(one, "/api/v1/account/state"), self.ask(one, "/api/v1/dashboards"))
                await self.ask(one, f"/api/v1/dashboards/{json.loads(listed)['dashboards'][0]['id']}")
            start = time.perf_counter()
            answers = await asyncio.gather(*(self.ask(one, path, body) for path, body in self.bodies[title]))
            end = time.perf_counter()
            self.check(one, answers)
        except Wrong as error:
            return self.wrong(str(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            return self.wrong(type(error).__name__)
        if is_measured and self.is_measuring:
            self.times[title].append((end - start) * 1000)
            if is_opening:
                self.openings.append((end - opened) * 1000)

    def check(self, one, answers):
        """Every report answers, and everything in the answers is of the supervisor's own team."""
        queries, segments = dashboard.parts([json.loads(answer) for answer in answers])
        for report in (report for query in queries for report in query["reports"]):
            if report.get("error"):
                raise Wrong(f"{report['id']}: {report['error']['code']}")
            self.must_be_own(one, report)
        self.must_be_own(one, segments)
        if any(answer["scope"]["label"] != one.team for answer in (*queries, segments)):
            raise Wrong("the scope of another team")
        self.checked += 1

    def must_be_own(self, one, answer):
        at = next((at for at, column in enumerate(answer["columns"]) if column["name"] == "handling_team_name"), None)
        if at is not None and any(row[at] != one.team for row in answer["rows"]):
            raise Wrong("rows of another team")

    async def is_still_in(self, one):
        """What an open page asks all the time."""
        await asyncio.sleep(self.draws.uniform(0, STATE_EVERY_S))
        while True:
            try:
                await self.ask(one, "/api/v1/account/state")
            except Wrong as error:
                self.wrong(str(error))
            except (aiohttp.ClientError, TimeoutError) as error:
                self.wrong(type(error).__name__)
            await asyncio.sleep(STATE_EVERY_S)

    # Events.

    async def send(self):
        """Events as they become due, in deliveries of at most a hundred."""
        places = asyncio.Semaphore(DELIVERIES_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            while True:
                events, completed = self.traffic.until(time.time())
                for at in range(0, len(events), BATCH):
                    await places.acquire()
                    part = events[at:at + BATCH]
                    inside = {event["id"] for event in part}
                    group.create_task(self.deliver(part, [task for task in completed if task.last in inside], places))
                await asyncio.sleep(TICK_S)

    async def deliver(self, events, completed, places):
        body = json.dumps(events).encode()
        path = f"/hooks/event-streams/{self.server.workspace}?bodySHA256={hashlib.sha256(body).hexdigest()}"
        headers = {"content-type": "application/json", "x-twilio-signature": door.sign(self.server.base + path)}
        start = time.monotonic()
        try:
            async with self.door.post(self.server.base + path, data=body, headers=headers) as answer:
                await answer.read()
                if answer.status != 204:
                    return self.wrong(f"event door: {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            return self.wrong(f"event door: {type(error).__name__}")
        finally:
            places.release()
        self.accepted += len(events)
        self.completed += [(start, task) for task in completed]
        self.last_completed = self.completed[-20:] or self.last_completed
        if self.is_measuring:
            self.deliveries.append((time.monotonic() - start) * 1000)

    # Freshness.

    async def look(self):
        """Once a second: a conversation that an agent has just completed, seen with the eyes of the supervisor whose team it is."""
        async with asyncio.TaskGroup() as group:
            while True:
                await asyncio.sleep(FRESHNESS_EVERY_S)
                if self.completed and self.looking < LOOKS_AT_ONCE:
                    group.create_task(self.see(*self.completed[-1]))
                self.completed.clear()

    async def see(self, sent, task):
        one, is_measured = self.people[task.team], self.is_measuring
        body = json.dumps(seen(task)).encode()
        self.looking += 1
        try:
            while not is_seen(task, one, json.loads(await self.ask(one, "/api/v1/segments", body))):
                waited = time.monotonic() - sent
                if waited > NOT_SEEN_S:
                    return self.wrong(f"a conversation was not seen after {NOT_SEEN_S} s")
                await asyncio.sleep(LOOK_EVERY_S if waited < 2 else LOOK_LATE_S)
        except Wrong as error:
            return self.wrong(str(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            return self.wrong(type(error).__name__)
        finally:
            self.looking -= 1
        if is_measured and self.is_measuring:
            self.fresh.append(time.monotonic() - sent)

    # The machine.

    async def own_delay(self):
        """How late this program itself comes to its work: nothing in the numbers is surer than this."""
        while True:
            wanted = time.perf_counter() + 0.02
            await asyncio.sleep(0.02)
            if self.is_measuring:
                self.late.append((time.perf_counter() - wanted) * 1000)

    async def watch_server(self):
        while True:
            if self.is_measuring:
                self.memory.append(self.server.memory_mib("VmRSS"))
                self.waiting.append(await self.asks_waiting())
            await asyncio.sleep(5)

    async def asks_waiting(self):
        async with self.door.get(f"{self.server.base}/metrics") as answer:
            text = await answer.text()
        return next((int(float(line.split()[-1])) for line in text.splitlines() if line.startswith("parclose_events_waiting ")), 0)


def seen(task):
    """The question for the rows of one conversation, completed by its agent."""
    now = int(time.time() * 1000)
    return {
        "data_set": "conversations", "limit": 20,
        "range": {"from_instant": door.stamp(now - 3_600_000), "to_instant": door.stamp(now + 3_600_000)},
        "filters": [{"attribute": "conversation_id", "op": "in", "values": [task.sid]}],
    }


def is_seen(task, one, answer):
    names = [column["name"] for column in answer["columns"]]
    rows = [dict(zip(names, row)) for row in answer["rows"]]
    return any(row["kind"] == "Conversation" and row["conversation_id"] == task.sid and row["handling_team_name"] == one.team and row["talk_time"] for row in rows)


def after_the_cut(server, load, people):
    """What was answered with success is there, and seen: seconds from the start. What is not seen long after nothing waits any more is lost."""
    first = people[0].at(server)
    first.dashboard([(path, json.loads(body)) for path, body in load.bodies["24 months"]])
    answered, kept, lost = server.age(), door.on_disk(server), 0
    while server.measure("parclose_events_waiting") > 0 and server.age() < CATCH_UP_S:
        time.sleep(LOOK_EVERY_S)
    caught_up = server.age()
    for _, task in load.last_completed:
        one = people[task.team].at(server)
        while not is_seen(task, one, one.post("/api/v1/segments", seen(task))):
            if server.age() > caught_up + NOT_SEEN_S:
                lost += 1
                break
            time.sleep(LOOK_LATE_S)
    return {"ready_s": server.ready_s, "first_s": answered, "events_kept": kept, "caught_up_s": caught_up, "conversations": len(load.last_completed), "lost": lost}


def measure(program, folder, made, seconds, say):
    with Server(program, folder, made) as server:
        say("signing in")
        people = crowd.sign_in(server, made, SUPERVISORS)
        server.settle()
        say(f"dashboards and events for {WARM_S} + {seconds} s")
        load = Load(server, people, seconds)
        numbers = asyncio.run(load.run())
    say("after kill -9")
    with Server(program, folder, made) as server:
        cut = after_the_cut(server, load, people)
    if cut["events_kept"] < numbers["accepted"]:
        raise RuntimeError(f"{numbers['accepted']} events were answered with success, {cut['events_kept']} are in the log after the cut")
    return {"rows": made["rows"], "supervisors": SUPERVISORS, **numbers, "after_cut": cut}
