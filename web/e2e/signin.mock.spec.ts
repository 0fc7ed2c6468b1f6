import { expect, test } from "@playwright/test";
import { accessible, fillIn, fits, picture, signIn } from "./steps";

test("the sign-in page is accessible and looks right", async ({ page }, info) => {
  await page.goto("/sign-in");
  await expect(page.getByRole("heading", { name: "Parclose" })).toBeVisible();
  await fits(page);
  await accessible(page);
  await picture(page, info, "sign-in");
});

test("identity providers are offered, and keep the page that was asked for", async ({ page }, info) => {
  const connections = [{ name: "Okta", login_url: "/sso/okta/login" }, { name: "Keycloak", login_url: "/sso/kc/login" }];
  await page.route("**/api/v1/sign-in-options*", (route) => route.fulfill({ json: { workspace_name: "Acme Corporation", connections, demo_people: [], demo_password: null } }));
  await page.goto("/sign-in?next=%2Fd%2Fpilot%3Ftab%3Dqueues");
  const okta = page.getByRole("link", { name: "Sign in with Okta" });
  await expect(okta).toHaveAttribute("href", "/sso/okta/login?next=%2Fd%2Fpilot%3Ftab%3Dqueues");
  await expect(page.getByRole("link", { name: "Sign in with Keycloak" })).toBeVisible();
  await expect(page.getByLabel("Password")).toBeVisible();
  await fits(page);
  await accessible(page);
  await picture(page, info, "sign-in-providers");
});

for (const [word, text] of [
  ["sign_in_failed", "That sign-in did not work."],
  ["role_missing", "your roles do not open Parclose"],
  ["unavailable", "The identity provider does not answer."],
  ["<b>made up</b>", "That sign-in did not work."],
] as const)
  test(`back from a provider and not let in: ${word}`, async ({ page }) => {
    await page.goto(`/sign-in?refused=${encodeURIComponent(word)}`);
    await expect(page.getByRole("alert")).toContainText(text);
    await expect(page.getByRole("alert")).not.toContainText("made up");
  });

test("a wrong password says so without saying which part", async ({ page }, info) => {
  await page.goto("/sign-in");
  await fillIn(page, "anvils@acme.example", "wrong");
  await expect(page.getByRole("alert")).toHaveText("Login or password is not right. Check both and try again.");
  await expect(page.getByLabel("Password")).toBeFocused();
  await picture(page, info, "sign-in-failed");
});

test("too many attempts say how long to wait", async ({ page }, info) => {
  await page.goto("/sign-in");
  await fillIn(page, "many@acme.example");
  await expect(page.getByRole("alert")).toHaveText("Too many attempts. Try again in 4 minutes.");
  await picture(page, info, "sign-in-too-many");
});

test("an agent is refused with a page that says why", async ({ page }, info) => {
  await page.goto("/sign-in");
  await fillIn(page, "agent@acme.example");
  await expect(page.getByRole("heading", { name: "Your role does not open Parclose" })).toBeVisible();
  await expect(page.getByText("You have the role agent, and no role for analytics.")).toBeVisible();
  await accessible(page);
  await picture(page, info, "sign-in-role-missing");
  await page.getByRole("button", { name: "Sign in as someone else" }).click();
  await expect(page.getByLabel("E-mail or login")).toBeVisible();
});

test("a server that does not answer is said in words", async ({ page }) => {
  await page.goto("/sign-in");
  await page.route("**/api/v1/sign-in", (route) => route.abort());
  await fillIn(page, "anvils@acme.example");
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
});

test("a page that needs a session comes back after sign-in", async ({ page }) => {
  await page.goto("/d/pilot?tab=queues&range=last_7_days");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await fillIn(page, "anvils@acme.example");
  await expect(page).toHaveURL(/\/d\/pilot\?tab=queues&range=last_7_days/);
});

for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example"])
  test(`next never leaves this site: ${next}`, async ({ page, baseURL }) => {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await fillIn(page, "anvils@acme.example");
    await expect(page).toHaveURL(`${baseURL}/d/control-center`);
  });

test("a session that ends sends to sign-in, from any page", async ({ page }) => {
  await signIn(page, "anvils@acme.example");
  await expect(page.getByRole("heading", { name: "Control Center" })).toBeVisible();
  // An open page asks by itself whether it may stay, and would be gone before the click: here the click has to find out.
  await page.route("**/api/v1/{account/state,query}", () => undefined);
  await page.context().clearCookies();
  await page.getByRole("link", { name: "Conversations" }).filter({ visible: true }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

test("each workspace has a sign-in page at its own address", async ({ page }, info) => {
  await page.goto("/other-app-1234");
  await expect(page.getByText("Other Company")).toBeVisible();
  await fits(page);
  await accessible(page);
  await picture(page, info, "sign-in-workspace");
  const asked = page.waitForRequest("**/api/v1/sign-in");
  await fillIn(page, "anvils@acme.example");
  expect((await asked).postDataJSON()).toMatchObject({ workspace: "other-app-1234", login: "anvils@acme.example" });
  await expect(page).toHaveURL(/\/d\/control-center/);
});

test("an address that is no workspace is not found", async ({ page }) => {
  await page.goto("/nobody-1");
  await expect(page.getByRole("heading", { name: "This page is not here" })).toBeVisible();
});

test("who belongs to several workspaces switches in the menu, and each page says which one it shows", async ({ page }, info) => {
  await signIn(page, "cz@acme.example");
  const said = page.waitForRequest((request) => request.url().includes("/api/v1/") && request.headers()["x-parclose-workspace"] === "acme");
  await page.getByRole("button", { name: "Account of Cenek Zeman" }).filter({ visible: true }).click();
  await said;
  await accessible(page);
  await picture(page, info, "workspace-menu");
  const switched = page.waitForRequest("**/api/v1/account/workspace");
  await page.getByRole("menuitem", { name: "Go to Other Company" }).click();
  expect((await switched).postDataJSON()).toEqual({ workspace: "other-app-1234" });
});
