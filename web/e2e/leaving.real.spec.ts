// A directory switches somebody off who is at work: a dashboard and the audit log are open, an export is running, and a program
// asks with their key. All of it ends within two seconds, and no row leaves the server once the directory has its answer.

import { type Page, expect, test } from "@playwright/test";
import { Arrivals, type Json, freshPage, me, url } from "./idp/arrivals";
import { PEOPLE } from "./idp/rig";
import { isPhone, settled } from "./steps";

const LONGEST_MS = 2_000;
/** Pages ask on a clock of their own: each round meets it at another instant. */
const ROUNDS = [0, 400, 900];

type Answer = { begun: number; ended: number; status: number; body: string };

/** One request after the other, until told to stop. */
class Asking {
  readonly answers: Answer[] = [];
  private isOver = false;
  private readonly done: Promise<void>;

  constructor(ask: () => Promise<Response>) {
    this.done = (async () => {
      while (!this.isOver) {
        const begun = Date.now();
        const answer = await ask();
        const body = await answer.text();
        this.answers.push({ begun, ended: Date.now(), status: answer.status, body });
        // A key has twenty requests a second.
        await new Promise((later) => setTimeout(later, 100));
      }
    })();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.done;
  }

  begunAfter(heard: number): Answer[] {
    return this.answers.filter(({ begun }) => begun >= heard);
  }

  /** Milliseconds from `from` to the first refusal. Whatever was begun after `heard` must be refused, and nothing may come later than the limit. */
  refusedAfter(from: number, heard: number): number {
    expect(this.answers.filter(({ ended, status }) => ended <= from && status === 200).length, "it was at work before").toBeGreaterThan(0);
    const after = this.begunAfter(heard);
    expect(after.length).toBeGreaterThan(5);
    for (const { status, body } of after) expect([status, (JSON.parse(body) as { error: Json }).error["code"]]).toEqual([401, "sign_in_required"]);
    const late = this.answers.filter(({ ended, status }) => ended > from + LONGEST_MS && status !== 401);
    expect(late).toEqual([]);
    return Math.min(...this.answers.filter(({ status }) => status === 401).map(({ ended }) => ended)) - from;
  }
}

/** What the server sent a page that can hold rows, and when the page was at the sign-in form. */
class Watched {
  private readonly rows: { path: string; at: number }[] = [];
  private left = 0;

  constructor(readonly page: Page) {
    page.on("response", (answer) => {
      const { pathname } = new URL(answer.url());
      if (answer.ok() && /^\/api\/v1\/(query|segments|values|audit|conversations|people|dashboards)/.test(pathname)) this.rows.push({ path: pathname, at: Date.now() });
    });
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame() && new URL(frame.url()).pathname === "/sign-in") this.left ||= Date.now();
    });
  }

  async leftAfter(from: number): Promise<number> {
    await expect.poll(() => this.left, { timeout: 10_000 }).toBeGreaterThan(0);
    await expect(this.page.locator("input[name='password']")).toBeVisible();
    await expect(this.page.locator("[data-tile], tr[data-row], table")).toHaveCount(0);
    expect(this.rows.length, "rows were there before").toBeGreaterThan(0);
    expect(this.rows.filter(({ at }) => at > from + LONGEST_MS)).toEqual([]);
    return this.left - from;
  }
}

