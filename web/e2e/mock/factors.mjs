// Second factors, password links and set-up of the stand-in server. The right code is 123456, a recovery code begins with "good".

import { randomBytes } from "node:crypto";
import { stamp } from "./data.mjs";

const steps = new Map();
/** Passkeys outlive the session that made them: credential id to login. */
const passkeys = new Map();
const GOOD_LINK = "mR4c".repeat(10);
const CODES = Array.from({ length: 10 }, (_, at) => `${at}k7m-x2p${at}-vt9q-h4${at}w`);

const stepOf = (request) => /parclose-step=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];

/** Whoever has a factor is asked for it after the password. */
export function askForFactor(login, response) {
  if (!login.startsWith("factor@")) return undefined;
  const token = randomBytes(16).toString("hex");
  steps.set(token, { login, tries: 0 });
  response.setHeader("set-cookie", `parclose-step=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=300`);
  return { totp: true, passkey: true, seconds: 300 };
}

/** What needs nobody to be signed in. */
export function answerEarly({ request, response, path, body, refuse, enter }) {
  if (path === "/sign-in/code") {
    const step = steps.get(stepOf(request));
    if (!step || (step.tries += 1) > 5) throw refuse(401, "sign_in_failed", "The login or the password is not right.");
    if (body.code.replace(/\D/g, "") !== "123456" && !body.code.startsWith("good")) throw refuse(401, "second_factor_failed", "The code or passkey is not right.");
    return { answer: enter(step.login) };
  }
  if (path === "/sign-in/passkey-options") {
    if (!steps.has(stepOf(request))) {
      const token = randomBytes(16).toString("hex");
      steps.set(token, { login: null, tries: 0 });
      response.setHeader("set-cookie", `parclose-step=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=300`);
    }
    return { answer: { options: { challenge: randomBytes(32).toString("base64url"), rpId: "localhost", allowCredentials: [], userVerification: "required", timeout: 60_000 } } };
  }
  if (path === "/sign-in/passkey") {
    const login = passkeys.get(body.credential?.rawId);
    if (!login) throw refuse(401, "sign_in_failed", "The login or the password is not right.");
    return { answer: enter(login) };
  }
  if (path.startsWith("/password-reset")) {
    if (!body.secret.startsWith(GOOD_LINK)) throw refuse(404, "link_not_valid", "This link is used up, over, or was never one. Ask for a new one.");
    if (path.endsWith("/check")) return { answer: { login: "anvils@acme.example", name: "Dina Novak", expires_at: stamp(Date.now() + 86_000_000) } };
    if (/password/i.test(body.password)) throw refuse(400, "bad_request", "The password is too easy to guess.", { field: "password" });
    return { answer: undefined };
  }
  if (path === "/set-up") {
    if (!body.secret.startsWith(GOOD_LINK)) throw refuse(404, "link_not_valid", "This link is used up, over, or was never one. Ask for a new one.");
    if (body.login === "taken") throw refuse(409, "conflict", "Somebody else has this login.", { field: "login" });
    return { answer: undefined };
  }
  return undefined;
}

/** One's own factors. */
export function answerFactors({ request, path, body, person, me, refuse }) {
  const part = path.split("/").slice(1);
  if (part[0] !== "account" || !["second-factors", "totp", "passkeys", "passkey-options", "recovery-codes"].includes(part[1])) return undefined;
  const own = (person.session.factors ??= { totp: null, left: 0, keys: [] });
  const isOn = () => own.totp !== null || own.keys.length > 0;
  const proven = () => {
    if (body.current_password !== "demo") throw refuse(400, "bad_request", "The current password is not right.", { field: "current_password" });
  };
  const changed = (fresh) => {
    person.session.factorDue = false;
    if (fresh) own.left = 10;
    return { answer: { me: me(), recovery_codes: fresh ? CODES : null } };
  };
  const route = `${request.method} ${part.slice(1).join("/")}`;
  if (route === "GET second-factors") return { answer: { available: !person.login.startsWith("cz@"), required: person.login.startsWith("due@"), passkeys_available: true, totp_since: own.totp, recovery_codes_left: own.left, passkeys: own.keys } };
  if (route === "POST totp") {
    proven();
    const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    const cells = Array.from({ length: 29 * 29 }, (_, at) => ((at * 7919) % 13 < 6 ? `M${at % 29} ${Math.floor(at / 29)}h1v1h-1z` : "")).join("");
    return { answer: { secret, uri: `otpauth://totp/Parclose:${person.login}?secret=${secret}`, svg: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-3 -3 35 35"><path fill="#fff" d="M-3-3h35v35h-35z"/><path d="${cells}"/></svg>` } };
  }
  if (route === "POST totp/confirm") {
    if (body.code.replace(/\D/g, "") !== "123456") throw refuse(400, "bad_request", "The code is not right, or it was used already.", { field: "code" });
    const fresh = !isOn();
    own.totp = stamp(Date.now());
    return changed(fresh);
  }
  if (route === "POST totp/remove") {
    proven();
    if (body.code.replace(/\D/g, "") !== "123456") throw refuse(400, "bad_request", "The code is not right, or it was used already.", { field: "code" });
    own.totp = null;
    return changed(false);
  }
  if (route === "POST recovery-codes") {
    proven();
    return changed(true);
  }
  if (route === "POST passkey-options") {
    proven();
    return { answer: { options: { rp: { id: "localhost", name: "Parclose" }, user: { id: Buffer.from(person.login).toString("base64url"), name: person.login, displayName: person.name }, challenge: randomBytes(32).toString("base64url"), pubKeyCredParams: [{ type: "public-key", alg: -7 }], authenticatorSelection: { residentKey: "required", userVerification: "required" }, timeout: 60_000, attestation: "none", excludeCredentials: [] } } };
  }
  if (route === "POST passkeys") {
    const fresh = !isOn();
    passkeys.set(body.credential.rawId, person.login);
    own.keys.push({ id: body.credential.rawId, name: body.name, created_at: stamp(Date.now()), last_used_at: null });
    return changed(fresh);
  }
  proven();
  own.keys = own.keys.filter(({ id }) => id !== part[2]);
  passkeys.delete(part[2]);
  return changed(false);
}
