import { type Page, expect, test } from "@playwright/test";
import { accessible, fits, isPhone, picture, settled, signIn } from "./steps";

const ADMIN = "admin@acme.example";
const OKTA = "/admin/connections/0c7a0c7a0c7a0c7a";
const KEYCLOAK = "/admin/connections/c0ffee0011223344";

const CERTIFICATE = Buffer.from("another stand-in for a certificate, of some length".repeat(10)).toString("base64");
const METADATA = `<?xml version="1.0"?><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://sts.entra.example/tenant/"><IDPSSODescriptor><KeyDescriptor use="signing"><X509Certificate>${CERTIFICATE}</X509Certificate></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://login.entra.example/saml2"/></IDPSSODescriptor></EntityDescriptor>`;

/** As Okta posts it, without what the stand-in does not look at. */
function response({ issued = "2026-11-20T09:00:00Z", subject = "00u1a2b3c4D5e6F7g8h9", attributes = {} as Record<string, string[]>, mark = "" } = {}): string {
  const statements = Object.entries(attributes).map(([name, values]) => `<saml:Attribute Name="${name}">${values.map((value) => `<saml:AttributeValue>${value.replaceAll("&", "&amp;")}</saml:AttributeValue>`).join("")}</saml:Attribute>`);
  return `<samlp:Response IssueInstant="${issued}"><!-- ${mark} --><saml:Assertion><saml:Subject><saml:NameID>${subject}</saml:NameID></saml:Subject><saml:AttributeStatement>${statements.join("")}</saml:AttributeStatement></saml:Assertion></samlp:Response>`;
}

const WHOLE = { email: ["okta.mix@acme.example"], full_name: ["Ömer Åström"], roles: ["supervisor", "wfo.team_leader", "okta.everyone"], groups: ["anvils leads", "Nobody knows us"], department: ["Nuts & Bolts"] };

async function whole(page: Page, name: string, project: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(150);
    await page.screenshot({ path: `test-results/shots/${project}/${name}-whole-${colorScheme}.png`, fullPage: true, animations: "disabled" });
  }
}