test.describe("switched off by the directory", () => {
  test.describe.configure({ mode: "serial" });
  let rig: Arrivals;
  let directory: string;
  let person: string;

  const scim = async (method: string, path: string, body: Json): Promise<Json> => {
    const answer = await fetch(`${rig.baseURL}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${directory}`, "content-type": "application/scim+json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    expect(answer.ok, `${method} ${path}: ${answer.status} ${text}`).toBe(true);
    return JSON.parse(text) as Json;
  };
  const switched = (active: boolean) =>
    scim("PATCH", `/Users/${person}`, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [{ op: "replace", value: { active } }] });
  const keyOf = async (owner: string, scopes: string[], connection?: string) =>
    (await rig.admin.ask<{ key: string }>("POST", "/api-keys", { name: "leaving", person: owner, scopes, connection })).key;

  test.beforeAll(async ({}, info) => {
    test.setTimeout(90_000);
    if (isPhone(info)) return;
    rig = await Arrivals.start("oidc-provider", url(info));
    // The audit log is an administrator's to export.
    await rig.provider.control("person", { who: "alice", roles: ["admin", "wfo.full_access"] });
    const service = await rig.admin.ask<{ id: string }>("POST", "/people", { kind: "service", login: `directory.${Date.now()}`, name: "Directory", roles: [] });
    directory = await keyOf(service.id, ["scim"], rig.id);
    const schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
    const made = await scim("POST", "/Users", { schemas, userName: rig.loginOf("alice"), externalId: PEOPLE["alice"]?.subject, displayName: "Alice Ångström", active: true });
    person = String(made["id"]);
  });
  test.afterAll(async () => rig?.stop());
  test.beforeEach(({}, info) => test.skip(isPhone(info), "a desktop's browser walks it"));

  for (const wait of ROUNDS) {
    test(`pages, an export and a key end within two seconds, met after ${wait} ms`, async ({ page, browser, baseURL }, info) => {
      await switched(true);
      await rig.signIn(page, "alice", "/d/control-center?range=last_30_days");
      const { body } = await me(page);
      expect(body.person?.id, "the login found whom the directory had made").toBe(person);
      const dashboard = new Watched(page);
      const audit = new Watched(await page.context().newPage());
      await Promise.all([page.reload(), audit.page.goto("/admin/audit")]);
      await settled(page);
      await expect(audit.page.locator("table tbody tr").first()).toBeVisible();

      const key = await keyOf(person, ["read:rows", "read:audit"]);
      const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
      const ask = (path: string, headers: Record<string, string>, sent?: Json) =>
        new Asking(() => fetch(`${baseURL}/api/v1${path}`, { headers: { "content-type": "application/json", ...headers }, ...(sent ? { method: "POST", body: JSON.stringify(sent) } : {}) }));
      const bearer = { authorization: `Bearer ${key}` };
      const asking: Record<string, Asking> = {
        "queries by key": ask("/segments", bearer, { data_set: "conversations", range: { preset: "last_30_days" }, limit: 200 }),
        "export by key": ask("/audit/export", bearer),
        "export in the browser": ask("/audit/export", { cookie }),
      };
      await expect.poll(() => Math.min(...Object.values(asking).map(({ answers }) => answers.length)), { timeout: 20_000 }).toBeGreaterThan(2);
      await page.waitForTimeout(wait);

      const from = Date.now();
      await switched(false);
      const heard = Date.now();
      const took: Record<string, number> = { "the directory's request": heard - from };
      took["the dashboard"] = await dashboard.leftAfter(heard);
      took["the audit log"] = await audit.leftAfter(heard);
      await page.waitForTimeout(Math.max(0, heard + LONGEST_MS + 500 - Date.now()));
      // A slow machine asks more seldom: as many answers take longer.
      await expect.poll(() => Math.min(...Object.values(asking).map((one) => one.begunAfter(heard).length))).toBeGreaterThan(5);
      for (const [name, one] of Object.entries(asking)) {
        await one.stop();
        took[name] = one.refusedAfter(from, heard);
      }
      info.annotations.push({ type: "milliseconds", description: JSON.stringify(took) });
      for (const [name, ms] of Object.entries(took)) expect(ms, name).toBeLessThan(LONGEST_MS);
      expect((await me(page)).status).toBe(401);

      // Neither the login nor the key comes back by itself.
      const again = await freshPage(browser, baseURL as string);
      await rig.leave(again);
      await rig.fill(again, "alice");
      await expect(again).toHaveURL(/\/sign-in\?refused=/);
      expect((await me(again)).status).toBe(401);
      await again.context().close();
      await switched(true);
      expect((await fetch(`${baseURL}/api/v1/dashboards`, { headers: bearer })).status, "a key that ended stays ended").toBe(401);
    });
  }
});
