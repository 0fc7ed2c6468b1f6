import { expect, test } from "@playwright/test";
import { accessible, fits, picture, settled, signIn } from "./steps";

const ADMIN = "admin@acme.example";

test("groups are listed with what they give, and whether it opens the door", async ({ page }, info) => {
  await signIn(page, ADMIN, "/admin/groups");
  await expect(page.getByRole("row", { name: /Anvils Leads/ })).toContainText("Opens the door");
  await expect(page.getByRole("row", { name: /Contact centre, everybody/ })).toContainText("Opens the door together with Supervisor or Administrator");
  await expect(page.getByRole("row", { name: /Market CZ \+ SK/ })).toContainText("Does not open the door");
  await expect(page.getByText("wfo.old_viewer").filter({ visible: true })).toHaveAttribute("title", "wfo.old_viewer: not known, gives nothing");
  await settled(page);
  await fits(page);
  await accessible(page);
  await picture(page, info, "groups");
});

test("a group is added by keyboard, changed and removed", async ({ page }, info) => {
  test.slow();
  await signIn(page, ADMIN, "/admin/groups");
  await page.getByRole("button", { name: "Add a group" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Add a group" });
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("ANVILS LEADS");
  await dialog.getByRole("checkbox", { name: /^Supervisor/ }).focus();
  await page.keyboard.press("Space");
  await expect(dialog.getByText("Opens the door together with a wfo role.")).toBeVisible();
  await dialog.getByRole("checkbox", { name: /^Dashboard viewer/ }).check();
  await expect(dialog.getByText("Opens the door.")).toBeVisible();
  await dialog.getByRole("button", { name: "Add an attribute" }).click();
  await dialog.getByRole("combobox", { name: "Name", exact: true }).fill("team");
  await dialog.getByRole("textbox", { name: "Values" }).fill("Onions, Candles,");
  await dialog.getByRole("button", { name: "Add the group" }).click();
  await expect(dialog.getByRole("textbox", { name: "Name", exact: true })).toHaveAccessibleDescription("There is a group of this name. Capital letters make no difference.");
  await accessible(page);
  await picture(page, info, "group-new");
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Onion viewers");
  await dialog.getByRole("button", { name: "Add the group" }).click();
  await expect(page.getByRole("row", { name: /Onion viewers/ })).toContainText("team: Onions, Candles");

  await page.getByRole("button", { name: "Edit Onion viewers" }).click();
  const edit = page.getByRole("dialog", { name: "Group Onion viewers" });
  await expect(edit.getByRole("button", { name: "Save" })).toBeDisabled();
  await edit.getByRole("checkbox", { name: /^Team leader/ }).check();
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await edit.getByRole("button", { name: "Save" }).click();
  expect((await sent).postDataJSON()).toEqual({ roles: ["supervisor", "wfo.dashboard_viewer", "wfo.team_leader"] });
  await expect(page.getByRole("row", { name: /Onion viewers/ })).toContainText("Team leader");

  await page.getByRole("button", { name: "Remove Onion viewers" }).click();
  const remove = page.getByRole("dialog", { name: "Remove Onion viewers?" });
  await accessible(page);
  await picture(page, info, "group-remove");
  await remove.getByRole("button", { name: "Remove the group" }).click();
  await expect(page.getByRole("row", { name: /Onion viewers/ })).toHaveCount(0);
});

test("a half-filled group is not lost by Escape", async ({ page }, info) => {
  await signIn(page, ADMIN, "/admin/groups");
  await page.getByRole("button", { name: "Edit Anvils Leads" }).click();
  const dialog = page.getByRole("dialog", { name: "Group Anvils Leads" });
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Anvils leaders");
  await page.keyboard.press("Escape");
  await expect(dialog.getByRole("alert")).toContainText("What you entered is not saved yet.");
  await accessible(page);
  await picture(page, info, "group-asks");
  await page.keyboard.press("Escape");
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  await expect(dialog.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("Anvils leaders");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.getByRole("button", { name: "Close without saving" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("row", { name: /Anvils Leads/ })).toBeVisible();
});

test("groups: loading, none, and an error", async ({ page }, info) => {
  test.slow();
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let status = 200;
  let body: unknown = { groups: [] };
  await page.route("**/api/v1/groups", async (route) => {
    await held;
    await route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });
  });
  await signIn(page, ADMIN, "/admin/groups");
  await expect(page.getByLabel("Loading groups")).toBeVisible();
  await accessible(page);
  await picture(page, info, "groups-loading");
  release();
  await expect(page.getByText("No group gives anything yet")).toBeVisible();
  await accessible(page);
  await picture(page, info, "groups-none");
  status = 500;
  body = { error: { code: "internal", message: "Something broke here.", id: "01JERROR" } };
  await page.reload();
  await expect(page.getByText("01JERROR")).toBeVisible();
  await accessible(page);
  await picture(page, info, "groups-error");
});
