"""Numbers as lines of the page, and as they are kept beside it."""


def number(value, digits=1):
    return f"{value:,.{digits}f}"


def cell(times):
    return f"{number(times['ms'])} ({number(times['fastest'])} to {number(times['slowest'])}), CPU {number(times['cpu_ms'], 0)}" if times else "-"


def times_ahead(theirs, mine):
    return f"{theirs / mine:.1f}x" if mine and theirs else "-"


def dashboard(cases, mine, others, wrong):
    """(lines, numbers) of one size."""
    from dashboard import compare
    numbers = {"rows": mine["rows"], "cases": [], "starts": mine["starts"], "others": []}
    head = [one["name"] for one in others]
    lines = [f"### {mine['rows']:,} segments", "",
             "A whole dashboard, ms: median of the warm runs (fastest to slowest), and processor time. *Engine* is our engine's own time, its requests one after the other. *Ahead* is the fastest of the others divided by ours: by the engine's own time, by that of the whole answer over HTTP, and processor time (ours with HTTP):", "",
             f"| person | range | engine | Parclose over HTTP | {' | '.join([*head, 'ahead', 'ahead over HTTP', 'CPU ahead', 'answers'])} |", "|---|---|---:|---:|" + "---:|" * len(head) + "---:|---:|---:|---|"]
    for at, case in enumerate(cases):
        times, answers, http = mine["cases"][at]
        theirs = [one["cases"][at] for one in others]
        differ = []
        for name, (their_times, their_answers) in zip(head, theirs):
            if times is None or their_times is None:
                differ.append(f"{name}: no answer" + (f" ({their_answers})" if their_times is None else ""))
            elif names := compare(case.question, answers, their_answers):
                differ.append(f"{name}: {', '.join(names)}")
        equal = "not compared" if not others else "equal" if not differ else "DIFFERENT: " + "; ".join(differ)
        if times is None:
            equal = f"no answer of ours ({answers})"[:120]
        without, without_http = mine["without"].get(at) or (None, None)
        fast = min((one["ms"] for one, _ in theirs if one), default=None)
        lean = min((one["cpu_ms"] for one, _ in theirs if one), default=None)
        for label, own, beside in (("", times, http), (", rollups off", without, without_http)):
            if label and own is None:
                continue
            engine = beside and beside["engine_ms"]
            ahead = [times_ahead(fast, engine), times_ahead(fast, own and own["ms"]), times_ahead(lean, own and own["cpu_ms"])]
            peers = [cell(one) for one, _ in theirs]
            lines.append(f"| {case.title} | {case.range}{label} | {' | '.join([number(engine) if engine else '-', cell(own), *peers, *ahead, equal])} |")
        numbers["cases"].append({"person": case.title, "range": case.range, "parclose": times, "rollups_off": without, "http": http, "rollups_off_http": without_http,
                                 "others": dict(zip(head, (one for one, _ in theirs))), "equal": not differ and bool(others)})
    lines += ["", *http_lines(cases, mine), *engine_lines(mine, others), "", *start_lines(mine)]
    lines += [f"* {one}" for one in wrong]
    numbers["memory"] = {name: mine[name] for name in ("packed_bytes", "resident_mib", "memory_mib", "disk_bytes", "lake_bytes")}
    for one in others:
        numbers["others"].append({"name": one["name"], "filled": one["filled"], "first_s": one["first_s"], "memory_mib": one["memory_mib"]})
    return lines, numbers


def http_lines(cases, mine):
    """The engine's own time beside the time over HTTP, requests one after the other."""
    known = [(case, http) for case, (_, _, http) in zip(cases, mine["cases"]) if http and http["engine_ms"] is not None]
    if not known:
        return []
    lines = ["HTTP and JSON beside the engine: requests one after the other, until the last byte, ms:", "",
             "| person | range | engine | over HTTP | 1.5 x engine + 2 | | KiB |", "|---|---|---:|---:|---:|---|---:|"]
    for case, http in known:
        most = 1.5 * http["engine_ms"] + 2
        held = "within" if http["ms"] <= most else "ABOVE"
        lines.append(f"| {case.title} | {case.range} | {number(http['engine_ms'])} | {number(http['ms'])} | {number(most)} | {held} | {http['bytes'] / 1024:,.0f} |")
    return [*lines, ""]