test("identity providers are listed and opened by keyboard", async ({ page }, info) => {
  await signIn(page, ADMIN, "/admin/connections");
  const okta = page.getByRole("row", { name: /Okta/ });
  await expect(okta).toContainText("2 differ from the usual");
  await expect(okta).toContainText("Sign-ins may begin at the provider");
  await expect(page.getByRole("row", { name: /Keycloak for partners/ })).toContainText("All as usual");
  await settled(page);
  await fits(page);
  await accessible(page);
  await picture(page, info, "connections");
  await page.getByRole("link", { name: "Okta" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Okta On SAML" })).toBeVisible();
  await expect(page).toHaveURL(OKTA);
});

test("a SAML provider is added from the file of its metadata", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/connections");
  await page.getByRole("link", { name: "Add" }).click();
  await expect(page.getByRole("heading", { name: "Add an identity provider" })).toBeVisible();
  await accessible(page);
  await picture(page, info, "connection-new");
  // Nothing was entered: it is said at the fields, and the first of them has the focus.
  await page.getByRole("button", { name: "Add, switched off" }).click();
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveAccessibleDescription("A name is needed.");
  await expect(page.getByRole("textbox", { name: "Name" })).toBeFocused();
  await expect(page.getByLabel("Metadata of the provider, XML")).toHaveAccessibleDescription("Choose the file, or paste its text.");
  await page.getByRole("textbox", { name: "Name" }).fill("Entra ID");
  await page.locator("input[type=file]").setInputFiles({ name: "notes.xml", mimeType: "text/xml", buffer: Buffer.from("<notes/>") });
  await expect(page.getByText("notes.xml is read.")).toBeVisible();
  await page.getByRole("button", { name: "Add, switched off" }).click();
  await expect(page.getByLabel("Metadata of the provider, XML")).toHaveAccessibleDescription("The metadata has no identity provider with a redirect address.");
  await accessible(page);
  await picture(page, info, "connection-new-wrong");
  await page.locator("input[type=file]").setInputFiles({ name: "huge.xml", mimeType: "text/xml", buffer: Buffer.alloc(1_000_000, 32) });
  await expect(page.getByText("That file is too large. The most is 900 kB.")).toBeVisible();
  await page.locator("input[type=file]").setInputFiles({ name: "federation.xml", mimeType: "text/xml", buffer: Buffer.from(METADATA) });
  await expect(page.getByText("federation.xml is read.")).toBeVisible();
  await page.getByRole("button", { name: "Add, switched off" }).click();
  await expect(page.getByRole("heading", { name: "Entra ID Off SAML" })).toBeVisible();
  await expect(page.getByLabel("Entity id of the provider")).toHaveValue("https://sts.entra.example/tenant/");
  await expect(page.getByText(/SHA-256 ([0-9A-F]{2}:){31}/)).toBeVisible();
  await page.getByRole("link", { name: "All identity providers" }).click();
  await expect(page.getByRole("link", { name: "Entra ID" })).toBeVisible();
});

test("a SAML provider is added by hand, an OpenID provider by issuer and client", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/connections/new");
  await page.getByRole("textbox", { name: "Name" }).fill("By hand");
  await page.getByRole("radio", { name: /^By hand/ }).check();
  await page.getByLabel("Entity id of the provider").fill("urn:acme:idp");
  await page.getByLabel("Sign-in address of the provider").fill("http://idp.acme.example/sso");
  await page.getByLabel("Another certificate").fill("certainly not");
  await page.getByRole("button", { name: "Add this certificate" }).click();
  await expect(page.getByLabel("Another certificate")).toHaveAccessibleDescription(/That is not a certificate/);
  await page.getByLabel("Another certificate").fill(`-----BEGIN CERTIFICATE-----\n${CERTIFICATE}\n-----END CERTIFICATE-----`);
  await page.getByRole("button", { name: "Add this certificate" }).click();
  await expect(page.getByText("Certificate 1")).toBeVisible();
  await page.getByRole("button", { name: "Add, switched off" }).click();
  await expect(page.getByLabel("Sign-in address of the provider")).toHaveAccessibleDescription("An address that begins with https:// is needed.");
  await accessible(page);
  await picture(page, info, "connection-new-hand");
  await page.getByLabel("Sign-in address of the provider").fill("https://idp.acme.example/sso");
  await page.getByRole("button", { name: "Add, switched off" }).click();
  await expect(page.getByRole("heading", { name: "By hand Off SAML" })).toBeVisible();

  await page.goto("/admin/connections/new");
  await page.getByRole("textbox", { name: "Name" }).fill("Keycloak");
  await page.getByRole("radio", { name: /^OpenID Connect/ }).check();
  await page.getByLabel("Issuer").fill("https://sso.acme.example/realms/acme");
  await page.getByLabel("Client id").fill("parclose");
  await page.getByLabel("Client secret").fill("seven green onions");
  await accessible(page);
  await picture(page, info, "connection-new-oidc");
  await page.getByRole("button", { name: "Add, switched off" }).click();
  await expect(page.getByRole("heading", { name: "Keycloak Off OpenID Connect" })).toBeVisible();
  await expect(page.getByText("Is set. It is never shown.")).toBeVisible();
  expect(await page.content()).not.toContain("seven green onions");
});

