"""Asks a fresh demo server everything that the OpenAPI document knows, with schemathesis, as four callers at once. No answer may be an
error of the server, and none may have a status, a content type or a body that the document does not know.

Arguments: the server's address, the password of its people, a folder for what is written on the way."""

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
SEED = "2026"
# The server lets an address ask 50 times a second and a person 20 times; what is refused for that tells nothing.
RATES = {"an administrator in a browser": "19/s", "an administrator's key": "13/s", "a supervisor's key": "13/s", "nobody": "5/s"}
# These end the caller's own session: asked last, each with a session of its own.
LEAVING = ["POST /api/v1/sign-out", "DELETE /api/v1/account/sessions"]
# A quarter of all cases, and no key may do it: asked by the browser.
WITHOUT_KEYS = ["POST /api/v1/connections", "PUT /api/v1/connections/{id}"]
# Operations that neither random requests nor those below succeed at: they need a secret, a device, or a provider's signature. Passkeys
# need https or localhost besides.
WITHOUT_SUCCESS = {
    "POST /api/v1/account/password",
    "POST /api/v1/account/passkey-options",
    "POST /api/v1/account/passkeys",
    "POST /api/v1/account/passkeys/{passkey}/remove",
    "POST /api/v1/account/totp/confirm",
    "POST /api/v1/account/totp/remove",
    "POST /api/v1/account/recovery-codes",
    "DELETE /api/v1/account/sessions/{session}",
    "DELETE /api/v1/people/{id}/second-factors",
    "DELETE /api/v1/people/{id}/sessions/{session}",
    "POST /api/v1/sign-in/code",
    "POST /api/v1/sign-in/passkey-options",
    "POST /api/v1/sign-in/passkey",
    "POST /api/v1/set-up",
    "POST /hooks/event-streams/{workspace}",
    "POST /hooks/taskrouter/{workspace}",
    "GET /sso/{connection}/slo",
    "POST /sso/{connection}/slo",
}
# More than this is no time limit, but a server or a fuzzer that hangs.
LONGEST_SECONDS = 900


