// Signs alice in at each SAML provider without a browser and keeps the responses for the tests of crates/saml, which read
// them again at the instant at which they were made. `node capture.mjs` with PARCLOSE_IDP_PYTHON set writes
// crates/saml/tests/fixtures/captured anew; only needed when a provider's new version should be covered.

import { spawn } from "node:child_process";
import { createSign, randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";

const HERE = import.meta.dirname;
const TESTS = join(HERE, "../../../crates/saml/tests");
const OUT = join(TESTS, "fixtures/captured");
const OWN = "https://insights.test.example/sso/okta";
const PORT = 18_431;
const people = JSON.parse(readFileSync(join(HERE, "people.json"), "utf8"));

const certificate = readFileSync(join(TESTS, "keys/sp.crt"), "utf8").replace(/-----[^-]+-----|\s/g, "");
const descriptor = (use) => `<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
const metadata =
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${OWN}/metadata"><md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
  `${descriptor("signing")}${descriptor("encryption")}<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${OWN}/acs" index="0" isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>`;

const programs = {
  pysaml2: { sso: "/sso", command: [process.env.PARCLOSE_IDP_PYTHON ?? join(HERE, ".venv/bin/python"), join(HERE, "pysaml2_provider.py")] },
  samlp: { sso: "/sso", command: [process.execPath, join(HERE, "samlp_provider.mjs")] },
  simplesamlphp: { sso: "/simplesaml/saml2/idp/SSOService.php", command: ["php", "-S", `127.0.0.1:${PORT}`, join(HERE, "simplesamlphp/router.php")] },
};

const plain = (text) => text.replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(parseInt(code, 16))).replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code)).replace(/&quot;/g, '"').replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

async function capture(kind, { sso, command }) {
  const base = `https://${kind}.test.example`;
  const work = mkdtempSync(join(tmpdir(), "parclose-capture-"));
  for (const folder of ["cert", "log", "data", "tmp"]) mkdirSync(join(work, folder));
  for (const file of ["idp.key", "idp.crt"]) cpSync(join(TESTS, "keys", file), join(work, "cert", file));
  cpSync(join(HERE, "people.json"), join(work, "people.json"));
  const child = spawn(command[0], command.slice(1), {
    cwd: work,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PORT: String(PORT), ISSUER_BASE: base, KEY: join(work, "cert/idp.key"), CERT: join(work, "cert/idp.crt"), PARCLOSE_IDP_WORK: work, SIMPLESAMLPHP_CONFIG_DIR: join(HERE, "simplesamlphp"), NODE_NO_WARNINGS: "1" },
  });
  const jar = new Map();
  const visit = async (address, form) => {
    const url = new URL(address, base);
    const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "), host: url.host };
    const answer = await fetch(`http://127.0.0.1:${PORT}${url.pathname}${url.search}`, { method: form ? "POST" : "GET", body: form, headers, redirect: "manual" });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      jar.set(name, value);
    }
    const next = answer.headers.get("location");
    if (next) return visit(new URL(next, url).href);
    return { url, text: await answer.text() };
  };
  try {
    for (let attempt = 0; attempt < 100; attempt++) {
      const up = await fetch(`http://127.0.0.1:${PORT}/metadata`).then(() => true, () => false);
      if (up) break;
      await new Promise((later) => setTimeout(later, 100));
    }
    await fetch(`http://127.0.0.1:${PORT}/control/service-provider`, { method: "POST", body: metadata });
    const id = `_${randomBytes(16).toString("hex")}`;
    const now = new Date();
    const xml =
      `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${now.toISOString().slice(0, 19)}Z" Destination="${base}${sso}" ` +
      `AssertionConsumerServiceURL="${OWN}/acs" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"><saml:Issuer>${OWN}/metadata</saml:Issuer></samlp:AuthnRequest>`;
    const query = `SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString("base64"))}&RelayState=state&SigAlg=${encodeURIComponent("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")}`;
    const signature = createSign("sha256").update(query).sign(readFileSync(join(TESTS, "keys/sp.key")), "base64");
    const page = await visit(`${sso}?${query}&Signature=${encodeURIComponent(signature)}`);
    const form = new URLSearchParams();
    for (const [input] of page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = input.match(/name="([^"]*)"/)?.[1];
      if (name) form.set(plain(name), plain(input.match(/value="([^"]*)"/)?.[1] ?? ""));
    }
    form.set(kind === "simplesamlphp" ? "username" : "user", "alice");
    form.set("password", people.alice.password);
    const action = plain(page.text.match(/<form[^>]*action="([^"]*)"/)?.[1] ?? page.url.href);
    const done = await visit(new URL(action, page.url).href, form);
    const tag = done.text.match(/<input[^>]*name="SAMLResponse"[^>]*>/)?.[0];
    if (!tag) throw new Error(`${kind} sent no response:\n${done.text.slice(0, 3000)}`);
    mkdirSync(OUT, { recursive: true });
    writeFileSync(join(OUT, `${kind}.xml`), Buffer.from(plain(tag.match(/value="([^"]*)"/)[1]), "base64"));
    writeFileSync(join(OUT, `${kind}.txt`), `${id}\n${now.getTime()}\n${base}/metadata\n`);
    console.log(`${kind}: kept`);
  } finally {
    child.kill();
    await new Promise((gone) => child.once("exit", gone));
    rmSync(work, { recursive: true, force: true });
  }
}

for (const [kind, program] of Object.entries(programs)) await capture(kind, program);
