"""A SAML provider for the walks in a browser, on pysaml2: sign-in, cancel, logout from both ends.

Started with PORT, ISSUER_BASE (the address browsers use), KEY and CERT. Its own switches are at /control/…, for the tests:
they say whom it serves and what its people have.
"""

import html
import json
import os
import re
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.attribute_converter import AttributeConverter
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.s_utils import sid
from saml2.saml import NAME_FORMAT_BASIC, NAMEID_FORMAT_PERSISTENT, NameID
from saml2.samlp import STATUS_AUTHN_FAILED
from saml2.server import Server

HERE = os.path.dirname(os.path.abspath(__file__))
BASE = os.environ["ISSUER_BASE"]
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
MAX_BODY = 1_000_000

with open(os.path.join(HERE, "people.json"), encoding="utf-8") as file:
    PEOPLE = json.load(file)

# Sign-ins here: cookie to person; and what each was told to whom, for logout.
SESSIONS = {}
STATE = {"metadata": None, "server": None}


def converter():
    """Every attribute keeps its own name."""
    names = {"email", "full_name", "roles", "groups"} | {name for person in PEOPLE.values() for name in person["attributes"]}
    made = AttributeConverter(NAME_FORMAT_BASIC)
    made.from_dict({"identifier": NAME_FORMAT_BASIC, "to": {name: name for name in names}, "fro": {name: name for name in names}})
    return made


def settings():
    logout = [(f"{BASE}/slo", BINDING_HTTP_REDIRECT), (f"{BASE}/slo", BINDING_HTTP_POST)]
    sign_on = [(f"{BASE}/sso", BINDING_HTTP_REDIRECT), (f"{BASE}/sso", BINDING_HTTP_POST)]
    whole = {
        "entityid": f"{BASE}/metadata",
        "key_file": os.environ["KEY"],
        "cert_file": os.environ["CERT"],
        "allow_unknown_attributes": True,
        "service": {
            "idp": {
                "name": "pysaml2",
                "endpoints": {"single_sign_on_service": sign_on, "single_logout_service": logout},
                "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None, "name_form": NAME_FORMAT_BASIC}},
                "name_id_format": [NAMEID_FORMAT_PERSISTENT],
                "want_authn_requests_signed": True,
            }
        },
    }
    if STATE["metadata"]:
        whole["metadata"] = {"inline": [STATE["metadata"]]}
    loaded = IdPConfig().load(whole)
    loaded.attribute_converters = [converter()]
    return loaded


def server():
    if STATE["server"] is None:
        STATE["server"] = Server(config=settings())
    return STATE["server"]


def whom_we_serve():
    return list(server().metadata.service_providers())[0]


def attributes_of(person):
    given = {"email": [person["email"]], "full_name": [person["full_name"]], "roles": person["roles"], "groups": person["groups"]}
    given.update(person["attributes"])
    return {name: values for name, values in given.items() if values}


def name_of(person):
    return NameID(format=NAMEID_FORMAT_PERSISTENT, text=person["subject"], name_qualifier=f"{BASE}/metadata", sp_name_qualifier=whom_we_serve())