test("a provider's page: addresses are copied, settings saved, and leaving with changes is asked about", async ({ page, context }, info) => {
  test.slow();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, ADMIN, OKTA);
  await expect(page.getByRole("heading", { name: "Okta On SAML" })).toBeVisible();
  await settled(page);
  await fits(page);
  await accessible(page);
  await picture(page, info, "connection");
  await whole(page, "connection", info.project.name);
  await page.getByRole("button", { name: "Copy Sign-in address (ACS URL)" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Sign-in address (ACS URL): copied." })).toHaveCount(1);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("https://parclose.acme.example/sso/0c7a0c7a0c7a0c7a/acs");

  const save = page.getByRole("button", { name: "Save", exact: true });
  await expect(save).toBeDisabled();
  // Encryption needs a key, and the page says so before the server does.
  await page.getByRole("checkbox", { name: /^Assertions come encrypted/ }).check();
  await expect(page.getByText("Signed requests, encrypted assertions and signing out at the provider need our key. Add one below.")).toBeVisible();
  await expect(save).toBeDisabled();
  await expect(page.getByRole("button", { name: "Switch off" })).toBeDisabled();
  await page.getByRole("button", { name: "Add a key" }).click();
  await page.getByLabel("Private key, PEM").fill("-----BEGIN PRIVATE KEY-----\nbroken");
  await page.getByLabel("Its certificate, PEM").fill("-----BEGIN CERTIFICATE-----\nours");
  await accessible(page);
  await whole(page, "connection-changed", info.project.name);
  await save.click();
  await expect(page.getByLabel("Private key, PEM")).toHaveAccessibleDescription("The key can't be read, or the certificate is not its own.");
  await page.getByLabel("Private key, PEM").fill("-----BEGIN PRIVATE KEY-----\nours");

  // Leaving is asked about, by Escape it stays, and what was typed is there still.
  await page.getByRole("link", { name: "All identity providers" }).click();
  const leave = page.getByRole("dialog", { name: "Leave without saving?" });
  await expect(leave).toBeVisible();
  await accessible(page);
  await picture(page, info, "connection-leave");
  await page.keyboard.press("Escape");
  await expect(leave).toHaveCount(0);
  await expect(page.getByLabel("Private key, PEM")).toHaveValue(/ours$/);
  await save.click();
  await expect(page.getByText("Saved. It holds from the next sign-in on.")).toBeVisible();
  await expect(page.getByText("Is set. It is never shown.")).toBeVisible();

  await page.getByRole("textbox", { name: "Roles", exact: true }).fill("realm_access.roles");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Rename an attribute" }).click();
  await page.getByLabel("At the provider", { exact: true }).fill("departmentName");
  await expect(page.getByText("Each renamed attribute needs both names.")).toBeVisible();
  await page.getByLabel("Here", { exact: true }).fill("department");
  await save.click();
  await expect(page.getByText("Saved. It holds from the next sign-in on.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("Version 9")).toBeVisible();
  await expect(page.getByLabel("At the provider", { exact: true })).toHaveValue("departmentName");
  await expect(page.getByRole("button", { name: "Remove realm_access.roles from Roles" })).toBeVisible();

  // A change that is given up is gone.
  await page.getByRole("textbox", { name: "Name", exact: true }).first().fill("Somebody else");
  await page.getByRole("link", { name: "All identity providers" }).click();
  await leave.getByRole("button", { name: "Leave without saving" }).click();
  await expect(page.getByRole("link", { name: "Okta" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Somebody else" })).toHaveCount(0);
});

test("a certificate is added beside the one that goes, and the settings can be read from new metadata", async ({ page }) => {
  await signIn(page, ADMIN, OKTA);
  await page.getByRole("button", { name: "Add a certificate" }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose a file" }).click();
  await (await chooser).setFiles({ name: "next.pem", mimeType: "application/x-pem-file", buffer: Buffer.from(`-----BEGIN CERTIFICATE-----\n${CERTIFICATE}\n-----END CERTIFICATE-----\n`) });
  await expect(page.getByText("Certificate 2")).toBeVisible();
  await page.getByRole("button", { name: "Remove certificate 1" }).click();
  await expect(page.getByText("Certificate 2")).toHaveCount(0);
  await page.getByRole("button", { name: "Remove certificate 1" }).click();
  await expect(page.getByText("At least one certificate is needed.")).toBeVisible();
  await page.getByRole("button", { name: "Undo my changes" }).click();
  await expect(page.getByText("Certificate 1")).toBeVisible();
  await page.getByRole("button", { name: "Read these from new metadata" }).click();
  await page.getByLabel("Metadata of the provider, XML").fill(METADATA);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByLabel("Entity id of the provider")).toHaveValue("https://sts.entra.example/tenant/");
});

test("a secret stays, is replaced, and has to be typed again when it would go elsewhere", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, KEYCLOAK);
  await expect(page.getByText("Is set. It is never shown.")).toBeVisible();
  await accessible(page);
  await whole(page, "connection-oidc", info.project.name);
  await page.getByRole("button", { name: "Replace client secret" }).click();
  await expect(page.getByLabel("Client secret")).toHaveAccessibleDescription("Type the new secret, or keep the stored one.");
  await page.getByRole("button", { name: "Keep the stored secret" }).click();
  await page.getByLabel("Issuer").fill("https://sso.elsewhere.example/realms/acme");
  await expect(page.getByLabel("Client secret")).toHaveAccessibleDescription("Type the secret again: it would go to another issuer or client now.");
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await page.getByLabel("Client secret").fill("three blue onions");
  const sent = page.waitForRequest((request) => request.method() === "PUT");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  expect(((await sent).postDataJSON() as { settings: { oidc: { client_secret: string } } }).settings.oidc.client_secret).toBe("three blue onions");
  await expect(page.getByText("Is set. It is never shown.")).toBeVisible();
  // A stored secret that stays is not sent.
  await page.getByLabel("Client id").press("End");
  await page.getByRole("checkbox", { name: /^The secret travels in the form/ }).check();
  const again = page.waitForRequest((request) => request.method() === "PUT");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  expect(JSON.stringify((await again).postDataJSON())).not.toContain("client_secret");
});

test("a provider is switched on and off in plain words, and passwords are not forbidden by mistake", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, OKTA);
  await page.getByRole("button", { name: "Switch off" }).click();
  const off = page.getByRole("dialog", { name: "Switch Okta off?" });
  await expect(off).toContainText("everybody who did is signed out at once");
  await accessible(page);
  await picture(page, info, "connection-off");
  await off.getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByRole("heading", { name: "Okta Off SAML" })).toBeVisible();
  await page.getByRole("button", { name: "Switch on" }).click();
  await page.getByRole("dialog", { name: "Switch Okta on?" }).getByRole("button", { name: "Switch on" }).click();
  await expect(page.getByRole("heading", { name: "Okta On SAML" })).toBeVisible();
  await page.getByRole("checkbox", { name: /^Passwords open nothing any more/ }).check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const passwords = page.getByRole("dialog", { name: "Close the door for passwords?" });
  await accessible(page);
  await picture(page, info, "connection-passwords");
  await passwords.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Not saved yet")).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await passwords.getByRole("button", { name: "Save, and close that door" }).click();
  await expect(page.getByText("Saved. It holds from the next sign-in on.")).toBeVisible();
  await expect(passwords).toHaveCount(0);
});

test("somebody else's change of a provider is not written over", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, OKTA);
  const conflict = { status: 409, contentType: "application/json", body: JSON.stringify({ error: { code: "conflict", message: "Somebody changed this meanwhile.", id: "x" } }) };
  await page.route("**/api/v1/connections/*", (route) => (route.request().method() === "PUT" ? route.fulfill(conflict) : route.continue()));
  await page.getByRole("checkbox", { name: /^Adopt accounts/ }).uncheck();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText("Someone else changed this identity provider meanwhile. Load theirs, and put your change in again.");
  await accessible(page);
  await picture(page, info, "connection-conflict");
  await page.getByRole("button", { name: "Load theirs" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("checkbox", { name: /^Adopt accounts/ })).toBeChecked();
  await page.getByRole("button", { name: "Switch off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("Nothing was switched");
  await page.getByRole("dialog").getByRole("button", { name: "Close and load theirs" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a provider is removed by typing its name", async ({ page }, info) => {
  await signIn(page, ADMIN, KEYCLOAK);
  await page.getByRole("button", { name: "Remove…" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove Keycloak for partners?" });
  await dialog.getByLabel("Type Keycloak for partners to remove it").fill("Keycloak");
  await expect(dialog.getByRole("button", { name: "Remove for good" })).toBeDisabled();
  await accessible(page);
  await picture(page, info, "connection-remove");
  await dialog.getByLabel("Type Keycloak for partners to remove it").fill("Keycloak for partners");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/admin/connections");
  await expect(page.getByRole("link", { name: "Okta" })).toBeVisible();
  await expect(page.getByText("Keycloak for partners")).toHaveCount(0);
});

test("a dry run says what a SAML response would give, and to whom", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, OKTA);
  const field = page.getByLabel("SAML response", { exact: true });
  const run = page.getByRole("button", { name: "Try", exact: true });
  const result = page.getByRole("region", { name: "What came out" });
  await run.click();
  await expect(field).toHaveAccessibleDescription("Paste a response first.");
  // In base64, as a browser's tools show the form.
  await field.fill(`SAMLResponse=${encodeURIComponent(Buffer.from(response({ attributes: WHOLE })).toString("base64"))}&RelayState=x`);
  await expect(page.getByRole("checkbox", { name: /^Check it as of when it was issued/ })).toBeChecked();
  await run.click();
  await expect(result).toContainText("The door opens.");
  await expect(result.getByRole("link", { name: "Ömer Åström" })).toHaveAttribute("href", "/admin/people/p-okta.mix");
  await expect(result).toContainText("Known: linked to this provider");
  await expect(result).toContainText("okta.everyone");
  await expect(result).toContainText("Nobody knows us");
  await expect(result).toContainText("department: Nuts & Bolts");
  await expect(result).toContainText("Anvils Leads");
  await expect(result).toContainText("Nothing was changed");
  await fits(page);
  await accessible(page);
  await result.scrollIntoViewIfNeeded();
  await picture(page, info, "dry-run");
  await whole(page, "dry-run", info.project.name);
  // As of now it is too old: the reason in words, and in the word of the audit log.
  await page.getByRole("checkbox", { name: /^Check it as of when it was issued/ }).uncheck();
  await expect(result).toHaveCount(0);
  await run.click();
  await expect(result).toContainText("Refused. It is not valid at this time");
  await expect(result).toContainText("saml_time");
  await accessible(page);
  await result.scrollIntoViewIfNeeded();
  await picture(page, info, "dry-run-refused");
  await field.fill(response({ mark: "forged", attributes: WHOLE }));
  await run.click();
  await expect(result).toContainText("The signature does not fit the document");
  // It was "as of now" until here, and stays so for the next response; then a new person, an account that is adopted, one that is taken, and too few roles.
  await page.getByRole("checkbox", { name: /^Check it as of when it was issued/ }).check();
  await field.fill(response({ subject: "00uNEW", attributes: { ...WHOLE, email: ["petra@acme.example"], roles: ["supervisor"], groups: [] } }));
  await run.click();
  await expect(result).toContainText("at least one of the wfo roles is missing");
  await expect(result).toContainText("New: an account would be made all the same, and wait");
  await field.fill(response({ subject: "00uANVILS", attributes: { ...WHOLE, email: ["anvils@acme.example"] } }));
  await run.click();
  await expect(result).toContainText("A local account, which would be adopted");
  await field.fill(response({ subject: "00uADMIN", attributes: { ...WHOLE, email: ["admin@acme.example"] } }));
  await run.click();
  await expect(result).toContainText("another account has this login");
  await expect(result).toContainText("account_exists");
  await expect(result).toContainText("Taken by somebody of another origin");
  await accessible(page);
  await result.scrollIntoViewIfNeeded();
  await picture(page, info, "dry-run-taken");
});

test("a dry run by claims and by typed attributes, by keyboard alone", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, KEYCLOAK);
  const result = page.getByRole("region", { name: "What came out" });
  await page.getByLabel("Claims, JSON").fill("{ not json");
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await expect(page.getByLabel("Claims, JSON")).toHaveAccessibleDescription(/^That is not JSON/);
  await page.getByLabel("Claims, JSON").fill(JSON.stringify({ sub: "8d1", email: "petra@acme.example", name: "Petra Nová", roles: ["admin", "wfo.full_access"], team: ["Anvils"] }));
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Try", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(result).toContainText("The door opens.");
  await expect(result).toContainText("Petra Nová");
  await page.getByRole("radio", { name: "Claims of an ID token" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: "Attributes, typed" })).toBeChecked();
  await expect(result).toHaveCount(0);
  await page.getByRole("textbox", { name: "Subject", exact: true }).fill("8d1");
  await page.getByRole("combobox", { name: "Name", exact: true }).first().focus();
  await page.keyboard.press("Tab");
  await page.keyboard.type("petra@acme.example,");
  await page.getByRole("textbox", { name: "Values" }).nth(1).fill("wfo.team_leader");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Subject", exact: true }).press("Enter");
  await expect(result).toContainText("the role Supervisor or Administrator is missing");
  await accessible(page);
  await result.scrollIntoViewIfNeeded();
  await picture(page, info, "dry-run-attributes");
});

test("identity providers: loading, none, error, no right, and one who is not there", async ({ page }, info) => {
  test.slow();
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let status = 200;
  let body: unknown = { connections: [] };
  await page.route("**/api/v1/connections", async (route) => {
    await held;
    await route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });
  });
  await signIn(page, ADMIN, "/admin/connections");
  await expect(page.getByLabel("Loading identity providers")).toBeVisible();
  await accessible(page);
  await picture(page, info, "connections-loading");
  release();
  await expect(page.getByText("No identity provider yet")).toBeVisible();
  await accessible(page);
  await picture(page, info, "connections-none");
  status = 500;
  body = { error: { code: "internal", message: "Something broke here.", id: "01JERROR" } };
  await page.reload();
  await expect(page.getByText("01JERROR")).toBeVisible();
  await accessible(page);
  await picture(page, info, "connections-error");
  await page.goto(OKTA);
  await expect(page.getByText("01JERROR")).toBeVisible();
  await picture(page, info, "connection-error");
  status = 403;
  body = { error: { code: "not_allowed", message: "Your roles do not allow this.", id: "01JRIGHT" } };
  await page.goto("/admin/connections");
  await expect(page.getByText("You may not do this")).toBeVisible();
  await accessible(page);
  await page.unroute("**/api/v1/connections");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("link", { name: "Okta" })).toBeVisible();
  await page.goto("/admin/connections/0000000000000000");
  await expect(page.getByRole("heading", { name: "This identity provider is not here" })).toBeVisible();
  await accessible(page);
  await picture(page, info, "connection-absent");
});

test("for who does not administer there are no such pages", async ({ page }, info) => {
  await signIn(page, "anvils@acme.example", "/admin/connections");
  await expect(page.getByRole("heading", { name: "This page is not here" })).toBeVisible();
  await expect(page.getByText("Okta")).toHaveCount(0);
  if (!isPhone(info)) await accessible(page);
  for (const path of [OKTA, "/admin/connections/new", "/admin/groups"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "This page is not here" })).toBeVisible();
  }
});
