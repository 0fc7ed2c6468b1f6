// A SAML provider for the walks in a browser, on npm's samlp: assertions encrypted with AES-256-GCM, requests that must be
// signed, sign-in, cancel. Started with PORT, ISSUER_BASE (the address browsers use), KEY and CERT.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import express from "express";
import samlp from "samlp";

const base = process.env.ISSUER_BASE;
const [key, cert] = [readFileSync(process.env.KEY), readFileSync(process.env.CERT)];
const people = JSON.parse(readFileSync(new URL("people.json", import.meta.url), "utf8"));

/** Whom it serves: taken from the metadata that the test brings. */
const served = { issuer: "", acs: "", cert: "" };

function Profile(person) {
  return {
    getClaims: () => ({ email: person.email, full_name: person.full_name, roles: person.roles, groups: person.groups, ...person.attributes }),
    getNameIdentifier: () => ({ nameIdentifier: person.subject, nameIdentifierFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" }),
  };
}
Profile.prototype.metadata = [];

const text = (value) => String(value ?? "").replace(/[&<>"]/g, (letter) => `&#${letter.codePointAt(0)};`);

const app = express();
app.use(express.urlencoded({ extended: false, limit: "1mb" }));

app.post("/control/service-provider", express.text({ type: () => true, limit: "1mb" }), (request, response) => {
  const one = (pattern) => request.body.match(pattern)?.[1] ?? "";
  served.issuer = one(/entityID="([^"]+)"/);
  served.acs = one(/<md:AssertionConsumerService [^>]*Location="([^"]+)"/);
  const encryption = one(/use="encryption">.*?<ds:X509Certificate>([^<]+)</s).replace(/\s/g, "");
  served.cert = `-----BEGIN CERTIFICATE-----\n${encryption.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`;
  response.json({});
});
app.post("/control/person", express.json({ type: () => true }), (request, response) => {
  const { who, ...change } = request.body;
  Object.assign(people[who], change);
  response.json({});
});

app.get(
  "/metadata",
  (request, response, next) => {
    // What the library takes its addresses from.
    request.headers["x-forwarded-host"] = new URL(base).host;
    next();
  },
  samlp.metadata({ issuer: `${base}/metadata`, cert, redirectEndpointPath: "/sso", postEndpointPath: "/sso", profileMapper: Profile }),
);

const requests = new Map();

app.get("/sso", (request, response, next) => {
  const options = { signature: request.query.Signature, sigAlg: request.query.SigAlg, relayState: request.query.RelayState, signingCert: served.cert };
  if (!request.query.Signature) return response.status(400).send("An unsigned request.");
  samlp.parseRequest(request, options, (error, data) => {
    if (error) return next(error);
    requests.set(data.id, data.assertionConsumerServiceURL);
    form(response, data.id, request.query.RelayState);
  });
});

function form(response, id, relayState, problem = "") {
  response.send(
    `<!doctype html><title>samlp</title><h1>Provider two</h1><p role="alert">${problem}</p><form method="post" action="/login">` +
      `<input type="hidden" name="request" value="${text(id)}"><input type="hidden" name="RelayState" value="${text(relayState)}">` +
      '<label>User <input name="user"></label> <label>Secret word <input name="password" type="password"></label> ' +
      '<button name="do" value="in">Continue</button> <button name="do" value="cancel" formnovalidate>Cancel</button></form>',
  );
}

app.post("/login", (request, response, next) => {
  const { request: id, user, password, RelayState } = request.body;
  const common = { issuer: `${base}/metadata`, cert, key, signatureAlgorithm: "rsa-sha256", digestAlgorithm: "sha256" };
  if (request.body.do === "cancel") {
    const error = { code: "urn:oasis:names:tc:SAML:2.0:status:Responder", description: "The person went away." };
    return samlp.sendError({ ...common, inResponseTo: id, RelayState, destination: served.acs, signResponse: true, error, getPostURL: (_, done) => done(null, served.acs) })(request, response, next);
  }
  const person = people[user];
  if (!person || person.password !== password || requests.get(id) !== served.acs) return form(response, id, RelayState, "That is not right.");
  requests.delete(id);
  samlp.auth({
    ...common,
    inResponseTo: id,
    RelayState,
    audience: served.issuer,
    recipient: served.acs,
    destination: served.acs,
    lifetimeInSeconds: 300,
    sessionIndex: `_${id}`,
    encryptionCert: served.cert,
    encryptionPublicKey: new X509Certificate(served.cert).publicKey.export({ type: "spki", format: "pem" }),
    encryptionAlgorithm: "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    getUserFromRequest: () => person,
    profileMapper: Profile,
    getPostURL: (_audience, _dom, _request, done) => done(null, served.acs),
  })(request, response, next);
});

app.use((error, _request, response, _next) => response.status(400).send(text(error.message)));
app.listen(Number(process.env.PORT), "127.0.0.1");
