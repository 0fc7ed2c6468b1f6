import { expect, test } from "@playwright/test";
import { accessible, fits, picture, settled, signIn } from "./steps";

const ADMIN = "admin@acme.example";

test("settings are read, checked at the field and saved", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/settings");
  await expect(page.getByLabel("Time zone")).toHaveValue("Europe/Prague");
  await expect(page.getByRole("button", { name: "Save settings" })).toBeDisabled();
  await settled(page);
  await fits(page);
  await accessible(page);
  await picture(page, info, "settings");
  await page.getByLabel("Answered in time means within").fill("0");
  await expect(page.getByLabel("Answered in time means within")).toHaveAccessibleDescription("A whole number from 1 to 86400.");
  await page.getByLabel("Time zone").fill("Europe/Atlantis");
  await page.getByRole("combobox", { name: "Offline" }).fill("Available");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Available is listed as available too.")).toBeVisible();
  await page.getByRole("button", { name: "Add a threshold" }).click();
  await page.getByLabel("Within seconds").nth(2).fill("never");
  await expect(page.getByText("Threshold 3 needs a whole number of seconds from 1 to 86400.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save settings" })).toBeDisabled();
  await accessible(page);
  await picture(page, info, "settings-wrong");
  await page.getByLabel("Answered in time means within").fill("25");
  await page.getByRole("button", { name: "Remove Available from Offline" }).click();
  await page.getByRole("button", { name: "Remove threshold 3" }).click();
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByLabel("Time zone")).toHaveAccessibleDescription("The time zone is not known. It needs an IANA name such as Europe/Prague.");
  await page.getByLabel("Time zone").fill("Europe/Vienna");
  await page.getByRole("button", { name: "Move threshold 2 up" }).click();
  await expect(page.getByLabel("Channel").first()).toHaveValue("Chat");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Version 5")).toBeVisible();
  await expect(page.getByLabel("Channel").first()).toHaveValue("Chat");
});

test("someone else's settings are not written over", async ({ page }, info) => {
  await signIn(page, ADMIN, "/admin/settings");
  await page.route("**/api/v1/settings", (route) =>
    route.request().method() === "PUT" ? route.fulfill({ status: 409, contentType: "application/json", body: JSON.stringify({ error: { code: "conflict", message: "changed", id: "x" } }) }) : route.continue(),
  );
  await page.getByLabel("Whom to ask").fill("the help desk");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByRole("alert")).toContainText("Someone else saved other settings meanwhile");
  await accessible(page);
  await picture(page, info, "settings-conflict");
  await expect(page.getByRole("button", { name: "Load theirs" })).toBeVisible();
});

test("settings: loading and error", async ({ page }, info) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/v1/settings", async (route) => {
    await held;
    await route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify({ error: { code: "internal", message: "Something broke here.", id: "01JERROR" } }) });
  });
  await signIn(page, ADMIN, "/admin/settings");
  await expect(page.getByLabel("Loading settings")).toBeVisible();
  await picture(page, info, "settings-loading");
  release();
  await expect(page.getByText("01JERROR")).toBeVisible();
  await accessible(page);
  await picture(page, info, "settings-error");
});
