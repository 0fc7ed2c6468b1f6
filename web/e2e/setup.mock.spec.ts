import { type Page, expect, test } from "@playwright/test";
import { PASSWORD, accessible, fits, picture } from "./steps";

const SECRET = "mR4c".repeat(10) + "abc";

async function nobodyYet(page: Page): Promise<void> {
  await page.route("**/api/v1/sign-in-options", (route) => route.fulfill({ json: { workspace_name: "Acme Corporation", needs_administrator: true, passkeys: false, connections: [], demo_people: [], demo_password: null } }));
}

async function fill(page: Page, login: string): Promise<void> {
  await page.getByLabel("Your name").fill("Ada Minder");
  await page.getByLabel("E-mail or login").fill(login);
  await page.getByLabel("Password", { exact: true }).fill("seven green onions");
  await page.getByLabel("Password, again").fill("seven green onions");
}

test("whoever has the link makes the first administrator and is asked once for full access", async ({ page }, info) => {
  test.slow();
  await nobodyYet(page);
  await page.route("**/api/v1/sign-in", (route) => route.continue({ postData: JSON.stringify({ login: "admin@acme.example", password: PASSWORD }) }));
  await page.goto(`/setup#${SECRET}`);
  await expect(page.getByRole("heading", { name: "Make the first administrator of Acme Corporation" })).toBeVisible();
  await expect(page).toHaveURL(/\/setup$/);
  await fits(page);
  await accessible(page);
  await picture(page, info, "setup");
  await fill(page, "taken");
  const button = page.getByRole("button", { name: "Set up" });
  await expect(button).toBeDisabled();
  await expect(page.getByRole("group", { name: "Do you also want to see and do everything yourself?" })).toBeVisible();
  await page.getByLabel(/^Yes, full access/).check();
  await button.click();
  await expect(page.getByLabel("E-mail or login")).toHaveAccessibleDescription("Somebody else has this login.");
  const sent = page.waitForRequest("**/api/v1/set-up");
  await page.getByLabel("E-mail or login").fill("admin@acme.example");
  await button.click();
  expect((await sent).postDataJSON()).toEqual({ secret: SECRET, login: "admin@acme.example", name: "Ada Minder", password: "seven green onions", full_access: true });
  await expect(page.getByRole("heading", { name: "Control Center" })).toBeVisible();
});

test("who only administers starts at the administration", async ({ page }) => {
  await nobodyYet(page);
  await page.route("**/api/v1/sign-in", (route) => route.continue({ postData: JSON.stringify({ login: "admin@acme.example", password: PASSWORD }) }));
  await page.goto(`/setup#${SECRET}`);
  await fill(page, "admin@acme.example");
  await page.getByLabel(/^No, I only administer/).check();
  const sent = page.waitForRequest("**/api/v1/set-up");
  await page.getByRole("button", { name: "Set up" }).click();
  expect((await sent).postDataJSON().full_access).toBe(false);
  await expect(page).toHaveURL(/\/admin\/people/);
});

test("a link of an earlier start is refused in words", async ({ page }) => {
  await nobodyYet(page);
  await page.goto("/setup#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  await fill(page, "ada");
  await page.getByLabel(/^Yes, full access/).check();
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByRole("alert")).toContainText("of an earlier start of the server");
});

test("without the secret the page says where it is, and nothing more", async ({ page }, info) => {
  await nobodyYet(page);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Where is it?" }).click();
  await expect(page.getByRole("heading", { name: "Open the link that the server printed" })).toBeVisible();
  await expect(page.getByLabel("Password")).toHaveCount(0);
  await fits(page);
  await accessible(page);
  await picture(page, info, "setup-where");
});

test("a workspace with an administrator is not set up again", async ({ page }) => {
  await page.goto(`/setup#${SECRET}`);
  await expect(page.getByRole("heading", { name: "This workspace is set up" })).toBeVisible();
  await expect(page.getByLabel("Password")).toHaveCount(0);
});