class Browser:
    """An administrator who prepares the ground."""

    def __init__(self, url, login, password):
        self.url, self.csrf, self.jar = url, None, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.csrf = self.ask("POST", "/sign-in", {"login": login, "password": password})["csrf_token"]

    def ask(self, method, path, body=None):
        headers = {"content-type": "application/json", **({"x-csrf-token": self.csrf} if self.csrf else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", method=method, data=data, headers=headers)
        try:
            text = self.opener.open(request, timeout=60).read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from error
        return json.loads(text) if text else None

    def headers(self):
        return {"cookie": "; ".join(f"{one.name}={one.value}" for one in self.jar), "x-csrf-token": self.csrf}


def prepare(url, password):
    """People, a group, a connection; the headers of each caller; good requests."""
    admin = Browser(url, "admin@acme.example", password)
    people = {person["login"]: person["id"] for person in admin.ask("GET", "/people")["people"]}
    service = admin.ask("POST", "/people", {"kind": "service", "login": "fuzz-service", "name": "Fuzz", "roles": ["admin", "wfo.full_access"]})
    new = lambda login: admin.ask("POST", "/people", {"login": login, "name": "Fuzz", "roles": ["supervisor", "wfo.dashboard_viewer"]})
    victim = new("fuzz-victim")
    # Good once: each link is used by one request.
    link = lambda login: re.split(r"[/#=]", admin.ask("POST", f"/people/{new(login)['id']}/password-link")["link"])[-1]
    scopes = ["read:rows", "read:recordings", "read:audit", "admin"]
    key = lambda person: admin.ask("POST", "/api-keys", {"name": "fuzz", "person": person, "scopes": scopes})
    keys = [key(service["id"]), key(people["anvils@acme.example"])]
    group = admin.ask("POST", "/groups", {"name": "fuzz", "roles": ["supervisor"], "attributes": {"team": ["Anvils"]}})
    # Nobody listens there.
    oidc = {"issuer": "http://127.0.0.1:9", "client_id": "parclose", "client_secret": "a secret of this test"}
    draft = {"name": "fuzz", "enabled": True, "oidc": oidc}
    connection = admin.ask("POST", "/connections", draft)
    certificate = (HERE.parents[2] / "saml/tests/keys/idp.crt").read_text(encoding="utf-8")
    saml = {"entity_id": "http://127.0.0.1:9/saml", "sso_url": "http://127.0.0.1:9/saml", "certificates": [certificate]}
    by_saml = admin.ask("POST", "/connections", {"name": "fuzz, SAML", "enabled": True, "saml": saml})
    sessions = [one["id"] for one in admin.ask("GET", "/account/sessions")["sessions"]]
    dashboards = [admin.ask("GET", f"/dashboards/{one['id']}") for one in admin.ask("GET", "/dashboards")["dashboards"]]
    reports = [{"id": tile["id"], "query": tile["query"]} for one in dashboards for tab in one["tabs"] for tile in tab["tiles"]][:12]
    week = {"preset": "last_7_days"}
    drill = {"data_set": "conversations", "range": week, "limit": 5}
    rows = admin.ask("POST", "/segments", drill)
    columns = [column["name"] for column in rows["columns"]]
    conversation = rows["rows"][0][columns.index("conversation_id")]
    by_id = lambda name, value: {"path_parameters": {name: value}}
    other = lambda name: {"name": name, "oidc": oidc}
    good = {
        "POST /api/v1/query": [
            {"body": {"range": week, "reports": reports}},
            {"body": {"range": week, "compare": "previous_period", "reports": reports[:4]}},
            {"body": {"range": {"preset": "all"}, "filters": [{"attribute": "queue", "op": "in", "values": ["nobody"]}], "reports": reports[:4]}},
        ],
        "POST /api/v1/segments": [{"body": drill}, {"body": {**drill, "data_set": "activities"}}],
        "POST /api/v1/values": [{"body": {"attribute": "queue", "range": week}}, {"body": {"attribute": "queue", "range": week, "search": "a"}}],
        "GET /api/v1/conversations/{conversation_id}": [by_id("conversation_id", conversation)],
        "GET /api/v1/dashboards/{id}": [by_id("id", one["id"]) for one in dashboards],
        "GET /api/v1/people/{id}": [by_id("id", victim["id"])],
        "GET /api/v1/people/{id}/rights": [by_id("id", person) for person in people.values()],
        "GET /api/v1/people/{id}/origin": [by_id("id", person) for person in people.values()],
        "GET /api/v1/people/{id}/sessions": [by_id("id", people["tennis@acme.example"])],
        "POST /api/v1/people": [{"body": {"login": "fuzz-another", "name": "Another", "attributes": {"team": ["Anvils", "Å"]}}}],
        "PATCH /api/v1/people/{id}": [{**by_id("id", victim["id"]), "body": {"attributes": {"team": ["Anvils"]}}}],
        "POST /api/v1/people/{id}/password-link": [by_id("id", victim["id"])],
        "POST /api/v1/password-reset/check": [{"body": {"secret": link("fuzz-check")}}],
        "POST /api/v1/password-reset": [{"body": {"secret": link("fuzz-reset"), "password": "eleven blue kettles sing"}}],
        "POST /api/v1/account/workspace": [{"body": {"workspace": admin.ask("GET", "/me")["workspace"]["id"]}}],
        "POST /api/v1/account/totp": [{"body": {"current_password": password}}],
        "POST /api/v1/account/passkey-options": [{"body": {"current_password": password}}],
        "POST /api/v1/sign-in": [{"body": {"login": "onions@acme.example", "password": password}}],
        "POST /api/v1/api-keys": [{"body": {"name": "another", "person": victim["id"], "scopes": ["read:rows"]}}],
        "POST /api/v1/groups": [{"body": {"name": "another"}}],
        "PATCH /api/v1/groups/{id}": [{**by_id("id", group["id"]), "body": {"roles": ["supervisor", "nonsense"]}}],
        "PUT /api/v1/separation": [{"body": admin.ask("GET", "/separation")}],
        "PUT /api/v1/settings": [{"body": admin.ask("GET", "/settings")}],
        "POST /api/v1/connections": [{"body": other("another")}],
        "PUT /api/v1/connections/{id}": [
            {**by_id("id", connection["id"]), "body": {"version": connection["version"], "settings": {**draft, "name": "fuzz, changed"}}}
        ],
        "POST /api/v1/connections/{id}/dry-run": [
            {**by_id("id", connection["id"]), "body": {"claims": {"sub": "somebody", "roles": ["supervisor", "nonsense"]}}},
            {**by_id("id", connection["id"]), "body": {"attributes": {"team": ["Anvils"]}, "subject": "somebody"}},
            {**by_id("id", connection["id"]), "body": {"response": "<a/>"}},
        ],
        "POST /api/v1/connections/{id}/identities": [{**by_id("id", connection["id"]), "body": {"person": victim["id"], "subject": "somebody"}}],
        "GET /sso/{connection}/login": [by_id("connection", one["id"]) for one in (connection, by_saml)],
        "GET /sso/{connection}/metadata": [by_id("connection", by_saml["id"])],
    }
    by_key = [{"authorization": f"Bearer {one['key']}"} for one in keys]
    callers = {"an administrator in a browser": admin.headers(), "an administrator's key": by_key[0], "a supervisor's key": by_key[1]}
    spared = [*(people[f"{name}@acme.example"] for name in ("admin", "anvils", "onions")), service["id"], *(one["id"] for one in keys), *sessions]
    known = {"spared": spared, "victim": victim["id"], "good": good}
    return callers, known


def only(names):
    return "^(" + "|".join(re.escape(name) for name in names) + ")$"


def operations(document):
    """Their names; and of these, the ones that ask for nobody."""
    named = {f"{method.upper()} {path}": operation for path, item in document["paths"].items() for method, operation in item.items()}
    return list(named), [name for name, operation in named.items() if operation["security"] == [{}]]


def ask_all(url, folder, name, headers, *more):
    """One run of schemathesis. True when nothing was found."""
    stem = re.sub(r"\W+", "-", name).strip("-")
    sent = [word for pair in headers.items() for word in ("--header", ": ".join(pair))]
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "--no-color", "run"]
    command += [folder / "openapi.json", "--url", url, "--seed", SEED, "--rate-limit", RATES.get(name, "13/s"), *sent, *more]
    environment = {**os.environ, "FUZZ_KNOWN": str(folder / "known.json"), "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    text = done.stdout + done.stderr
    (folder / f"{stem}.log").write_text(text, encoding="utf-8")
    cases = re.search(r"^Test cases:\s+(.*)$", text, re.MULTILINE)
    print(f"    {name}: {cases.group(1).strip() if cases else 'nothing was asked'}")
    is_well = done.returncode == 0 and cases is not None and "generated" in cases.group(1) and "No test cases" not in cases.group(1)
    if not is_well:
        print(text, file=sys.stderr)
    return is_well


def answered(url):
    """How often which operation answered with which status, by the server's own count."""
    text = urllib.request.urlopen(f"{url}/metrics", timeout=60).read().decode()
    for line in text.splitlines():
        if line.startswith("parclose_http_requests_total{"):
            labels = dict(re.findall(r'(\w+)="([^"]*)"', line))
            yield f"{labels['method']} {labels['route']}", int(labels["status"]), int(float(line.rsplit(" ", 1)[1]))


def wrong(url, every):
    """What the server's own count shows: errors, refusals for haste, and operations that never did what they are for."""
    statuses = {name: Counter() for name in every}
    for name, status, count in answered(url):
        if status >= 500:
            yield f"{name} answered {count} times with {status}"
        if name in statuses:
            statuses[name][status] += count
    for name, counts in statuses.items():
        has_succeeded = any(status < 400 for status in counts)
        if has_succeeded == (name in WITHOUT_SUCCESS):
            yield f"{name} {'succeeds after all' if has_succeeded else 'never succeeded'}: {dict(counts)}"
    # What is refused for haste tells nothing. Ways in count attempts by themselves, and a few are refused for that.
    all_together = sum(statuses.values(), Counter())
    if all_together[429] > all_together.total() / 50:
        yield f"too many were refused for coming too fast: {dict(all_together)}"


def main():
    url, password, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    text = urllib.request.urlopen(f"{url}/api/v1/openapi.json", timeout=60).read().decode()
    (folder / "openapi.json").write_text(text, encoding="utf-8")
    every, open_to_all = operations(json.loads(text))
    callers, known = prepare(url, password)
    (folder / "known.json").write_text(json.dumps(known), encoding="utf-8")
    # Who asks makes no difference to operations that are open to all: nobody asks these.
    runs = [("nobody", {}, "--include-name-regex", only(open_to_all))]
    for name, headers in callers.items():
        others = WITHOUT_KEYS if "authorization" in headers else []
        runs.append((name, headers, "--exclude-name-regex", only(open_to_all + LEAVING + others)))
    with ThreadPoolExecutor(len(runs)) as pool:
        is_well = all(list(pool.map(lambda run: ask_all(url, folder, *run), runs)))
    for name in LEAVING:
        leaver = Browser(url, "onions@acme.example", password).headers()
        is_well &= ask_all(url, folder, f"leaving by {name}", leaver, "--include-name", name)
    closed = ["--exclude-name-regex", only(open_to_all), "--phases", "fuzzing", "--max-examples", "2"]
    is_well &= ask_all(url, folder, "nobody, at closed doors", {}, *closed)
    found = list(wrong(url, every))
    for line in found:
        print(line, file=sys.stderr)
    return 0 if is_well and not found else 1


if __name__ == "__main__":
    sys.exit(main())
