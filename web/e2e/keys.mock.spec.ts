import { expect, test } from "@playwright/test";
import { accessible, fits, picture, signIn } from "./steps";

const ADMIN = "admin@acme.example";

test("keys are listed, and revoked ones only when asked for", async ({ page }, info) => {
  await signIn(page, ADMIN, "/admin/keys");
  await expect(page.getByText("Nightly numbers for finance")).toBeVisible();
  await expect(page.getByRole("link", { name: "Nightly export" })).toBeVisible();
  await fits(page);
  await accessible(page);
  await picture(page, info, "keys");
  await page.getByRole("button", { name: "Show revoked and ended keys (1)" }).click();
  await expect(page.getByText("Old wallboard")).toBeVisible();
  await picture(page, info, "keys-all");
});

test("a key is made, shown once, copied and revoked", async ({ page, context }, info) => {
  test.slow();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, ADMIN, "/admin/keys");
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await dialog.getByLabel("What is it for?").fill("Wallboard");
  await dialog.getByLabel("Acts for").selectOption("Nightly export (service)");
  await dialog.getByRole("checkbox", { name: /^Read rows/ }).uncheck();
  await expect(dialog.getByText("Choose at least one.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Make the key" })).toBeDisabled();
  await dialog.getByRole("checkbox", { name: /^Read rows/ }).check();
  await accessible(page);
  await picture(page, info, "key-new");
  await dialog.getByRole("button", { name: "Make the key" }).click();
  const made = page.getByRole("dialog", { name: "The key for Wallboard" });
  const key = await made.getByLabel("The key", { exact: true }).innerText();
  expect(key).toMatch(/^pck_/);
  await made.getByRole("button", { name: "Copy" }).click();
  await expect(made.getByText("Copied.")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  await accessible(page);
  await picture(page, info, "key-made");
  await made.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByRole("row", { name: /Wallboard/ })).toBeVisible();
  expect(await page.content()).not.toContain(key);
  await page.getByRole("button", { name: "Revoke Wallboard" }).click();
  const revoke = page.getByRole("dialog", { name: "Revoke Wallboard?" });
  await accessible(page);
  await picture(page, info, "key-revoke");
  await revoke.getByRole("button", { name: "Revoke the key" }).click();
  await expect(page.getByRole("row", { name: /Wallboard/ })).toHaveCount(0);
});

test("a service is made, and a key for it at once", async ({ page }) => {
  await signIn(page, ADMIN, "/admin/keys");
  await page.getByRole("button", { name: "New service" }).click();
  const dialog = page.getByRole("dialog", { name: "New service" });
  await expect(dialog.getByLabel("First password")).toHaveCount(0);
  await dialog.getByLabel("Name", { exact: true }).fill("Wallboard");
  await dialog.getByLabel("Login").fill("wallboard");
  await dialog.getByRole("button", { name: "Make the service" }).click();
  await expect(page.getByRole("dialog", { name: "New API key" }).getByLabel("Acts for")).toHaveValue(/^p-/);
});

test("a key for the directory belongs to one identity provider", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/keys");
  if (info.project.name.startsWith("desktop")) await expect(page.getByRole("row", { name: /Okta provisioning/ })).toContainText("Directory: SCIM");
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await expect(dialog.getByRole("combobox", { name: "Identity provider" })).toHaveCount(0);
  await dialog.getByLabel("What is it for?").fill("Partners' directory");
  await dialog.getByLabel("Acts for").selectOption("Nightly export (service)");
  await dialog.getByRole("checkbox", { name: /^Read rows/ }).uncheck();
  await dialog.getByRole("checkbox", { name: /^Directory: SCIM/ }).check();
  await expect(dialog.getByRole("button", { name: "Make the key" })).toBeDisabled();
  await dialog.getByRole("combobox", { name: "Identity provider" }).selectOption("Keycloak for partners");
  await accessible(page);
  await picture(page, info, "key-scim");
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api-keys"));
  await dialog.getByRole("button", { name: "Make the key" }).click();
  expect((await sent).postDataJSON()).toMatchObject({ scopes: ["scim"], connection: "c0ffee0011223344" });
  await page.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByRole("row", { name: /Partners' directory/ })).toContainText(info.project.name.startsWith("desktop") ? "of Keycloak for partners" : "Nightly export");
});

test("keys: no key, and an error", async ({ page }, info) => {
  let body: unknown = { api_keys: [] };
  let status = 200;
  await page.route("**/api/v1/api-keys", (route) => route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) }));
  await signIn(page, ADMIN, "/admin/keys");
  await expect(page.getByText("No keys in use")).toBeVisible();
  await accessible(page);
  await picture(page, info, "keys-none");
  status = 500;
  body = { error: { code: "internal", message: "Something broke here.", id: "01JERROR" } };
  await page.reload();
  await expect(page.getByText("01JERROR")).toBeVisible();
  await picture(page, info, "keys-error");
});
