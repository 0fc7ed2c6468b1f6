import { expect, test } from "@playwright/test";
import { accessible, fits, isPhone, picture, settled, signIn } from "./steps";

const ADMIN = "admin@acme.example";

test("people are listed, found and opened", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/people");
  await expect(page.getByRole("link", { name: "Dina Novak" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "6 accounts" })).toBeVisible();
  await expect(page.getByText("Greta Left")).toHaveCount(0);
  await fits(page);
  await accessible(page);
  await picture(page, info, "people");
  // By attribute and role, in any order, without regard to accents.
  await page.getByLabel("Search").fill("team leader astrom");
  await expect(page.getByRole("status").filter({ hasText: "1 account" })).toBeVisible();
  await expect(page).toHaveURL(/q=team\+leader\+astrom/);
  await page.getByLabel("Search").fill("nobody like that");
  await expect(page.getByText("Nobody fits")).toBeVisible();
  await picture(page, info, "people-none");
  await page.getByRole("button", { name: "Show all active people" }).click();
  await page.getByLabel("Show").selectOption("Deactivated");
  await expect(page.getByRole("link", { name: "Greta Left" })).toBeVisible();
  await page.getByLabel("Show").selectOption("All");
  await page.getByRole("link", { name: "Dina Novak" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Dina Novak" })).toBeVisible();
});

test("a person's page says what they may see and why", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/people/p-cz");
  await expect(page.getByText("Sees the rows of Onions.")).toBeVisible();
  await expect(page.getByRole("row", { name: /Dashboards Explorer Team leader/ })).toBeVisible();
  await expect(page.getByText("Not for them, only for people whose company_wide is yes.").first()).toBeVisible();
  await settled(page);
  await fits(page);
  await accessible(page);
  await picture(page, info, "person");
  await page.screenshot({ path: `test-results/shots/${info.project.name}/person-whole.png`, fullPage: true, animations: "disabled" });
});

test("who sees nothing is explained by what is missing", async ({ page }, info) => {
  await signIn(page, ADMIN, "/admin/people/p-new");
  await expect(page.getByText("Comes in and sees nothing: no separation rule gives them a row.")).toBeVisible();
  await expect(page.getByText("Missing: a value for department, which the rule Departments reads")).toBeVisible();
  await picture(page, info, "person-nothing");
  // The cure is on the same page, and the explanation follows.
  await page.getByRole("button", { name: "Add an attribute" }).click();
  await page.getByLabel("Name", { exact: true }).nth(1).fill("department");
  await page.getByRole("textbox", { name: "Values" }).fill("Onions");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Sees the rows of Onions.")).toBeVisible();
  await page.goto("/admin/people/p-okta.mix");
  await expect(page.getByText("Not known here, so without effect: okta.everyone")).toBeVisible();
});

test("a person is made, with what is wrong said at the field", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/people");
  await page.getByRole("button", { name: "New person" }).click();
  const dialog = page.getByRole("dialog", { name: "New person" });
  await dialog.getByLabel("Name", { exact: true }).fill("Petra Nová");
  await dialog.getByLabel("E-mail or login").fill("ANVILS@acme.example");
  await dialog.getByLabel("First password").fill("short");
  await dialog.getByRole("checkbox", { name: /^Supervisor/ }).check();
  await dialog.getByRole("checkbox", { name: /^Dashboard viewer/ }).check();
  await dialog.getByRole("button", { name: "Make the person" }).click();
  await expect(dialog.getByLabel("E-mail or login")).toHaveAccessibleDescription("Somebody else has this login.");
  await dialog.getByLabel("E-mail or login").fill("petra@acme.example");
  await dialog.getByRole("button", { name: "Make the person" }).click();
  await expect(dialog.getByLabel("First password")).toHaveAccessibleDescription("A password has at least 12 characters.");
  await accessible(page);
  await picture(page, info, "person-new");
  await dialog.getByLabel("First password").fill("seven green onions");
  await dialog.getByRole("button", { name: "Make the person" }).click();
  await expect(page.getByRole("heading", { name: "Petra Nová" })).toBeVisible();
  await expect(page.getByText("Given by an administrator, to be changed at the next sign-in")).toBeVisible();
});

