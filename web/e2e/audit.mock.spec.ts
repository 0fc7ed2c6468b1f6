import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { accessible, fits, picture, signIn } from "./steps";

const ADMIN = "admin@acme.example";

test("the log is read, searched by person, action, outcome and date, and paged", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/audit");
  const lines = page.getByRole("row");
  await expect(lines).toHaveCount(101);
  await fits(page);
  await accessible(page);
  await picture(page, info, "audit");
  await page.getByRole("button", { name: "Show older lines" }).click();
  await expect(lines).toHaveCount(148);
  await page.getByLabel("Outcome").selectOption("Refused");
  await expect(lines).toHaveCount(3);
  await expect(page).toHaveURL(/outcome=refused/);
  await page.getByLabel("What").selectOption("Sign in");
  await expect(page.getByRole("cell", { name: /Wrong password/ })).toBeVisible();
  await picture(page, info, "audit-found");
  await page.getByLabel("Person").selectOption("Čeněk Zeman");
  await expect(page.getByText("Nothing fits")).toBeVisible();
  await accessible(page);
  await picture(page, info, "audit-none");
  await page.getByRole("button", { name: "Show everything" }).click();
  await expect(lines).toHaveCount(148);
  await page.getByLabel("To").fill("2020-01-01");
  await expect(page.getByText("Nothing fits")).toBeVisible();
  await page.getByLabel("From").fill("2020-02-01");
  await expect(page.getByLabel("From")).toHaveAccessibleDescription("Later than the end.");
});

test("the log is exported as it is searched", async ({ page }) => {
  await signIn(page, ADMIN, "/admin/audit?outcome=refused");
  await expect(page.getByRole("row")).toHaveCount(3);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export as CSV" }).click()]);
  expect(file.suggestedFilename()).toMatch(/^audit-\d{4}-\d{2}-\d{2}\.csv$/);
  expect((await readFile(await file.path(), "utf8")).trim().split("\r\n")).toHaveLength(3);
  await page.route("**/api/v1/audit/export**", (route) =>
    route.fulfill({ status: 413, contentType: "application/json", body: JSON.stringify({ error: { code: "too_large", message: "There are more than 50,000 lines. Choose fewer days.", id: "x" } }) }),
  );
  await page.getByRole("button", { name: "Export as CSV" }).click();
  await expect(page.getByRole("alert")).toHaveText("There are more than 50,000 lines. Choose fewer days.");
});

test("the chain is checked: whole, and broken", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/audit?outcome=failed");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText("The log is whole: 147 lines")).toBeVisible();
  await accessible(page);
  await picture(page, info, "audit-chain");
  await page.route("**/api/v1/audit/chain", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify({ holds: false, broken_at: 1204, entries: 1203, hash: null }) }));
  await page.getByRole("button", { name: "Check again" }).click();
  await expect(page.getByText("The log was changed.")).toBeVisible();
  await expect(page.getByText("Line 1,204 does not fit")).toBeVisible();
  await accessible(page);
  await picture(page, info, "audit-chain-broken");
});

test("audit: loading and error", async ({ page }, info) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/v1/audit?**", async (route) => {
    await held;
    await route.fulfill({ status: 503, contentType: "application/json", body: JSON.stringify({ error: { code: "unavailable", message: "The server is busy. Try again in a moment.", id: "01JBUSY" } }) });
  });
  await signIn(page, ADMIN, "/admin/audit");
  await expect(page.getByLabel("Loading the audit log")).toBeVisible();
  await picture(page, info, "audit-loading");
  release();
  await expect(page.getByText("The server is not ready")).toBeVisible();
  await picture(page, info, "audit-error");
});
