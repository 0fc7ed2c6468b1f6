"""Live traffic of a contact centre as events: conversations of agents of given teams, from their first second to their last. They arrive at a
steady rate; events reach theirs when as many conversations end as begin, after a minute and a half."""

import heapq
import json
import random
import time

# Seconds on average of each step. Shorter than in life, so that conversations begin and end within the run.
WAIT, RING, TALK, WRAP = 5, 3, 15, 5
ABANDONED = 0.07
# Every so many events one of an agent who changes activity.
ACTIVITY_EVERY = 12
AGENTS_A_TEAM = 20
# As `parclose bench-data` numbers them: the first agents of all teams, then the second.
AGENTS_APART = 200
# Events of a conversation that is answered: created, entered, offered, accepted, updated, wrapping up, offer completed, task completed.
EVENTS = 8
CHANNELS = ["voice", "voice", "voice", "chat", "sms", "email"]


class Task:
    """A conversation: who has it, and what comes next."""

    __slots__ = ("sid", "reservation", "team", "agent", "queue", "channel", "customer", "created_ms", "version", "last", "steps")

    def __init__(self, number, run, team, draws, now):
        self.sid, self.reservation = f"WT{run:08x}{number:024x}", f"WR{run:08x}{number:024x}"
        self.team, self.agent = team, draws.randrange(AGENTS_A_TEAM)
        self.queue, self.channel = draws.randrange(6), draws.choice(CHANNELS)
        self.customer = f"+4206{draws.randrange(10**8):08}"
        self.created_ms, self.version, self.last = int(now * 1000), 0, None
        entered = now + 0.05
        if draws.random() < ABANDONED:
            steps = [("task.created", now), ("task-queue.entered", entered), ("task.canceled", entered + 1 + draws.expovariate(1 / WAIT))]
        else:
            offered = entered + draws.expovariate(1 / WAIT)
            accepted = offered + 1 + draws.expovariate(1 / RING)
            wrapping = accepted + 3 + draws.expovariate(1 / TALK)
            completed = wrapping + 1 + draws.expovariate(1 / WRAP)
            steps = [("task.created", now), ("task-queue.entered", entered), ("reservation.created", offered), ("reservation.accepted", accepted),
                     ("task.updated", (accepted + wrapping) / 2), ("reservation.wrapup", wrapping), ("reservation.completed", completed),
                     ("task.completed", completed + 0.05)]
        self.steps = iter(steps)


class Traffic:
    """Events in the order of time. `teams` are names of teams; each has agents of its own."""

    def __init__(self, teams, rate, seed=20261121):
        self.teams, self.rate = teams, rate
        self.draws, self.run = random.Random(seed), int(time.time()) & 0xFFFFFFFF
        self.tasks, self.events = 0, 0
        self.due = []
        mean = (1 - ABANDONED) * EVENTS + ABANDONED * 3
        self.arrivals = rate * (1 - 1 / ACTIVITY_EVERY) / mean
        self.next_arrival = time.time()

    def until(self, now):
        """(events as the platform streams them, tasks that an agent has just completed) up to an instant."""
        while self.next_arrival <= now:
            self.begin(self.next_arrival)
            self.next_arrival += self.draws.expovariate(self.arrivals)
        events, completed = [], []
        while self.due and self.due[0][0] <= now:
            at, number, task, kind = heapq.heappop(self.due)
            events.append(self.told(task, kind, int(at * 1000)))
            if kind == "task.completed":
                task.last = events[-1]["id"]
                completed.append(task)
            self.plan(number, task)
            if self.events % ACTIVITY_EVERY == 0:
                events.append(self.activity(int(at * 1000)))
        return events, completed

    def begin(self, now):
        self.tasks += 1
        self.plan(self.tasks, Task(self.tasks, self.run, self.draws.randrange(len(self.teams)), self.draws, now))

    def plan(self, number, task):
        if step := next(task.steps, None):
            heapq.heappush(self.due, (step[1], number, task, step[0]))

    def told(self, task, kind, at_ms):
        task.version += 1
        market = self.teams[task.team].split()[0]
        queue = f"{market}_{task.queue}"
        conversations = {"conversation_attribute_1": market, "conversation_attribute_3": f"reason {task.agent:04}", "language": "en", "in_business_hours": "Yes"}
        if kind == "task.completed" or kind == "reservation.completed":
            conversations["outcome"] = "resolved"
        payload = {
            "account_sid": "AC0", "workspace_sid": "WS0", "task_sid": task.sid, "task_priority": "0", "task_version": str(task.version),
            "task_age": str((at_ms - task.created_ms) // 1000), "task_date_created": str(task.created_ms // 1000),
            "task_channel_unique_name": task.channel, "workflow_sid": "WW0", "workflow_name": "Bench",
            "task_attributes": json.dumps({"direction": "inbound", "from": task.customer, "to": "+420800555001", "conversations": conversations}),
        }
        if kind != "task.created":
            payload |= {"task_queue_sid": f"WQ{market}{task.queue}", "task_queue_name": queue}
        if kind.startswith("reservation."):
            payload |= {"reservation_sid": task.reservation, **self.worker(task.team, task.agent)}
        return self.event(kind, at_ms, payload)

    def worker(self, team, agent):
        name = self.teams[team]
        number = int(name.rsplit(" ", 1)[1]) + AGENTS_APART * agent
        attributes = {
            "full_name": f"Agent {number:04}", "email": f"agent{number:04}@bench.example", "team_id": name.rsplit(" ", 1)[1], "team_name": name,
            "roles": ["agent"], "routing": {"skills": [name.split()[0].lower()], "levels": {}},
        }
        return {"worker_sid": f"WK{number:030x}", "worker_name": f"agent{number:04}_40bench_2Eexample", "worker_attributes": json.dumps(attributes),
                "worker_activity_name": "Available", "worker_activity_sid": "WA1"}

    def activity(self, at_ms):
        before, after = self.draws.choice([("Available", "Break"), ("Break", "Available")])
        spent = self.draws.randrange(60_000, 900_000)
        payload = {"account_sid": "AC0", "workspace_sid": "WS0", **self.worker(self.draws.randrange(len(self.teams)), self.draws.randrange(AGENTS_A_TEAM)),
                   "worker_activity_name": after, "worker_previous_activity_name": before,
                   "worker_time_in_previous_activity": str(spent // 1000), "worker_time_in_previous_activity_ms": str(spent)}
        return self.event("worker.activity.update", at_ms, payload)

    def event(self, kind, at_ms, payload):
        self.events += 1
        payload |= {"eventtype": kind, "timestamp": str(at_ms), "timestamp_ms": str(at_ms)}
        return {
            "specversion": "1.0", "type": f"com.twilio.taskrouter.{kind}", "source": "/bench", "id": f"EV{self.run:08x}{self.events:024x}",
            "dataschema": "https://events-schemas.twilio.com/TaskRouter.WDSEvent/2", "datacontenttype": "application/json",
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_ms / 1000)),
            "data": {"product_name": "TaskRouter", "payload_type": "task-router", "payload": payload},
        }
