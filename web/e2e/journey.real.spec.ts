// Against the real server with its demo data: what a person of each kind can do, and what is refused. The specs know the
// personas and the two default dashboards, and nothing else of the data.

import { type Page, expect, test } from "@playwright/test";
import { accessible, fillIn, fits, isPhone, picture, settled, signIn } from "./steps";

const headline = (page: Page) => page.locator("[data-kind='headline'] button[data-tile-inner]").first();

async function digits(page: Page): Promise<string> {
  return (await headline(page).innerText()).replace(/\D/g, "");
}

/** Every value of an attribute that the server names for this person. */
async function valuesOf(page: Page, attribute: string): Promise<(string | null)[]> {
  return page.evaluate(async (name) => {
    const me = await (await fetch("/api/v1/me")).json();
    const response = await fetch("/api/v1/values", {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf-token": me.csrf_token },
      body: JSON.stringify({ attribute: name, range: { preset: "last_90_days" }, filters: [], limit: 200 }),
    });
    const answer = await response.json();
    return answer.values.map((one: { value: string | null }) => one.value);
  }, attribute);
}

test("a supervisor sees their unit on every tab, and nothing of the others", async ({ page }, info) => {
  test.slow();
  await signIn(page, "anvils@acme.example");
  await expect(page.getByTitle("Why do I see this?")).toContainText("Anvils");
  await settled(page);
  await picture(page, info, "control-center-anvils");
  await fits(page);
  const queues = await valuesOf(page, "queue");
  expect(queues.length).toBeGreaterThan(0);
  expect(queues.filter((value) => value !== null && /tennis/i.test(value))).toEqual([]);
  for (const tab of ["conversations", "agents", "queues", "activities"]) {
    await page.goto(`/d/pilot?tab=${tab}`);
    await settled(page);
    await expect(page.locator("[data-tile]").first()).toBeVisible();
    await expect(page.getByText(/tennis/i)).toHaveCount(0);
    await expect(page.getByText("cannot be drawn")).toHaveCount(0);
    await expect(page.getByText("cannot be shown")).toHaveCount(0);
    await picture(page, info, `pilot-${tab}`);
  }
});

test("two supervisors have different rows, the administrator has all", async ({ browser, baseURL }) => {
  const found: Record<string, number> = {};
  for (const login of ["anvils@acme.example", "tennis@acme.example", "admin@acme.example"]) {
    const page = await (await browser.newContext({ baseURL })).newPage();
    await signIn(page, login, "/d/control-center?range=last_30_days&compare=off");
    await settled(page);
    found[login] = Number(await digits(page));
    await page.context().close();
  }
  const { "anvils@acme.example": anvils = 0, "tennis@acme.example": tennis = 0, "admin@acme.example": all = 0 } = found;
  expect(anvils).toBeGreaterThan(0);
  expect(tennis).toBeGreaterThan(0);
  expect(all).toBeGreaterThanOrEqual(anvils + tennis);
});