test("sessions are ended, a password is reset, and a person let go and back in", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/people/p-anvils");
  await expect(page.getByText("Firefox on Linux")).toBeVisible();
  await page.getByRole("button", { name: "End the session Safari on iPhone" }).click();
  await expect(page.getByText("Safari on iPhone")).toHaveCount(0);
  await page.getByLabel("New password for them").fill("password password");
  await page.getByRole("button", { name: "Reset the password" }).click();
  await expect(page.getByLabel("New password for them")).toHaveAccessibleDescription("The password is too easy to guess.");
  await page.getByLabel("New password for them").fill("seven green onions");
  await page.getByRole("button", { name: "Reset the password" }).click();
  await expect(page.getByText("The password is set.")).toBeVisible();
  await expect(page.getByText("Not signed in anywhere.")).toBeVisible();
  await page.getByRole("button", { name: "Deactivate", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Deactivate Dina Novak?" });
  await expect(dialog).toBeVisible();
  await accessible(page);
  await picture(page, info, "person-deactivate");
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await expect(page.getByText("Deactivated: there is no way in")).toBeVisible();
  await page.getByRole("button", { name: "Activate again" }).click();
  await expect(page.getByText("Sees the rows of Anvils.")).toBeVisible();
});

test("roles that can't be given are refused in words", async ({ page }) => {
  await signIn(page, ADMIN, "/admin/people/p-admin");
  await expect(page.getByText("You change your own password on the page")).toBeVisible();
  await expect(page.getByRole("button", { name: "Deactivate" })).toHaveCount(0);
  await page.getByRole("checkbox", { name: /^Administrator/ }).uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toHaveText("The workspace needs an active administrator.");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("checkbox", { name: /^Administrator/ })).toBeChecked();
});

test("people: loading, error, and a person who is not there", async ({ page }, info) => {
  test.slow();
  let broken = true;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/v1/people", async (route) => {
    await held;
    if (broken) await route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify({ error: { code: "internal", message: "Something broke here.", id: "01JERROR" } }) });
    else await route.continue();
  });
  await signIn(page, ADMIN, "/admin/people");
  await expect(page.getByLabel("Loading people")).toBeVisible();
  await picture(page, info, "people-loading");
  release();
  await expect(page.getByText("01JERROR")).toBeVisible();
  await accessible(page);
  await picture(page, info, "people-error");
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("link", { name: "Dina Novak" })).toBeVisible();
  await page.goto("/admin/people/p-nobody");
  await expect(page.getByRole("heading", { name: "This person is not here" })).toBeVisible();
  await accessible(page);
  await picture(page, info, "person-absent");
});

test("the menu leads to one's own account", async ({ page }, info) => {
  await signIn(page, "anvils@acme.example");
  await page.getByRole("button", { name: "Account of Dina Novak" }).filter({ visible: true }).click();
  await page.getByRole("menuitem", { name: "Your account" }).click();
  await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
  await expect(page.getByText("This one")).toBeVisible();
  if (!isPhone(info)) await expect(page.getByRole("link", { name: "Administration" })).toHaveCount(0);
});

