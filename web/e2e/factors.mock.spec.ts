// Second factors: setting them up, and signing in with them. Chromium has an authenticator in software; passkeys need a name, so
// those specs call the stand-in server `localhost`.

import { type Page, expect, test } from "@playwright/test";
import { accessible, fillIn, fits, picture, settled, signIn } from "./steps";

const panel = (page: Page) => page.getByRole("region", { name: "Second factor" });

async function authenticator(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
}

const byName = (baseURL: string | undefined, path: string) => `${(baseURL ?? "").replace("127.0.0.1", "localhost")}${path}`;

test("an authenticator app is set up, codes are shown once, and it is turned off", async ({ page }, info) => {
  test.slow();
  await signIn(page, "anvils@acme.example", "/account");
  await settled(page);
  await panel(page).getByRole("button", { name: "Set up an app" }).click();
  await panel(page).getByLabel("Your password").fill("wrong");
  await panel(page).getByRole("button", { name: "Go on" }).click();
  await expect(panel(page).getByLabel("Your password")).toHaveAccessibleDescription("The current password is not right.");
  await panel(page).getByLabel("Your password").fill("demo");
  await page.keyboard.press("Enter");
  await expect(panel(page).getByRole("img", { name: /^QR code/ })).toBeVisible();
  await expect(panel(page).getByLabel("The secret")).toHaveText("JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP");
  const code = panel(page).getByLabel("The six digits that the app shows");
  await expect(code).toBeFocused();
  await fits(page);
  await accessible(page);
  await panel(page).scrollIntoViewIfNeeded();
  await picture(page, info, "account-totp");
  await code.fill("000 000");
  await page.keyboard.press("Enter");
  await expect(code).toHaveAccessibleDescription("The code is not right, or it was used already.");
  await code.fill("123 456");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem")).toHaveCount(10);
  await accessible(page);
  await picture(page, info, "account-codes");
  await page.getByRole("button", { name: "I have stored them" }).click();
  await expect(page.getByRole("list", { name: "Recovery codes" })).toHaveCount(0);
  await expect(panel(page).getByText("10 of 10 left")).toBeVisible();
  await expect(panel(page).getByText("The authenticator app is set up.")).toBeVisible();
  await panel(page).getByRole("button", { name: "Turn off" }).click();
  await panel(page).getByLabel("Your password").fill("demo");
  await panel(page).getByLabel("A code of the app, or a recovery code").fill("123456");
  await accessible(page);
  await panel(page).getByRole("button", { name: "Turn it off" }).click();
  await expect(panel(page).getByRole("button", { name: "Set up an app" })).toBeVisible();
});

test("a passkey is added and opens the door alone", async ({ page, baseURL }, info) => {
  test.slow();
  await authenticator(page);
  await page.goto(byName(baseURL, "/sign-in?next=%2Faccount"));
  await fillIn(page, "tennis@acme.example");
  await panel(page).getByRole("button", { name: "Add a passkey" }).click();
  await panel(page).getByLabel("A name for it").fill(`Work laptop ${info.project.name}`);
  await panel(page).getByLabel("Your password").fill("demo");
  await panel(page).getByRole("button", { name: "Add it" }).click();
  await page.getByRole("button", { name: "I have stored them" }).click();
  await expect(panel(page).getByRole("list", { name: "Your passkeys" }).getByText(/Work laptop/)).toBeVisible();
  await page.context().clearCookies();
  await page.goto(byName(baseURL, "/sign-in?next=%2Faccount"));
  await page.getByRole("button", { name: "With a passkey" }).click();
  await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
});

test("passkeys are listed with their last use", async ({ page }, info) => {
  test.slow();
  const passkeys = [
    { id: "k1", name: "Work laptop", created_at: "2026-03-02T09:12:00Z", last_used_at: "2026-07-20T08:01:00Z" },
    { id: "k2", name: "Blue key in the drawer", created_at: "2026-05-11T14:40:00Z", last_used_at: null },
  ];
  await page.route("**/api/v1/account/second-factors", (route) => route.fulfill({ json: { available: true, required: false, passkeys_available: true, totp_since: "2026-02-01T10:00:00Z", recovery_codes_left: 0, passkeys } }));
  await signIn(page, "anvils@acme.example", "/account");
  await expect(panel(page).getByText("None left. Make new ones before you lose your phone.")).toBeVisible();
  await panel(page).getByRole("button", { name: "Remove the passkey Work laptop" }).click();
  await expect(panel(page).getByRole("form", { name: "Remove the passkey" })).toBeVisible();
  await settled(page);
  await fits(page);
  await accessible(page);
  await panel(page).scrollIntoViewIfNeeded();
  await picture(page, info, "account-passkeys");
});

test("a browser without a passkey says so and leaves the password", async ({ page, baseURL }) => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: false, automaticPresenceSimulation: true } });
  await page.goto(byName(baseURL, "/sign-in"));
  await page.getByRole("button", { name: "With a passkey" }).click();
  await expect(page.getByRole("alert")).toContainText("The browser gave no passkey.");
  await expect(page.getByLabel("Password")).toBeEditable();
});