test("from a number to its conversations to one of them", async ({ page }, info) => {
  await signIn(page, "anvils@acme.example", "/d/control-center?range=last_7_days");
  await settled(page);
  await headline(page).click();
  await expect(page).toHaveURL(/\/segments\?.*metric=/);
  // The address changes before the page does; the dashboard has rows of its own.
  await expect(page.locator("[data-tile]")).toHaveCount(0);
  await expect(page.locator("tr[data-row]").first()).toBeVisible();
  await picture(page, info, "segments");
  await page.locator("tr[data-row]").first().click();
  await expect(page).toHaveURL(/\/conversations\//);
  await expect(page.getByRole("region", { name: "Timeline" })).toBeVisible();
  await accessible(page);
  await picture(page, info, "conversation");
  // The link is all that another person gets: it must not carry the right to it.
  const link = new URL(page.url()).pathname;
  await page.context().clearCookies();
  await signIn(page, "tennis@acme.example", link);
  await expect(page.getByRole("heading", { name: "This conversation is not here" })).toBeVisible();
});

test("a period before that the data covers in part is not compared with", async ({ page }, info) => {
  const compared = page.locator('p[title$="in the period before"]');
  await signIn(page, "anvils@acme.example", "/d/control-center?range=last_7_days");
  await expect(compared.first()).toBeVisible();
  // The demo begins five days before the thirty.
  await page.goto("/d/control-center?range=last_30_days");
  await expect(page.getByText("no full period before").first()).toBeVisible();
  await expect(compared).toHaveCount(0);
  await picture(page, info, "no-full-period-before");
});

test("a filter in the address narrows and never widens", async ({ page }) => {
  await signIn(page, "anvils@acme.example", "/d/control-center?range=last_30_days&f=handling_team_name:in:Tennis%2520Balls");
  await expect(page.getByRole("heading", { name: "No conversations in this range" })).toBeVisible();
});

test("a new supervisor without a unit sees nothing and is told why", async ({ page }, info) => {
  await signIn(page, "new@acme.example");
  await expect(page.getByRole("heading", { name: "You have no units yet" })).toBeVisible();
  await picture(page, info, "nothing-in-scope");
  expect(await valuesOf(page, "queue")).toEqual([]);
});

test("an agent is refused at the door with the reason", async ({ page }, info) => {
  await page.goto("/sign-in");
  await fillIn(page, "agent@acme.example");
  await expect(page.getByRole("heading", { name: "Your role does not open Parclose" })).toBeVisible();
  await picture(page, info, "role-missing");
});

test("a quality process manager has no dashboards", async ({ page }, info) => {
  await signIn(page, "qpm@acme.example");
  await expect(page.getByRole("heading", { name: "Your role has no dashboards" })).toBeVisible();
  await picture(page, info, "no-right");
});

test("a market's supervisor has the market on the chip", async ({ page }) => {
  await signIn(page, "cz@acme.example");
  await expect(page.getByTitle("Why do I see this?")).toContainText("CZ");
  await settled(page);
  await page.getByTitle("Why do I see this?").click();
  await expect(page.getByRole("dialog")).toContainText("CZ");
});

test("the administrator reads the rules; others do not find the page", async ({ page }, info) => {
  await signIn(page, "admin@acme.example", "/admin/rules");
  await expect(page.getByLabel("Separation rules, as YAML")).not.toBeEmpty();
  await accessible(page);
  await picture(page, info, "administration");
  await page.context().clearCookies();
  await signIn(page, "anvils@acme.example", "/admin");
  await expect(page.getByRole("heading", { name: "This page is not here" })).toBeVisible();
});

test("a new supervisor is made, sees nothing and is told why, gets a department and sees it", async ({ page, browser, baseURL }, info) => {
  test.slow();
  const login = `walk-${info.project.name}-${Date.now()}@acme.example`;
  await signIn(page, "admin@acme.example", "/admin/people");
  await page.getByRole("button", { name: "New person" }).click();
  const dialog = page.getByRole("dialog", { name: "New person" });
  await dialog.getByLabel("Name", { exact: true }).fill("Walk Walker");
  await dialog.getByLabel("E-mail or login").fill(login);
  await dialog.getByLabel("First password").fill("seven green onions");
  await dialog.getByRole("checkbox", { name: /^Supervisor/ }).check();
  await dialog.getByRole("checkbox", { name: /^Dashboard viewer/ }).check();
  await dialog.getByRole("button", { name: "Make the person" }).click();
  await expect(page.getByRole("heading", { name: "Walk Walker" })).toBeVisible();
  await expect(page.getByText("Comes in and sees nothing")).toBeVisible();
  await expect(page.getByText(/Missing: a value for department/)).toBeVisible();
  await accessible(page);
  await picture(page, info, "person-nothing");

  const theirs = await (await browser.newContext({ baseURL })).newPage();
  await theirs.goto("/sign-in");
  await fillIn(theirs, login, "seven green onions");
  await expect(theirs.getByRole("heading", { name: "Choose your own password" })).toBeVisible();
  expect(await theirs.evaluate(async () => (await fetch("/api/v1/dashboards")).status)).toBe(403);
  await theirs.getByLabel("The password you were given").fill("seven green onions");
  await theirs.getByLabel("New password", { exact: true }).fill("nine blue candles");
  await theirs.getByLabel("New password, again").fill("nine blue candles");
  await theirs.getByRole("button", { name: "Change the password" }).click();
  await expect(theirs.getByRole("heading", { name: "You have no units yet" })).toBeVisible();

  await page.getByRole("button", { name: "Add an attribute" }).click();
  await page.getByRole("group", { name: "Attributes" }).getByLabel("Name", { exact: true }).fill("department");
  await page.getByRole("group", { name: "Attributes" }).getByRole("textbox", { name: "Values" }).fill("Anvils");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Sees the rows of Anvils.")).toBeVisible();
  await picture(page, info, "person-anvils");
  await theirs.reload();
  await expect(theirs.getByTitle("Why do I see this?")).toContainText("Anvils");

  await page.reload();
  await page.getByRole("button", { name: "End all sessions" }).click();
  await expect(page.getByText("Not signed in anywhere.")).toBeVisible();
  await theirs.reload();
  await expect(theirs).toHaveURL(/\/sign-in/);
  await page.getByRole("button", { name: "Deactivate", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
  await expect(page.getByText("Deactivated: there is no way in")).toBeVisible();
  await fillIn(theirs, login, "nine blue candles");
  await expect(theirs.getByRole("alert")).toContainText("Login or password is not right");
  await theirs.context().close();
});

test("a key works until it is revoked, and the log knows of both", async ({ page, request }, info) => {
  test.slow();
  await signIn(page, "admin@acme.example", "/admin/keys");
  const name = `Walk ${info.project.name} ${Date.now()}`;
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await dialog.getByLabel("What is it for?").fill(name);
  await dialog.getByLabel("Acts for").selectOption({ label: "Ada Admin (admin@acme.example)" });
  await dialog.getByRole("button", { name: "Make the key" }).click();
  const key = await page.getByLabel("The key", { exact: true }).innerText();
  await page.getByRole("button", { name: "I have stored it" }).click();
  const ask = async () => (await request.get("/api/v1/dashboards", { headers: { authorization: `Bearer ${key}` } })).status();
  expect(await ask()).toBe(200);
  await picture(page, info, "keys");
  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke the key" }).click();
  await expect(page.getByRole("row", { name: new RegExp(name) })).toHaveCount(0);
  expect(await ask()).toBe(401);
  await page.goto("/admin/audit?action=manage_keys");
  await expect(page.getByRole("cell", { name: /Manage API keys.*Revoked/ }).first()).toBeVisible();
  await expect(page.getByRole("cell", { name: /Manage API keys.*Made/ }).first()).toBeVisible();
  await accessible(page);
  await picture(page, info, "audit");
  // One check at a time: while another walk has the log checked, the server asks to come again.
  await expect(async () => {
    await page.getByRole("button", { name: /^Check/ }).click();
    await expect(page.getByText("The log is whole:")).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export as CSV" }).click()]);
  expect(file.suggestedFilename()).toMatch(/^audit-.*\.csv$/);
});

test("settings and one's own account open on the real server", async ({ page }, info) => {
  await signIn(page, "admin@acme.example", "/admin/settings");
  await expect(page.getByLabel("Time zone")).toHaveValue("Europe/Prague");
  await settled(page);
  await accessible(page);
  await picture(page, info, "settings");
  await page.goto("/account");
  await expect(page.getByText(/^Chrome on /).first()).toBeVisible();
  await accessible(page);
  await picture(page, info, "account");
});

test("a wrong password is refused", async ({ page }) => {
  await page.goto("/sign-in");
  await fillIn(page, "anvils@acme.example", "certainly-not-it");
  await expect(page.getByRole("alert")).toContainText("Login or password is not right");
});

test("a heatmap cell, a bar and a table row all lead to conversations", async ({ page }, info) => {
  test.skip(isPhone(info), "a phone has no double click");
  test.slow();
  await signIn(page, "admin@acme.example", "/d/control-center?range=last_30_days");
  for (const kind of ["bars", "heatmap"]) {
    await settled(page);
    // The chart draws its hover on a canvas of its own above the first one: the pointer goes to what holds both, once it stands still.
    await page.locator(`[data-kind='${kind}'] [role='img']`).first().dblclick();
    await expect(page, kind).toHaveURL(/\/segments\?/);
    // The address changes before the page does; the dashboard has rows of its own.
    await expect(page.locator("[data-tile]")).toHaveCount(0);
    await expect(page.locator("tr[data-row]").first()).toBeVisible();
    await page.goBack();
    await expect(page.locator("[data-tile]").first()).toBeVisible();
  }
  await settled(page);
  await page.locator("[data-kind='table'] tr[data-row] td[data-number]").first().dblclick();
  await expect(page).toHaveURL(/\/segments\?/);
  // The address changes before the page does; the dashboard has rows of its own.
  await expect(page.locator("[data-tile]")).toHaveCount(0);
  await expect(page.locator("tr[data-row]").first()).toBeVisible();
});