def engine_lines(mine, others):
    """What it takes to have the data at hand."""
    first, second = mine["starts"]["first"], mine["starts"]["second"]
    lines = ["What each needs. *Building* is from the files of the lake (ours, in the background, answering meanwhile) or from Parquet (the others, per table):", "",
             "| | building, s | CPU, s | most memory meanwhile, MiB | start to first answer, s | most memory answering, MiB | on disk, MiB |", "|---|---:|---:|---:|---:|---:|---:|",
             f"| Parclose | {number(first['settled_s'])} | {number(first['cpu_s'])} | {first['memory_mib']:,} | {number(second['answered'][0]['s'], 2)} | {mine['memory_mib']:,} | {mine['disk_bytes'] / 2**20:,.0f} |"]
    for one in others:
        filled = one["filled"]
        tables = filled["tables"].values()
        wall, cpu = " + ".join(number(t["s"]) for t in tables), " + ".join(number(t["cpu_s"]) for t in tables)
        disk = f"{filled['bytes'] / 2**20:,.0f}" if filled["bytes"] else "-"
        lines.append(f"| {one['name']} | {wall} | {cpu} | {filled['memory_mib']:,} | {number(one['first_s'], 2)} | {one['memory_mib']:,} | {disk} |")
    return lines


def start_lines(mine):
    titles = {"first": "first start, nothing packed yet", "second": "started again", "killed": "started after `kill -9`"}
    lines = []
    for name, start in mine["starts"].items():
        refused = lambda one: f" (told {one['refused']} times to come back)" if one.get("refused") else ""
        answered = ", ".join(f"{one['title']} {one['range']} {one['s']:.2f} s{refused(one)}" for one in start["answered"])
        lines.append(f"* {titles[name]}: ready {start['ready_s']:.2f} s after the start of the program; answered one after the other: {answered}; at rest after {start['settled_s']:.1f} s.")
    a_segment = mine["packed_bytes"] / mine["rows"]
    lines.append(f"* Packed columns: {mine['packed_bytes'] / 2**20:,.0f} MiB, {a_segment:.0f} bytes a segment; the server holds {mine['resident_mib']:,} MiB after all questions; the lake's files have {mine['lake_bytes'] / 2**20:,.0f} MiB.")
    return lines


def of(title, values, digits=0, unit="ms"):
    shown = " | ".join(number(values[name], digits) if name in values else "-" for name in ("p50", "p95", "p99", "max"))
    return f"| {title} | {values['count']:,} | {shown} | {unit} |"


def load(numbers):
    errors = ", ".join(f"{count} x {what}" for what, count in sorted(numbers["errors"].items())) or "none"
    lines = [f"### {numbers['supervisors']} supervisors and {numbers['events_a_second']:,.0f} events a second, {numbers['rows']:,} segments", "",
             f"Each is signed in, sees another team, and has the dashboard asked every 20 s for {numbers['seconds']:.0f} s, after a warm-up; the page asks every 1.5 s whether its person is still let in, as the app does.", "",
             "| | how many | p50 | p95 | p99 | most | |", "|---|---:|---:|---:|---:|---:|---|",
             of("whole dashboard", numbers["dashboards"])]
    lines += [of(f"of these: {title}", values) for title, values in numbers["by_range"].items()]
    lines += [of("page opened anew, until its dashboard is there", numbers["openings"]), of("event sent until its supervisor sees the row", numbers["freshness_s"], 2, "s"),
              of("delivery of events until answered", numbers["deliveries"]), of("how late the measuring program itself was", numbers["client_delay_ms"]), "",
              f"* Errors: {errors}.",
              f"* {numbers['dashboards']['count'] / numbers['seconds']:.1f} dashboards a second; {numbers['checked']:,} of them were read whole and had rows of the supervisor's own team only.",
              f"* Events: {numbers['events_a_second']:,.0f} a second accepted; at most {numbers['waiting_most']:,} waited to be seen.",
              f"* Processors busy: {numbers['server_cpu']:.2f} by the server, {numbers['client_cpu']:.2f} by the measuring program; {numbers['stolen_cpu']:.2f} were taken away by the machine below. Memory of the server: {min(numbers['memory_mib']):,} to {max(numbers['memory_mib']):,} MiB."]
    cut = numbers["after_cut"]
    lines.append(f"* Then `kill -9` in the middle of it: ready {cut['ready_s']:.2f} s after the start, first dashboard (24 months) {cut['first_s']:.2f} s, every event in rows {cut['caught_up_s']:.1f} s; "
                 f"all {numbers['accepted']:,} events that were answered with success are in the log; of the last {cut['conversations']} conversations {cut['lost']} were not seen by their supervisors.")
    return lines


def visible(numbers):
    return [f"**Event to visible row**, {numbers['rows']:,} segments in the lake, ten times, nobody else there: median {numbers['median_s']:.2f} s, slowest {numbers['slowest_s']:.2f} s."]


def door(numbers):
    lines = ["### The event doors", "", "| door | senders | events a second, on disk | other answers |", "|---|---:|---:|---|"]
    for name, senders, rate, others in numbers["doors"]:
        text = ", ".join(f"{count} × {status}" for status, count in sorted(others.items())) or "none"
        lines.append(f"| {name} | {senders} | {rate:,.0f} | {text} |")
    return lines