class Provider(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def say(self, body, kind="text/html; charset=utf-8", status=200, headers=()):
        data = body.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def go(self, info):
        """Sends what pysaml2 made of a message, by either binding."""
        if info["method"] == "GET":
            self.say("", status=303, headers=info["headers"])
        else:
            self.say(info["data"])

    def session(self):
        pairs = [pair.split("=", 1) for pair in self.headers.get("cookie", "").split("; ") if "=" in pair]
        return SESSIONS.get(dict(pairs).get("pysaml2-session", ""))

    def do_GET(self):
        self.answer({}, BINDING_HTTP_REDIRECT)

    def do_POST(self):
        length = int(self.headers.get("content-length", "0"))
        if length > MAX_BODY:
            return self.say("too large", status=413)
        body = self.rfile.read(length).decode()
        if self.path.startswith("/control/"):
            return self.control(body)
        self.answer(dict(urllib.parse.parse_qsl(body)), BINDING_HTTP_POST)

    def control(self, body):
        if self.path == "/control/service-provider":
            STATE.update(metadata=body, server=None)
            server()
        elif self.path == "/control/person":
            change = json.loads(body)
            PEOPLE[change.pop("who")].update(change)
        else:
            return self.say("?", status=404)
        self.say("{}", "application/json")

    def answer(self, form, binding):
        url = urllib.parse.urlparse(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        given = form or query
        if url.path == "/metadata":
            return self.say(str(entity_descriptor(settings())), "application/samlmetadata+xml")
        if url.path == "/sso":
            return self.sign_on(given, binding, query)
        if url.path == "/login":
            return self.login(form)
        if url.path == "/portal":
            return self.portal(query)
        if url.path == "/slo":
            return self.logout(given, binding)
        if url.path == "/sign-out-everywhere":
            return self.sign_out_everywhere(query)
        self.say("?", status=404)

    def sign_on(self, given, binding, query):
        # The signature of a redirect is over the address as it came.
        raw = {name: given[name] for name in ("SigAlg", "Signature") if name in given}
        request = server().parse_authn_request(given["SAMLRequest"], binding, relay_state=given.get("RelayState"), sigalg=raw.get("SigAlg"), signature=raw.get("Signature"))
        if request is None or not request.message:
            return self.say("That request can't be read.", status=400)
        message = request.message
        known = self.session()
        if known and message.force_authn != "true":
            return self.respond(PEOPLE[known], known, message.id, given.get("RelayState", ""))
        self.form(message.id, given.get("RelayState", ""))

    def form(self, request, relay_state, problem=""):
        hidden = "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in (("request", request), ("relay_state", relay_state)))
        self.say(
            f'<!doctype html><title>pysaml2</title><h1>Provider one</h1><p role="alert">{problem}</p><form method="post" action="/login">{hidden}'
            '<label>User <input name="user"></label> <label>Secret word <input name="password" type="password"></label> '
            '<button name="do" value="in">Continue</button> <button name="do" value="cancel" formnovalidate>Cancel</button></form>'
        )

    def login(self, form):
        request, relay_state = form.get("request", ""), form.get("relay_state", "")
        if form.get("do") == "cancel":
            info = (STATUS_AUTHN_FAILED, "The person went away.")
            failed = server().create_error_response(request, self.acs(), info, sign=True, sign_alg=RSA_SHA256, digest_alg=SHA256)
            return self.go(server().apply_binding(BINDING_HTTP_POST, str(failed), self.acs(), relay_state, response=True))
        person = PEOPLE.get(form.get("user", ""))
        if not person or person["password"] != form.get("password"):
            return self.form(request, relay_state, "That is not right.")
        self.respond(person, form["user"], request or None, relay_state)

    def acs(self):
        return server().metadata.assertion_consumer_service(whom_we_serve())[0]["location"]

    def portal(self, query):
        """A sign-in that begins here."""
        person = PEOPLE[query["user"]]
        self.respond(person, query["user"], None, query.get("RelayState", ""))

    def respond(self, person, who, request, relay_state):
        cookie = sid()
        SESSIONS[cookie] = who
        response = server().create_authn_response(
            attributes_of(person), in_response_to=request, destination=self.acs(), sp_entity_id=whom_we_serve(), userid=who, name_id=name_of(person),
            authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "authn_auth": BASE},
            sign_response=False, sign_assertion=True, sign_alg=RSA_SHA256, digest_alg=SHA256, session_not_on_or_after=None,
        )
        # The library chooses the session's name.
        PEOPLE[who].setdefault("indexes", []).append(re.search(r'SessionIndex="([^"]+)"', str(response)).group(1))
        info = server().apply_binding(BINDING_HTTP_POST, str(response), self.acs(), relay_state, response=True)
        self.say(info["data"], headers=[("set-cookie", f"pysaml2-session={cookie}; Path=/; HttpOnly")])

    def logout(self, given, binding):
        if "SAMLResponse" in given:
            answer = server().parse_logout_request_response(given["SAMLResponse"], binding)
            return self.say(f"<!doctype html><title>Out</title><h1>Signed out everywhere</h1><p>{html.escape(str(answer.status_ok()))}</p>")
        request = server().parse_logout_request(given["SAMLRequest"], binding, relay_state=given.get("RelayState"), sigalg=given.get("SigAlg"), signature=given.get("Signature"))
        for cookie, who in list(SESSIONS.items()):
            if PEOPLE[who]["subject"] == request.message.name_id.text:
                del SESSIONS[cookie]
        response = server().create_logout_response(request.message, [BINDING_HTTP_REDIRECT])
        service = server().metadata.single_logout_service(whom_we_serve(), BINDING_HTTP_REDIRECT, "spsso")[0]["location"]
        self.go(server().apply_binding(BINDING_HTTP_REDIRECT, str(response), service, given.get("RelayState", ""), response=True, sign=True, sigalg=RSA_SHA256))

    def sign_out_everywhere(self, query):
        """A logout that begins here, posted; signed unless the test wants otherwise."""
        person = PEOPLE[query["user"]]
        service = server().metadata.single_logout_service(whom_we_serve(), BINDING_HTTP_POST, "spsso")[0]["location"]
        signed = query.get("unsigned") != "1"
        indexes = person.get("indexes", [])[-1:] if query.get("only") == "last" else None
        _, request = server().create_logout_request(
            service, whom_we_serve(), name_id=name_of(person), session_indexes=indexes, sign=signed, sign_alg=RSA_SHA256, digest_alg=SHA256
        )
        self.go(server().apply_binding(BINDING_HTTP_POST, str(request), service, ""))


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Provider).serve_forever()
    sys.exit(0)
