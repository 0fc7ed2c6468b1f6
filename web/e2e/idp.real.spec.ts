// People arrive from real identity providers: three that speak SAML and one that speaks OpenID Connect, each a program that
// this file starts. An administrator makes the connection through the API, then a browser signs in by the button.

import { expect, test } from "@playwright/test";
import { Arrivals, type Json, freshPage, me, refusedWith, url } from "./idp/arrivals";
import { PEOPLE, type Kind, type Person } from "./idp/rig";
import { isPhone } from "./steps";

const KINDS: { kind: Kind; saml?: Json }[] = [{ kind: "pysaml2" }, { kind: "samlp", saml: { encrypted: true } }, { kind: "simplesamlphp" }, { kind: "oidc-provider" }];

for (const { kind, saml } of KINDS) {
  test.describe(`arriving from ${kind}`, () => {
    // One after the other: they share the provider and the person.
    test.describe.configure({ mode: "serial" });
    let rig: Arrivals;

    test.beforeAll(async ({}, info) => {
      test.setTimeout(90_000);
      // A phone's browser walks the same way; one provider shows it.
      if (isPhone(info) && kind !== "oidc-provider") return;
      rig = await Arrivals.start(kind, url(info), { saml });
    });
    test.afterAll(async () => rig?.stop());
    test.beforeEach(({}, info) => test.skip(isPhone(info) && kind !== "oidc-provider", "a desktop's browser walks it"));

    test("a supervisor with several roles signs in by the button, and the page asked for opens", async ({ page }) => {
      const cookies: Record<string, string> = {};
      page.on("request", (sent) => {
        const path = new URL(sent.url()).pathname;
        if (path.startsWith(`/sso/${rig.id}/`)) void sent.allHeaders().then((headers) => (cookies[path.split("/").pop() as string] = headers["cookie"] ?? ""));
      });
      await rig.signIn(page, "alice");
      const { body } = await me(page);
      const alice = PEOPLE["alice"] as Person;
      expect([body.person?.login, body.person?.name]).toEqual([rig.loginOf("alice"), "Alice Ångström"]);
      expect(body.person?.attributes["team"]).toEqual(alice.attributes["team"]);
      expect(body.scope?.state).toBe("some");
      await expect.poll(() => cookies[kind === "oidc-provider" ? "callback" : "done"]).toContain("parclose-sso=");
      // Posted by a page of another site: no cookie of ours. Sent on with 303: there it was.
      if (kind !== "oidc-provider") await expect.poll(() => cookies["acs"]).toBe("");
    });

    test("the administrator sees what arrived, letter by letter, and why it opens what it opens", async () => {
      const found = await rig.person("alice");
      const alice = PEOPLE["alice"] as Person;
      expect([...found.provided_roles].sort()).toEqual([...alice.roles].sort());
      expect([...found.roles].sort()).toEqual([...alice.roles].sort());
      for (const name of ["department", "team", "market"]) expect(found.provided_attributes[name], name).toEqual(alice.attributes[name]);
      expect(found.provided_attributes["cost centre"]?.map((value) => value.trim())).toEqual(['4711 <x> "y"']);
      const rights = await rig.admin.ask<Json>("GET", `/people/${found.id}/rights`);
      expect(JSON.stringify(rights)).toContain("Anvils");
      const lines = (await rig.trail("sign_in")).filter((line) => line.person?.id === found.id).map((line) => line.detail);
      expect(lines).toEqual(["signed_in", "made_at_login"]);
    });

    test("a group gives its roles and attributes at the next login, and changed roles hold in an open session", async ({ page, browser, baseURL }) => {
      await rig.signIn(page, "alice");
      const name = `${(PEOPLE["alice"] as Person).groups[0]} ${rig.name}`;
      const group = await rig.admin.ask<{ id: string }>("POST", "/groups", { name, roles: ["wfo.data_analyst"], attributes: { region: ["North & Å"] } });
      await rig.provider.control("person", { who: "alice", roles: ["supervisor", "wfo.dashboard_viewer"], groups: [name, "nobody knows this one"] });
      const other = await freshPage(browser, baseURL as string);
      await rig.signIn(other, "alice", "/d/control-center");
      await expect.poll(async () => [...((await me(page)).body.person?.roles ?? [])].sort().join(" "), { timeout: 5_000 }).toBe("supervisor wfo.dashboard_viewer wfo.data_analyst");
      expect((await me(page)).body.person?.attributes["region"]).toEqual(["North & Å"]);
      expect((await rig.person("alice")).provided_roles).not.toContain("wfo.team_leader");
      await rig.admin.ask("DELETE", `/groups/${group.id}`);
      await rig.provider.control("person", { who: "alice", roles: (PEOPLE["alice"] as Person).roles, groups: [] });
      await other.context().close();
    });

    for (const who of ["bob", "nils"]) {
      test(`${who}, whose roles do not open the door, is told why`, async ({ page }) => {
        await rig.leave(page);
        await rig.fill(page, who);
        await refusedWith(page, "role_missing");
        await expect(page.getByRole("alert")).toContainText("your roles do not open Parclose");
        expect((await me(page)).status).toBe(401);
        await rig.expectLast("sign_in", "refused", "role_missing");
        expect((await rig.person(who)).roles).toEqual((PEOPLE[who] as Person).roles);
      });
    }

    test("going back after the login, and the provider's old page once more, do no harm", async ({ page }) => {
      await rig.signIn(page, "alice");
      await page.goBack();
      // What the provider shows now may be sent to us once more by itself, and is refused.
      await page.waitForLoadState("networkidle");
      expect((await me(page)).status).toBe(200);
      await page.goto("/d/pilot");
      await expect(page).toHaveURL(/\/d\/pilot/);
      expect((await me(page)).status).toBe(200);
    });

    test("two tabs, two logins: each ends on its own page", async ({ context }) => {
      const [one, two] = [await context.newPage(), await context.newPage()];
      await rig.leave(one, "/d/pilot?tab=queues");
      await rig.leave(two, "/d/pilot?tab=agents");
      await rig.fill(two, "alice");
      await expect(two).toHaveURL(`${rig.baseURL}/d/pilot?tab=agents`);
      await rig.fill(one, "alice");
      await expect(one).toHaveURL(`${rig.baseURL}/d/pilot?tab=queues`);
      for (const page of [one, two]) expect((await me(page)).status).toBe(200);
    });

    test("a login that another browser began, and one that is used up, are refused", async ({ page, browser, baseURL }) => {
      const ends: string[] = [];
      page.on("request", (sent) => {
        if (/\/(done|callback)\?/.test(sent.url())) ends.push(sent.url());
      });
      // The cookie of the browser that began it is gone.
      await rig.leave(page);
      await page.context().clearCookies({ name: "parclose-sso" });
      await rig.fill(page, "alice");
      await refusedWith(page, "sign_in_failed");
      await rig.expectLast("sign_in", "refused", "another_browser");
      // The end of somebody's way, opened by another.
      await page.context().clearCookies();
      await rig.signIn(page, "alice");
      const victim = await freshPage(browser, baseURL as string);
      await victim.goto(ends.at(-1) as string);
      await refusedWith(victim, "sign_in_failed");
      await rig.expectLast("sign_in", "refused", "unknown_state");
      expect((await me(victim)).status).toBe(401);
      expect((await me(page)).status).toBe(200);
      await victim.context().close();
    });

    test("whoever cancels at the provider comes back to a page that says so", async ({ page }) => {
      test.skip(kind === "simplesamlphp", "its form has no such button");
      await rig.leave(page);
      await page.getByRole("button", { name: "Cancel" }).click();
      await refusedWith(page, "sign_in_failed");
      await rig.expectLast("sign_in", "refused", kind === "oidc-provider" ? "oidc_refused_there" : "saml_status");
    });

    test("whoever signs out here is signed out there", async ({ page }) => {
      test.skip(kind === "samlp", "walked with the others");
      await rig.signIn(page, "alice");
      // The address is that of the sign-in page twice: before the browser leaves for the provider, and when it is back.
      const back = page.waitForEvent("load", (now) => now.url() === `${rig.baseURL}/sign-in`);
      await page.getByRole("button", { name: /Alice Ångström/ }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      if (kind === "oidc-provider") await page.getByRole("button", { name: "Yes, sign out" }).click();
      await back;
      await expect(page).toHaveURL(`${rig.baseURL}/sign-in`);
      expect((await me(page)).status).toBe(401);
      if (kind !== "oidc-provider") await rig.expectLast("sign_out", "done", "ended_there");
      // The provider asks again.
      await rig.leave(page);
    });

    test("a logout that begins at the provider, by redirect, ends the session and goes back", async ({ page, browser, baseURL }) => {
      test.skip(kind !== "simplesamlphp", "pysaml2 posts its own, below; the others begin none");
      await rig.signIn(page, "alice");
      const bystander = await freshPage(browser, baseURL as string);
      await rig.signIn(bystander, "alice");
      await page.goto(`${rig.provider.base}/simplesaml/saml2/idp/SingleLogoutService.php?ReturnTo=${encodeURIComponent(`${rig.baseURL}/sign-in`)}`);
      await expect(page).toHaveURL(`${rig.baseURL}/sign-in`);
      expect((await me(page)).status).toBe(401);
      await rig.expectLast("sign_out", "done", "ended_by_provider");
      // It named the session, and another browser has another.
      expect((await me(bystander)).status).toBe(200);
      await bystander.context().close();
    });

    test("switching the connection off ends what began with it", async ({ page }) => {
      await rig.signIn(page, "alice");
      await rig.change({ enabled: false });
      await expect.poll(async () => (await me(page)).status, { timeout: 5_000 }).toBe(401);
      // Without the answer the page has no links at all.
      const offered = page.waitForResponse("**/api/v1/sign-in-options*");
      await page.goto("/sign-in");
      await offered;
      await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
      await expect(page.getByRole("link", { name: rig.name })).toHaveCount(0);
      await page.goto(`/sso/${rig.id}/login`);
      await refusedWith(page, "sign_in_failed");
      await rig.change({ enabled: true });
    });
  });
}

test.describe("what a SAML provider begins itself", () => {
  test.describe.configure({ mode: "serial" });
  let rig: Arrivals;
  test.beforeAll(async ({}, info) => {
    test.setTimeout(90_000);
    if (!isPhone(info)) rig = await Arrivals.start("pysaml2", url(info));
  });
  test.afterAll(async () => rig?.stop());
  test.beforeEach(({}, info) => test.skip(isPhone(info), "a desktop's browser walks it"));

  const portal = (relay: string) => `${rig.provider.base}/portal?user=alice&RelayState=${encodeURIComponent(relay)}`;

  test("a login from its portal needs the switch, and opens pages of ours only", async ({ page }) => {
    await page.goto(portal("/d/pilot"));
    await refusedWith(page, "sign_in_failed");
    await rig.expectLast("sign_in", "refused", "unknown_state");
    await rig.change({}, { idp_initiated: true });
    await page.goto(portal("/d/pilot?tab=queues"));
    await expect(page).toHaveURL(`${rig.baseURL}/d/pilot?tab=queues`);
    for (const relay of ["https://evil.example/", "//evil.example", "/\\evil.example", "/%09/evil.example", "/\t/evil.example", "/%2f%2fevil.example", "/%5cevil.example", "javascript:alert(1)", "/sso/x/login"]) {
      await page.goto(portal(relay));
      await expect.poll(() => page.url().startsWith(`${rig.baseURL}/`) && !page.url().includes("/sso/"), { message: relay }).toBe(true);
      expect((await me(page)).status).toBe(200);
    }
    await rig.change({}, { idp_initiated: false });
  });

  test("it ends the sessions that it names, when it signs that", async ({ page, browser, baseURL }) => {
    await rig.signIn(page, "alice");
    const other = await freshPage(browser, baseURL as string);
    await rig.signIn(other, "alice");
    const elsewhere = await freshPage(browser, baseURL as string);
    await elsewhere.goto(`${rig.provider.base}/sign-out-everywhere?user=alice&unsigned=1`);
    await refusedWith(elsewhere, "sign_in_failed");
    const [refused] = await rig.trail("sign_out");
    expect(refused?.outcome).toBe("refused");
    expect([(await me(page)).status, (await me(other)).status]).toEqual([200, 200]);
    // Only the session that it named last.
    await elsewhere.goto(`${rig.provider.base}/sign-out-everywhere?user=alice&only=last`);
    await expect(elsewhere.getByRole("heading", { name: "Signed out everywhere" })).toBeVisible();
    await expect(elsewhere.getByText("True")).toBeVisible();
    expect([(await me(page)).status, (await me(other)).status]).toEqual([200, 401]);
    await elsewhere.goto(`${rig.provider.base}/sign-out-everywhere?user=alice`);
    await expect(elsewhere.getByRole("heading", { name: "Signed out everywhere" })).toBeVisible();
    expect((await me(page)).status).toBe(401);
    await rig.expectLast("sign_out", "done", "ended_by_provider");
    for (const one of [other, elsewhere]) await one.context().close();
  });
});
