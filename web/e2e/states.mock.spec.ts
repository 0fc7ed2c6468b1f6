import { expect, test } from "@playwright/test";
import { accessible, fits, isPhone, picture, settled, signIn } from "./steps";

const QUERY = "**/api/v1/query";

test("loading shows skeletons of the right size, and nothing moves when data arrives", async ({ page }, info) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(QUERY, async (route) => {
    await held;
    await route.continue();
  });
  const named = page.waitForResponse("**/api/v1/metadata");
  await signIn(page, "anvils@acme.example");
  const tile = page.locator("[data-tile]").first();
  await expect(tile).toBeVisible();
  const chart = page.locator("[data-kind='line']").first();
  await expect(chart).toBeVisible();
  // Only the numbers are missing: names and letters that come late move things too.
  await named;
  if (!isPhone(info)) await expect(page.getByRole("button", { name: "Handling team All" })).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  const before = [await tile.boundingBox(), await chart.boundingBox()];
  await picture(page, info, "loading");
  release();
  await settled(page);
  expect([await tile.boundingBox(), await chart.boundingBox()]).toEqual(before);
});

test("an empty range offers a wider one", async ({ page }, info) => {
  await signIn(page, "anvils@acme.example", "/d/control-center?range=2020-01-01..2020-01-02");
  await expect(page.getByRole("heading", { name: "No conversations in this range" })).toBeVisible();
  await accessible(page);
  await picture(page, info, "empty");
  await page.getByRole("button", { name: "Show last 30 days" }).click();
  await expect(page).toHaveURL(/range=last_30_days/);
  await expect(page.locator("[data-tile]").first()).toBeVisible();
});

test("who has no units is told so, and whom to ask", async ({ page }, info) => {
  await signIn(page, "new@acme.example");
  await expect(page.getByRole("heading", { name: "You have no units yet" })).toBeVisible();
  await expect(page.getByText("ask your administrator, admin@acme.example")).toBeVisible();
  await accessible(page);
  await picture(page, info, "nothing-in-scope");
  await page.getByRole("button", { name: "Why do I see nothing?" }).click();
  await expect(page.getByRole("dialog").getByText("No rule gives you rows here.").first()).toBeVisible();
  await picture(page, info, "nothing-in-scope-why");
});

test("a role without dashboards says so, and its menu is empty", async ({ page }, info) => {
  await signIn(page, "qpm@acme.example");
  await expect(page.getByRole("heading", { name: "Your role has no dashboards" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Conversations" })).toHaveCount(0);
  await accessible(page);
  await picture(page, info, "no-right");
  await page.goto("/d/pilot");
  await expect(page.getByRole("heading", { name: "Your role has no dashboards" })).toBeVisible();
});

test("what is absent or not yours is not found", async ({ page }, info) => {
  await signIn(page, "anvils@acme.example", "/d/secret");
  await expect(page.getByRole("heading", { name: "This dashboard is not here" })).toBeVisible();
  await picture(page, info, "not-found");
  await page.goto("/conversations/WT000000");
  await expect(page.getByRole("heading", { name: "This conversation is not here" })).toBeVisible();
  await page.goto("/nowhere");
  await expect(page.getByRole("heading", { name: "This page is not here" })).toBeVisible();
});

test("an error has words, a number and a way to try again", async ({ page }, info) => {
  let broken = true;
  let held = Promise.resolve();
  await page.route(QUERY, async (route) => {
    await held;
    if (broken) await route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify({ error: { code: "internal", message: "The question could not be answered.", id: "01JERROR" } }) });
    else await route.continue();
  });
  await signIn(page, "anvils@acme.example");
  await expect(page.getByRole("alert")).toContainText("Something went wrong");
  await expect(page.getByText("01JERROR")).toBeVisible();
  await accessible(page);
  await picture(page, info, "error");
  // The page asks again by itself every ten seconds, and says so long what went wrong.
  let release = () => {};
  held = new Promise((resolve) => (release = resolve));
  await page.waitForRequest(QUERY);
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  await expect(page.getByText("01JERROR")).toBeVisible();
  release();
  // Just after it was answered, the button is the next to ask.
  await page.waitForResponse(QUERY);
  await expect(page.getByText("01JERROR")).toBeVisible();
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator("[data-tile]").first()).toBeVisible();
});

test("one report that is wrong does not hurt the others", async ({ page }, info) => {
  await page.route(QUERY, async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    const report = answer.reports.find((one: { id: string }) => one.id === "by-queue");
    Object.assign(report, { rows: [], error: { code: "invalid_query", message: "This metric and this attribute do not go together." } });
    await route.fulfill({ response, json: answer });
  });
  await signIn(page, "anvils@acme.example");
  await settled(page);
  await expect(page.locator("[data-tile='by-queue']")).toContainText("This metric and this attribute do not go together.");
  await expect(page.locator("[data-tile='by-time'] canvas").first()).toBeVisible();
  await picture(page, info, "one-report-wrong");
  // The page goes on asking: a handler that waits for the server must not outlive it.
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("offline keeps the last data, marked", async ({ page }, info) => {
  await signIn(page, "anvils@acme.example");
  await settled(page);
  const number = await page.locator("[data-tile='handled'] button[data-tile-inner]").innerText();
  await page.route("**/api/v1/**", (route) => route.abort());
  if (isPhone(info)) await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  else await page.getByRole("button", { name: "Refresh now" }).click();
  await expect(page.getByText("No connection to the server.")).toBeVisible({ timeout: 20_000 });
  // Other calls may fail first: the numbers are old when they were asked for again, every ten seconds.
  await expect(page.getByText(/^Old: /)).toBeVisible({ timeout: 20_000 });
  await expect(page.locator("[data-tile='handled'] button[data-tile-inner]")).toHaveText(number);
  await accessible(page);
  await picture(page, info, "offline");
  await page.unroute("**/api/v1/**");
  await expect(page.getByText("No connection to the server.")).toHaveCount(0, { timeout: 20_000 });
});

test("every page fits its width", async ({ page }) => {
  await signIn(page, "admin@acme.example");
  for (const path of ["/d/control-center", "/d/pilot?tab=agents", "/segments", "/admin/people", "/admin/people/p-cz", "/admin/keys", "/admin/rules", "/admin/audit", "/admin/settings", "/account"]) {
    await page.goto(path);
    await settled(page);
    await fits(page);
  }
});
