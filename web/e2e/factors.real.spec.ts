// Second factors at the real server. Browsers make passkeys only for a name, so these walks need a server that is known as
// `localhost`: PARCLOSE_LOCALHOST_URL. `cargo xtask test` starts one. Chromium has the authenticator, in software; the
// authenticator app is below.

import { createHmac } from "node:crypto";
import { type CDPSession, type Page, expect, test } from "@playwright/test";
import { Admin, me } from "./idp/arrivals";
import { fillIn, settled } from "./steps";

const OWN = "eleven blue kettles sing";
const STEP_MS = 30_000;

const panel = (page: Page) => page.getByRole("region", { name: "Second factor" });

/**
 * RFC 6238 with what the page shows. A server takes each step once, and one step early or late: nobody has to wait for the
 * second, and none is a step late already when it is read off, so that the page has half a minute to send it.
 */
class AuthenticatorApp {
  private last = 0;
  private readonly secret: Buffer;

  constructor(shown: string) {
    const bits = [...shown.replace(/\s/g, "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
    this.secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }

  async next(): Promise<string> {
    const now = () => Math.floor(Date.now() / STEP_MS);
    this.last = Math.max(this.last + 1, now());
    while (this.last > now() + 1) await new Promise((later) => setTimeout(later, 500));
    return this.again();
  }

  again(): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(this.last));
    const mac = createHmac("sha1", this.secret).update(counter).digest();
    const from = (mac.at(-1) ?? 0) & 15;
    return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, "0");
  }
}

async function authenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
  const { authenticatorId: id } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
  return { cdp, id };
}

/** Somebody with a password of their own, chosen by a link as an administrator hands it out. */
async function somebody(admin: Admin): Promise<{ id: string; login: string }> {
  const login = `factor-${Date.now()}-${Math.random().toString(36).slice(2, 8)}@acme.example`;
  const { id } = await admin.ask<{ id: string }>("POST", "/people", { login, name: "Fanny Factor", roles: ["supervisor", "wfo.dashboard_viewer"] });
  const { link } = await admin.ask<{ link: string }>("POST", `/people/${id}/password-link`);
  const answer = await admin.api.post("/api/v1/password-reset", { data: { secret: link.split("#")[1], password: OWN } });
  expect(answer.status(), await answer.text()).toBe(204);
  return { id, login };
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Fanny Factor/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  expect((await me(page)).status).toBe(401);
}

