// A certified OpenID provider for the walks in a browser: npm's oidc-provider with a sign-in page of our own. Started with
// PORT, ISSUER_BASE (the address browsers use). Whom it serves is said at /control/client, before anything else.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const issuer = process.env.ISSUER_BASE;
const people = JSON.parse(readFileSync(new URL("people.json", import.meta.url), "utf8"));
let provider;
let handle;

const bySubject = (subject) => Object.values(people).find((person) => person.subject === subject);

function claimsOf(person) {
  return { sub: person.subject, email: person.email, email_verified: true, full_name: person.full_name, roles: person.roles, groups: person.groups, ...person.attributes };
}

function start(client) {
  const names = ["full_name", "roles", "groups", ...new Set(Object.values(people).flatMap((person) => Object.keys(person.attributes)))];
  provider = new Provider(issuer, {
    clients: [client],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: names },
    // Everything in the id token: the user-info address is not asked.
    conformIdTokenClaims: false,
    pkce: { required: () => true, methods: ["S256"] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true, logoutSource: askLogout } },
    findAccount: (_context, subject) => ({ accountId: subject, claims: () => claimsOf(bySubject(subject)) }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ["a word that only this test uses"] },
    loadExistingGrant: grantAll,
    ttl: { Interaction: 600, Session: 3600, Grant: 3600, IdToken: 600, AccessToken: 600 },
    renderError: (context, out) => {
      context.type = "html";
      context.body = `<!doctype html><title>Error</title><h1>Error</h1><p>${JSON.stringify(out)}</p>`;
    },
  });
  handle = provider.callback();
}

/** No page that asks for consent: who signs in, agrees. */
async function grantAll(context) {
  const { client, session } = context.oidc;
  const known = session.grantIdFor(client.clientId);
  if (known) return context.oidc.provider.Grant.find(known);
  const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope("openid email profile");
  await grant.save();
  return grant;
}

function askLogout(context, form) {
  context.body = `<!doctype html><title>Out</title><h1>Sign out at provider three?</h1>${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign out</button>`;
}

async function bodyOf(request) {
  let text = "";
  for await (const part of request) {
    text += part;
    if (text.length > 1_000_000) throw new Error("too large");
  }
  return text;
}

function page(response, uid, problem = "") {
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(
    `<!doctype html><title>oidc-provider</title><h1>Provider three</h1><p role="alert">${problem}</p><form method="post" action="/interaction/${uid}">` +
      '<label>User <input name="user"></label> <label>Secret word <input name="password" type="password"></label> ' +
      '<button name="do" value="in">Continue</button> <button name="do" value="cancel" formnovalidate>Cancel</button></form>',
  );
}

async function interaction(request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method === "GET") return page(response, uid);
  const form = new URLSearchParams(await bodyOf(request));
  if (form.get("do") === "cancel") return provider.interactionFinished(request, response, { error: "access_denied", error_description: "The person went away." });
  const person = people[form.get("user")];
  if (!person || person.password !== form.get("password")) return page(response, uid, "That is not right.");
  await provider.interactionFinished(request, response, { login: { accountId: person.subject } });
}

const server = createServer(async (request, response) => {
  try {
    if (request.method === "POST" && request.url === "/control/client") {
      start(JSON.parse(await bodyOf(request)));
      return response.end("{}");
    }
    if (request.method === "POST" && request.url === "/control/person") {
      const { who, ...change } = JSON.parse(await bodyOf(request));
      Object.assign(people[who], change);
      return response.end("{}");
    }
    if (!provider) return response.writeHead(503).end("It serves nobody yet.");
    if (request.url.startsWith("/interaction/")) return await interaction(request, response);
    return handle(request, response);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(Number(process.env.PORT), "127.0.0.1");
