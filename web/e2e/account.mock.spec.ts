import { expect, test } from "@playwright/test";
import { accessible, fillIn, fits, picture, settled, signIn } from "./steps";

test("one's own account: sessions, a new password, signing out everywhere", async ({ page }, info) => {
  test.slow();
  await signIn(page, "anvils@acme.example", "/account");
  await expect(page.getByText(/^Chrome on /)).toBeVisible();
  await settled(page);
  await fits(page);
  await accessible(page);
  await picture(page, info, "account");
  await page.getByLabel("Current password").fill("not it");
  await page.getByLabel("New password", { exact: true }).fill("seven green");
  await expect(page.getByLabel("New password", { exact: true })).toHaveAccessibleDescription("At least 12 characters; 1 to go.");
  await page.getByLabel("New password", { exact: true }).fill("seven green onions");
  await page.getByLabel("New password, again").fill("seven green");
  await expect(page.getByLabel("New password, again")).toHaveAccessibleDescription("The two are not the same yet.");
  await page.getByLabel("New password, again").fill("seven green onions");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByLabel("Current password")).toHaveAccessibleDescription("The current password is not right.");
  await accessible(page);
  await picture(page, info, "account-wrong");
  await page.getByLabel("Current password").fill("demo");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("Changed. You are signed out everywhere else.")).toBeVisible();
  await expect(page.getByText("Safari on iPhone")).toHaveCount(0);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goto("/account");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

test("a password that an administrator chose is changed before anything opens", async ({ page }, info) => {
  test.slow();
  await page.goto("/sign-in");
  await fillIn(page, "first@acme.example");
  await expect(page.getByRole("heading", { name: "Choose your own password" })).toBeVisible();
  await expect(page.getByRole("navigation")).toHaveCount(0);
  await page.goto("/d/pilot");
  await expect(page.getByRole("heading", { name: "Choose your own password" })).toBeVisible();
  await fits(page);
  await accessible(page);
  await picture(page, info, "first-password");
  await page.getByLabel("The password you were given").fill("demo");
  await page.getByLabel("New password", { exact: true }).fill("seven green onions");
  await page.getByLabel("New password, again").fill("seven green onions");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByRole("heading", { name: "Pilot" })).toBeVisible();
});

test("a workspace without an administrator says how to make one", async ({ page }, info) => {
  await page.route("**/api/v1/sign-in-options", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify({ workspace_name: "Acme", needs_administrator: true, demo_people: [], demo_password: null }) }));
  await page.goto("/sign-in");
  await expect(page.getByText("Nobody administers this workspace yet.")).toBeVisible();
  await fits(page);
  await accessible(page);
  await picture(page, info, "sign-in-first");
});

test("sessions that can't be read say so, and one can be ended", async ({ page }, info) => {
  let broken = true;
  await page.route("**/api/v1/account/sessions", (route) =>
    broken ? route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify({ error: { code: "internal", message: "Something broke here.", id: "01JERROR" } }) }) : route.continue(),
  );
  await signIn(page, "anvils@acme.example", "/account");
  await expect(page.getByText("01JERROR")).toBeVisible();
  await picture(page, info, "account-error");
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "End the session Safari on iPhone" }).click();
  await expect(page.getByText("Safari on iPhone")).toHaveCount(0);
  await expect(page.getByText("This one")).toBeVisible();
});