test.describe("second factors", () => {
  test.use({ baseURL: process.env.PARCLOSE_LOCALHOST_URL });
  let admin: Admin;

  test.beforeEach(async ({ baseURL }) => {
    if (!baseURL?.startsWith("http://localhost:")) throw new Error("PARCLOSE_LOCALHOST_URL is not set: a server that is started with PARCLOSE_PUBLIC_BASE_URL=http://localhost:…");
    admin = await Admin.signIn(baseURL);
  });
  test.afterEach(async () => admin.api.dispose());

  /** Means and outcomes of a person's sign-ins, the newest first. */
  const signIns = async (id: string) => {
    const { entries } = await admin.ask<{ entries: { means: string; outcome: string }[] }>("GET", `/audit?action=sign_in&person=${id}&limit=20`);
    return entries.map(({ means, outcome }) => `${means} ${outcome}`);
  };

  test("a passkey is made, opens the door alone, then after the password, and opens nothing once it is removed", async ({ page }) => {
    test.slow();
    const { id, login } = await somebody(admin);
    const { cdp, id: authenticatorId } = await authenticator(page);
    await page.goto("/sign-in?next=%2Faccount");
    await fillIn(page, login, OWN);
    await panel(page).getByRole("button", { name: "Add a passkey" }).click();
    await panel(page).getByLabel("A name for it").fill("Work laptop");
    await panel(page).getByLabel("Your password").fill(OWN);
    await panel(page).getByRole("button", { name: "Add it" }).click();
    await page.getByRole("button", { name: "I have stored them" }).click();
    await expect(panel(page).getByRole("list", { name: "Your passkeys" }).getByText("Work laptop")).toBeVisible();
    const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
    expect(credentials.map(({ rpId, isResidentCredential }) => [rpId, isResidentCredential])).toEqual([["localhost", true]]);
    const before = credentials[0]?.signCount ?? 0;
    await settled(page);
    await signOut(page);

    // Alone: nobody has typed who they are.
    await page.goto("/sign-in?next=%2Faccount");
    await page.getByRole("button", { name: "With a passkey" }).click();
    await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
    expect((await me(page)).body.person?.id).toBe(id);
    expect((await signIns(id))[0]).toBe("passkey done");
    const after = (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials[0]?.signCount ?? 0;
    expect(after).toBeGreaterThan(before);
    await signOut(page);

    // The password alone opens nothing any more.
    await page.goto("/sign-in?next=%2Faccount");
    await fillIn(page, login, OWN);
    await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
    expect((await me(page)).status).toBe(401);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();

    await panel(page).getByRole("button", { name: "Remove the passkey Work laptop" }).click();
    const form = panel(page).getByRole("form", { name: "Remove the passkey" });
    await form.getByLabel("Your password").fill(OWN);
    await form.getByRole("button", { name: /^Remove/ }).click();
    await expect(panel(page).getByRole("list", { name: "Your passkeys" })).toHaveCount(0);
    await signOut(page);
    // The authenticator still has it, and the server does not.
    expect((await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials).toHaveLength(1);
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "With a passkey" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    expect((await me(page)).status).toBe(401);
  });

  test("a passkey that the server did not make is refused", async ({ page, baseURL }) => {
    test.slow();
    const { cdp, id: authenticatorId } = await authenticator(page);
    // For our name, with a key of its own.
    await page.goto("/sign-in");
    const made = await page.evaluate(async () => {
      const key = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
      return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey("pkcs8", key.privateKey))));
    });
    const credential = { credentialId: Buffer.from("a credential of nobody").toString("base64"), isResidentCredential: true, rpId: "localhost", privateKey: made, userHandle: Buffer.from("nobody").toString("base64"), signCount: 7 };
    await cdp.send("WebAuthn.addCredential", { authenticatorId, credential });
    await page.getByRole("button", { name: "With a passkey" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page).toHaveURL(`${baseURL}/sign-in`);
    expect((await me(page)).status).toBe(401);
  });

  test("an authenticator app is set up and asked for, each code is good once, and a recovery code opens without it", async ({ page }) => {
    test.slow();
    const { id, login } = await somebody(admin);
    await page.goto("/sign-in?next=%2Faccount");
    await fillIn(page, login, OWN);
    await panel(page).getByRole("button", { name: "Set up an app" }).click();
    await panel(page).getByLabel("Your password").fill(OWN);
    await page.keyboard.press("Enter");
    const app = new AuthenticatorApp(await panel(page).getByLabel("The secret").innerText());
    const first = panel(page).getByLabel("The six digits that the app shows");
    const right = await app.next();
    await first.fill(right === "000000" ? "111111" : "000000");
    await page.keyboard.press("Enter");
    await expect(first).toHaveAccessibleDescription("The code is not right, or it was used already.");
    await first.fill(right);
    await page.keyboard.press("Enter");
    const given = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
    // Reading texts does not wait for the list to come.
    await expect(given).toHaveCount(10);
    const codes = await given.allInnerTexts();
    expect(new Set(codes).size).toBe(10);
    await page.getByRole("button", { name: "I have stored them" }).click();
    await expect(panel(page).getByText("10 of 10 left")).toBeVisible();
    await signOut(page);

    const stepWith = async (code: string, label = "Code of your authenticator app") => {
      await page.getByLabel(label).fill(code);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    };
    await page.goto("/sign-in?next=%2Faccount");
    await fillIn(page, login, OWN);
    await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
    expect((await me(page)).status).toBe(401);
    // The code that set it up is used up.
    await stepWith(app.again());
    await expect(page.getByRole("alert")).toContainText("That code is not right");
    await stepWith(await app.next());
    await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
    expect((await me(page)).body.person?.id).toBe(id);
    expect((await signIns(id))[0]).toBe("code done");
    await signOut(page);

    await page.goto("/sign-in?next=%2Faccount");
    await fillIn(page, login, OWN);
    await page.getByRole("button", { name: "Phone or key lost? Use a recovery code" }).click();
    await stepWith(codes[3] ?? "", "Recovery code");
    await expect(panel(page).getByText("9 of 10 left")).toBeVisible();
    await signOut(page);
    await page.goto("/sign-in");
    await fillIn(page, login, OWN);
    await page.getByRole("button", { name: "Phone or key lost? Use a recovery code" }).click();
    await stepWith(codes[3] ?? "", "Recovery code");
    await expect(page.getByRole("alert")).toContainText("is not right");
    expect((await me(page)).status).toBe(401);
  });
});
