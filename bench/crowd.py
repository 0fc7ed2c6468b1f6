"""Many supervisors, each of a team of their own: made by an administrator, signed in with a password of their own, at an address of their own."""

import re

from server import ADMINISTRATOR, Person

FIRST, OWN = "bench-first-password-5b1e", "bench-own-password-77c0"


def address(number):
    """Colleagues do not share an address here: limits by address are for strangers. All of 127.0.0.0/8 is this machine."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


class Supervisor(Person):
    def __init__(self, server, login, password, number, team):
        super().__init__(server, login, password, address(number))
        self.team = team


def teams(server, made):
    """All teams of the lake, by name. Queues stand where nobody handled anything."""
    person = Person(server, made["people"]["all"], made["password"])
    found = person.post("/api/v1/values", {"data_set": "conversations", "attribute": "handling_team_name", "range": {"preset": "all"}, "limit": 500})
    return sorted(one["value"] for one in found["values"] if re.fullmatch(r"[A-Z]{2} Team \d{3}", one["value"] or ""))


def sign_in(server, made, count):
    administrator = Person(server, *ADMINISTRATOR)
    people = []
    for number, team in enumerate(teams(server, made)[:count]):
        login = f"supervisor{number:03}@bench.example"
        person = {"login": login, "name": f"Supervisor of {team}", "roles": ["supervisor", "wfo.data_analyst"], "attributes": {"team": [team]}, "password": FIRST}
        status, _, answer = administrator.send("POST", "/api/v1/people", person)
        if status != 201:
            raise RuntimeError(f"{login} could not be made: {status} {answer}")
        one = Supervisor(server, login, FIRST, number, team)
        status, headers, me = one.send("POST", "/api/v1/account/password", {"current_password": FIRST, "password": OWN})
        if status != 200 or me["scope"]["label"] != team:
            raise RuntimeError(f"{login} could not take a password of their own: {status} {me}")
        one.enter(headers, me)
        people.append(one)
    if len(people) < count:
        raise RuntimeError(f"the lake has {len(people)} teams, {count} are needed")
    return people
