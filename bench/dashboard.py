"""The twelve reports: as requests to the program, timed, and compared with the answers of the others."""

import collections
import datetime
import statistics
import time

# Warm runs of one question: at least so many, more while they are quick.
LEAST, MOST, QUICK_S = 5, 15, 1.5
UTC = datetime.timezone.utc


def reports(fine):
    """(id, metrics, attributes, sort, limit) with `fine` as the bucket of the fifth."""
    return [
        ("by_day", ["conversations"], ["time.day"], None, 5000),
        ("by_queue", ["handled_segments", "abandoned", "abandoned_pct"], ["queue"], None, 5000),
        ("aht_by_team", ["aht"], ["handling_team_name"], None, 5000),
        ("asa_by_hour", ["asa"], ["time.hour_of_day", "time.weekday"], None, 5000),
        ("within_by_queue", [("answered_within", 20)], ["queue", fine], None, 5000),
        ("busiest", ["handled_segments", "handled"], ["agent_name"], ("handled_segments", "agent_name"), 20),
        ("waits", ["queue_time_p50", "queue_time_p90", "queue_time_p95"], ["channel"], None, 5000),
        ("reasons", ["segments"], ["conversation_attribute_3"], ("segments", "conversation_attribute_3"), 50),
        ("agents", ["handling_time", "handled_segments"], ["agent_name"], None, 5000),
        ("customers", ["customers"], ["time.month"], None, 5000),
    ]


HEADLINES = ["conversations", "handled", "abandoned", "aht", "asa", ("answered_within", 20)]


def metric(one):
    return {"metric": one} if isinstance(one, str) else {"metric": one[0], "seconds": one[1]}


def instant(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Question:
    """One dashboard for one range of time."""

    def __init__(self, start, end, fine):
        self.start, self.end, self.reports, self.headlines = start, end, reports(fine), HEADLINES
        self.range = {"from_instant": instant(start), "to_instant": instant(end)}

    def requests(self):
        """What travels: one request with the reports, the headline numbers with their comparison, and the newest segments."""
        asked = []
        for name, metrics, attributes, sort, limit in self.reports:
            query = {"data_set": "conversations", "metrics": [metric(m) for m in metrics], "attributes": attributes, "limit": limit}
            if sort:
                query["sort"] = [{"by": sort[0], "direction": "descending"}, {"by": sort[1], "direction": "ascending"}]
            asked.append({"id": name, "query": query})
        headline = {"data_set": "conversations", "metrics": [metric(m) for m in HEADLINES]}
        asked.append({"id": "headline", "query": headline, "compare": "previous_period"})
        newest = {"id": "newest", "data_set": "conversations", "limit": 100, "sort": {"by": "segment_start", "direction": "descending"}}
        return [("/api/v1/query", {"range": self.range, "reports": asked, "lists": [newest]})]


def timed(run, cpu, least=LEAST, pause=0.0, is_warm=False):
    """Times of the warm runs in ms, processor time of one of them (`cpu` reads that clock, in seconds), and the last answer."""
    answer = None if is_warm else run()
    times, used = [], 0.0
    while len(times) < least or (len(times) < MOST and sum(times) < QUICK_S * 1000):
        time.sleep(pause)
        start, before = time.perf_counter(), cpu()
        answer = run()
        times.append((time.perf_counter() - start) * 1000)
        used += cpu() - before
    return {"ms": statistics.median(times), "fastest": min(times), "slowest": max(times), "cpu_ms": used * 1000 / len(times), "runs": len(times)}, answer


def plain(value):
    """A cell in a form in which both sides can be compared."""
    if isinstance(value, datetime.datetime):
        return int((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp())
    if isinstance(value, datetime.date):
        return int(datetime.datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp())
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, str) and len(value) > 18 and value[4] == "-" and value[10] == "T":
        return int(datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp())
    return value


def close(a, b):
    if a is None or b is None:
        return a is b
    return abs(float(a) - float(b)) <= 1e-9 * max(1.0, abs(float(a)), abs(float(b)))


def by_key(rows, keys):
    return {tuple(plain(v) for v in row[:keys]): row[keys:] for row in rows}


def parts(answers):
    """The answered query and its list."""
    return answers, {**answers[0]["lists"][0], "scope": answers[0]["scope"]}


def compare(question, ours, theirs):
    """Names of the reports that differ. The list of newest segments is compared by its instants alone."""
    wrong = []
    queries, segments = parts(ours)
    if segments.get("error"):
        return [f"newest ({segments['error']['code']})"]
    answered = {report["id"]: report for query in queries for report in query["reports"]}
    for name, _, attributes, *_ in question.reports:
        if answered[name].get("error"):
            wrong.append(f"{name} ({answered[name]['error']['code']})")
            continue
        a, b = by_key(answered[name]["rows"], len(attributes)), by_key(theirs[name], len(attributes))
        if a.keys() != b.keys() or any(not close(x, y) for key in a for x, y in zip(a[key], b[key])):
            wrong.append(name)
    headline = answered["headline"]
    expected = {bool(row[0]): row[1:] for row in theirs["headline"]}
    for is_now, rows in ((True, headline["rows"]), (False, (headline.get("previous") or {"rows": []})["rows"])):
        if is_now in expected and (not rows or any(not close(x, y) for x, y in zip(rows[0], expected[is_now]))):
            wrong.append("headline" if is_now else "headline, previous period")
    at = [c["name"] for c in segments["columns"]].index("segment_start")
    if [plain(row[at]) for row in segments["rows"]] != [plain(row[2]) for row in theirs["newest"]]:
        wrong.append("newest")
    return wrong


def questions(from_ms, to_ms):
    start, end = (datetime.datetime.fromtimestamp(ms // 1000, UTC) for ms in (from_ms, to_ms))
    return [("30 days", Question(end - datetime.timedelta(days=30), end, "time.day")), ("24 months", Question(start, end, "time.month"))]


# Who asks for which range, and what the others need to know of it: the column and values of the person's rows.
Case = collections.namedtuple("Case", "title who where range question")


def cases(made):
    people = [
        ("one market of 25", "market", ("conversation_attribute_1", [made["market"]])),
        ("three teams of 200", "teams", ("handling_team_name", made["teams"])),
        ("everything", "all", (None, [])),
    ]
    ranges = questions(made["from_ms"], made["to_ms"])
    return [Case(title, who, where, span, question) for title, who, where in people for span, question in ranges]