test("after the password a code is asked for", async ({ page }, info) => {
  test.slow();
  await page.goto("/sign-in?next=%2Faccount");
  await fillIn(page, "factor@acme.example");
  await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
  const code = page.getByLabel("Code of your authenticator app");
  await expect(code).toBeFocused();
  await fits(page);
  await accessible(page);
  await picture(page, info, "sign-in-code");
  await code.fill("000000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("That code is not right");
  await expect(code).toBeFocused();
  await expect(code).toHaveValue("");
  await picture(page, info, "sign-in-code-wrong");
  await code.fill("123 456");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
});

test("a lost phone: a recovery code opens", async ({ page }, info) => {
  test.slow();
  await page.goto("/sign-in?next=%2Faccount");
  await fillIn(page, "factor@acme.example");
  await page.getByRole("button", { name: "Phone or key lost? Use a recovery code" }).click();
  const code = page.getByLabel("Recovery code");
  await expect(code).toBeFocused();
  await accessible(page);
  await picture(page, info, "sign-in-recovery");
  await code.fill("good-k7m2-x2p4-vt9q");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
});

test("after five tries it begins again with the password", async ({ page }) => {
  test.slow();
  await page.goto("/sign-in");
  await fillIn(page, "factor@acme.example");
  for (let turn = 0; turn < 5; turn += 1) {
    const answered = page.waitForResponse("**/api/v1/sign-in/code");
    await page.getByLabel("Code of your authenticator app").fill("000000");
    await page.getByRole("button", { name: "Sign in" }).click();
    await answered;
    await expect(page.getByLabel("Code of your authenticator app")).toHaveValue("");
  }
  await page.getByLabel("Code of your authenticator app").fill("123456");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByLabel("E-mail or login")).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("Begin again");
});

test("where a second factor is required it is set up before anything opens", async ({ page }, info) => {
  test.slow();
  await page.goto("/sign-in");
  await fillIn(page, "due@acme.example");
  await expect(page.getByRole("heading", { name: "Set up a second factor" })).toBeVisible();
  await page.goto("/d/pilot");
  await expect(page.getByRole("heading", { name: "Set up a second factor" })).toBeVisible();
  await expect(page.getByRole("navigation")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Set up an app" })).toBeVisible();
  await fits(page);
  await accessible(page);
  await picture(page, info, "factor-due");
  await page.getByRole("button", { name: "Set up an app" }).click();
  await page.getByLabel("Your password").fill("demo");
  await page.keyboard.press("Enter");
  await page.getByLabel("The six digits that the app shows").fill("123456");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Recovery codes" })).toBeVisible();
  await page.getByRole("button", { name: "I have stored them" }).click();
  await expect(page.getByRole("heading", { name: "Pilot" })).toBeVisible();
});

test("who comes from a provider has nothing to set up here", async ({ page }) => {
  await signIn(page, "cz@acme.example", "/account");
  await expect(panel(page).getByText("You sign in with an identity provider.")).toBeVisible();
});

test("an administrator makes a password link and removes somebody's factors", async ({ page }, info) => {
  test.slow();
  await signIn(page, "admin@acme.example", "/admin/people/p-anvils");
  await page.getByRole("button", { name: "Make a link for a new password" }).click();
  await expect(page.getByLabel("The link")).toContainText("/reset#");
  await expect(page.getByText("no mail is sent")).toBeVisible();
  await fits(page);
  await accessible(page);
  await page.getByLabel("The link").scrollIntoViewIfNeeded();
  await picture(page, info, "person-link");
  await page.getByRole("button", { name: "Remove their second factors" }).click();
  await accessible(page);
  await picture(page, info, "person-factors");
  await page.getByRole("button", { name: "Remove them" }).click();
  await expect(page.getByRole("button", { name: "Remove their second factors" })).toHaveCount(0);
  await page.goto("/admin/people/p-okta.mix");
  await page.getByRole("button", { name: "Make a link for a new password" }).click();
  await expect(page.getByRole("alert")).toContainText("signs in with an identity provider");
});

test("limits of sessions and the duty to have a factor are settings", async ({ page }, info) => {
  test.slow();
  await signIn(page, "admin@acme.example", "/admin/settings");
  const region = page.getByRole("region", { name: "Sign-in" });
  await region.getByLabel("Signed out when idle for").fill("2");
  await expect(region.getByLabel("Signed out when idle for")).toHaveAccessibleDescription("A whole number from 5 to 1440.");
  await region.getByLabel("Signed out when idle for").fill("90");
  await region.getByLabel("Signed out in any case after").fill("1");
  await expect(region.getByLabel("Signed out when idle for")).toHaveAccessibleDescription("That is longer than a session lasts.");
  await region.getByLabel("Signed out in any case after").fill("8");
  await region.getByLabel(/^Everybody with a password/).check();
  await fits(page);
  await accessible(page);
  await region.scrollIntoViewIfNeeded();
  await picture(page, info, "settings-sign-in");
  const sent = page.waitForRequest((request) => request.method() === "PUT" && request.url().endsWith("/api/v1/settings"));
  await page.getByRole("button", { name: "Save settings" }).click();
  expect((await sent).postDataJSON().settings).toMatchObject({ session_idle_minutes: 90, session_hours: 8, second_factor_required: true });
  await expect(region.getByLabel("Signed out when idle for")).toHaveValue("90");
  await expect(page.getByRole("button", { name: "Save settings" })).toBeDisabled();
});
