// An administrator makes a connection to a provider of the rig through the API, then a browser signs in by the button.

import { type APIRequestContext, type Browser, type Page, type TestInfo, expect, request } from "@playwright/test";
import { PASSWORD } from "../steps";
import { OUR_KEY, PEOPLE, type Kind, type Person, type Provider, startProvider } from "./rig";

export type Json = Record<string, unknown>;

/** The administrator, by the API. */
export class Admin {
  constructor(
    readonly api: APIRequestContext,
    private readonly csrf: string,
  ) {}

  static async signIn(baseURL: string): Promise<Admin> {
    const api = await request.newContext({ baseURL });
    const answer = await api.post("/api/v1/sign-in", { data: { login: "admin@acme.example", password: PASSWORD } });
    expect(answer.status(), await answer.text()).toBe(200);
    return new Admin(api, ((await answer.json()) as { csrf_token: string }).csrf_token);
  }

  async ask<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, data?: unknown): Promise<T> {
    const answer = await this.api.fetch(`/api/v1${path}`, { method, data, headers: { "x-csrf-token": this.csrf } });
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return (answer.status() === 204 ? undefined : await answer.json()) as T;
  }
}

type Connection = { id: string; version: number; metadata_url: string | null; callback_url: string | null; logout_url: string; settings: Json };
type Listed = { id: string; login: string; email: string; name: string; roles: string[]; provided_roles: string[]; attributes: Record<string, string[]>; provided_attributes: Record<string, string[]> };
type Line = { action: string; resource_id: string; outcome: string; detail: string | null; person: { id: string } | null };

/** A provider, its connection, and people with logins that no other walk has. */
export class Arrivals {
  constructor(
    readonly admin: Admin,
    readonly provider: Provider,
    readonly name: string,
    readonly baseURL: string,
    private connection: Connection,
  ) {}

  static async start(kind: Kind, baseURL: string, settings: Json = {}): Promise<Arrivals> {
    const provider = await startProvider(kind);
    try {
      const admin = await Admin.signIn(baseURL);
      const stamp = `${kind}-${Date.now()}`;
      for (const [who, person] of Object.entries(PEOPLE)) await provider.control("person", { who, email: person.email.replace("@", `.${stamp}@`) });
      const name = `Provider ${stamp}`;
      const secret = "a secret of forty letters, for this test only";
      const protocol =
        kind === "oidc-provider"
          ? { oidc: { issuer: provider.base, client_id: "parclose", client_secret: secret } }
          : { saml: { metadata_xml: await provider.metadata(), signs_requests: true, ...OUR_KEY, ...(settings["saml"] as Json) } };
      const made = await admin.ask<Connection>("POST", "/connections", { name, enabled: false, single_logout: kind !== "samlp", ...protocol });
      expect(JSON.stringify(made)).not.toContain("PRIVATE KEY");
      if (kind === "oidc-provider") {
        await provider.control("client", {
          client_id: "parclose",
          client_secret: secret,
          redirect_uris: [made.callback_url],
          post_logout_redirect_uris: [made.logout_url],
          grant_types: ["authorization_code"],
          response_types: ["code"],
        });
      } else {
        const metadata = await admin.api.get(`/sso/${made.id}/metadata`);
        expect(metadata.headers()["content-type"]).toContain("application/samlmetadata+xml");
        await provider.control("service-provider", await metadata.text());
      }
      const arrivals = new Arrivals(admin, provider, name, baseURL, made);
      await arrivals.change({ enabled: true });
      return arrivals;
    } catch (error) {
      provider.stop();
      throw error;
    }
  }

  get id(): string {
    return this.connection.id;
  }

  loginOf(who: string): string {
    return (PEOPLE[who] as Person).email.replace("@", `.${this.name.replace("Provider ", "")}@`);
  }

  async change(settings: Json, saml: Json = {}): Promise<void> {
    const now = this.connection.settings;
    const merged = { ...now, ...settings, ...(now["saml"] ? { saml: { ...(now["saml"] as Json), ...saml } } : {}) };
    this.connection = await this.admin.ask<Connection>("PUT", `/connections/${this.id}`, { version: this.connection.version, settings: merged });
  }

  async stop(): Promise<void> {
    this.provider.stop();
    await this.admin.ask("DELETE", `/connections/${this.id}`);
    await this.admin.api.dispose();
  }

  async person(who: string): Promise<Listed> {
    const { people } = await this.admin.ask<{ people: Listed[] }>("GET", "/people");
    const found = people.find(({ login }) => login === this.loginOf(who));
    if (!found) throw new Error(`${this.loginOf(who)} is not there: ${people.map(({ login }) => login).join(" ")}`);
    return this.admin.ask<Listed>("GET", `/people/${found.id}`);
  }

  /** What the audit trail says of this connection, the newest first. */
  async trail(action: string): Promise<Line[]> {
    const { entries } = await this.admin.ask<{ entries: Line[] }>("GET", `/audit?action=${action}&limit=100`);
    return entries.filter((line) => line.resource_id === this.id);
  }

  async expectLast(action: string, outcome: string, detail: string): Promise<void> {
    const last = async () => {
      const [line] = await this.trail(action);
      return [line?.outcome, line?.detail];
    };
    await expect.poll(last, { timeout: 5_000 }).toEqual([outcome, detail]);
  }

  /** From our sign-in page to the provider's form. */
  async leave(page: Page, next?: string): Promise<void> {
    await page.goto(next ? `/sign-in?next=${encodeURIComponent(next)}` : "/sign-in");
    await page.getByRole("link", { name: `Sign in with ${this.name}` }).click();
    // Our own page has a field for a password too.
    await page.waitForURL(({ origin }) => origin === this.provider.base);
    await expect(page.locator("input[type='password']")).toBeVisible();
  }

  /** The provider's own form. */
  async fill(page: Page, who: string): Promise<void> {
    const theirs = this.provider.kind === "simplesamlphp";
    await page.locator(theirs ? "input[name='username']" : "input[name='user']").fill(who);
    await page.locator("input[name='password']").fill((PEOPLE[who] as Person).password);
    await (theirs ? page.getByRole("button", { name: "Login" }) : page.getByRole("button", { name: "Continue" })).click();
  }

  async signIn(page: Page, who: string, next = "/d/pilot?tab=agents"): Promise<void> {
    await this.leave(page, next);
    await this.fill(page, who);
    await expect(page).toHaveURL(this.baseURL + next);
    // The address is there before the page: going back or reloading now would meet it half loaded.
    await page.waitForLoadState();
  }
}

/** What the server says to this browser's cookies, whatever page it shows. */
export async function me(page: Page): Promise<{ status: number; body: { person?: Listed; scope?: { state: string } } }> {
  const answer = await page.context().request.get("/api/v1/me");
  return { status: answer.status(), body: (await answer.json()) as Json };
}

export async function freshPage(browser: Browser, baseURL: string): Promise<Page> {
  return (await browser.newContext({ baseURL })).newPage();
}

export function url(info: TestInfo): string {
  const { baseURL } = info.project.use;
  if (!baseURL) throw new Error("PARCLOSE_URL is not set");
  return baseURL;
}

export async function refusedWith(page: Page, word: string): Promise<void> {
  await expect(page).toHaveURL(new RegExp(`/sign-in\\?refused=${word}`));
  await expect(page.getByRole("alert")).toBeVisible();
}