test("where a person's rights come from, and what is changed elsewhere is locked", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/people/p-okta.mix");
  const origin = page.getByRole("region", { name: "Where it comes from" });
  const okta = origin.getByRole("region", { name: "Okta" });
  await expect(okta).toContainText("at a sign-in, 3 h ago");
  await expect(okta).toContainText("Linked at the first sign-in");
  await expect(okta).toContainText("department: Tennis Balls");
  await expect(origin.getByRole("region", { name: "Group Contact centre, everybody" })).toContainText("through Okta");
  await expect(origin.getByRole("region", { name: "An administrator gave" })).toContainText("company_wide: no");
  const worker = origin.getByRole("region", { name: "TaskRouter worker" });
  await expect(worker).toContainText("found by e-mail");
  await expect(worker).toContainText("The worker says something else");
  await expect(worker.getByRole("row", { name: "team Tennis Balls Anvils" })).toBeVisible();
  // What the provider gives can be seen, and not changed, in the form.
  await expect(page.getByRole("checkbox", { name: /^Team leader/ })).toBeDisabled();
  await expect(page.getByRole("checkbox", { name: /^Team leader/ })).toHaveAccessibleName("Team leader From Okta: change it there");
  await expect(page.getByRole("checkbox", { name: /^Dashboard viewer/ })).toHaveAccessibleName("Dashboard viewer From Okta by the group Contact centre, everybody: change it there");
  await expect(page.getByRole("checkbox", { name: /^Supervisor/ })).toBeEnabled();
  await expect(page.getByText("From Okta: change it there").filter({ visible: true })).toHaveCount(4);
  await settled(page);
  await fits(page);
  await accessible(page);
  await picture(page, info, "person-origin");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `test-results/shots/${info.project.name}/person-origin-whole-${colorScheme}.png`, fullPage: true, animations: "disabled" });
  }
  // The provider's part goes back as it is; a second value for its attribute is not taken.
  await page.getByRole("button", { name: "Add an attribute" }).click();
  await page.getByRole("combobox", { name: "Name", exact: true }).nth(1).fill("team");
  await expect(page.getByText("The identity provider gives team: change it there.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await page.getByRole("combobox", { name: "Name", exact: true }).nth(1).fill("market");
  await page.getByRole("textbox", { name: "Values" }).nth(1).fill("CZ,");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(origin.getByRole("region", { name: "An administrator gave" })).toContainText("market: CZ");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("an account is linked to a provider by hand, and a subject is one person", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/people/p-cz");
  const origin = page.getByRole("region", { name: "Where it comes from" });
  await expect(origin).toContainText("this account is linked to no identity provider");
  await expect(origin.getByRole("region", { name: "TaskRouter worker" })).toContainText("not seen in events yet");
  await origin.getByRole("button", { name: "Link an account" }).click();
  const dialog = page.getByRole("dialog", { name: "Link Čeněk Zeman to an identity provider" });
  await dialog.getByLabel("Identity provider").selectOption("Okta (SAML)");
  await dialog.getByLabel("Subject").fill("00u1a2b3c4D5e6F7g8h9");
  await dialog.getByRole("button", { name: "Link them" }).click();
  await expect(dialog.getByLabel("Subject")).toHaveAccessibleDescription("This subject is linked to an account already. One is one person.");
  await accessible(page);
  await picture(page, info, "person-link");
  await page.keyboard.press("Escape");
  await expect(dialog.getByText("What you entered is not saved yet.")).toBeVisible();
  await dialog.getByRole("button", { name: "Go on editing" }).click();
  await dialog.getByLabel("Subject").fill("00uCENEK");
  await page.keyboard.press("Enter");
  await expect(origin.getByRole("region", { name: "Okta" })).toContainText("Linked by Ada Minder");
  await expect(origin.getByRole("region", { name: "Okta" })).toContainText("It gave neither roles nor attributes.");
});

test("where it comes from: nobody's worker, loading and an error", async ({ page }, info) => {
  test.slow();
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let broken = true;
  await page.route("**/api/v1/people/*/origin", async (route) => {
    await held;
    if (broken) await route.fulfill({ status: 503, contentType: "application/json", body: JSON.stringify({ error: { code: "unavailable", message: "The server is busy. Try again in a moment.", id: "01JBUSY" } }) });
    else await route.continue();
  });
  await signIn(page, ADMIN, "/admin/people/p-anvils");
  await expect(page.getByLabel("Loading where it comes from")).toBeVisible();
  await accessible(page);
  release();
  const origin = page.getByRole("region", { name: "Where it comes from" });
  await expect(origin).toContainText("01JBUSY");
  await accessible(page);
  await origin.scrollIntoViewIfNeeded();
  await picture(page, info, "person-origin-error");
  broken = false;
  await origin.getByRole("button", { name: "Try again" }).click();
  await expect(origin.getByRole("region", { name: "TaskRouter worker" })).toContainText("No worker fits");
});

test("changes of a person are asked about before the page is left", async ({ page }) => {
  await signIn(page, ADMIN, "/admin/people/p-anvils");
  await page.getByRole("checkbox", { name: /^Team leader/ }).check();
  await page.getByRole("link", { name: "All people" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await dialog.getByRole("button", { name: "Stay here" }).click();
  await expect(page.getByRole("checkbox", { name: /^Team leader/ })).toBeChecked();
  await page.getByRole("link", { name: "All people" }).click();
  await dialog.getByRole("button", { name: "Leave without saving" }).click();
  await expect(page).toHaveURL("/admin/people");
});
