import { expect, test } from "@playwright/test";
import { picture, signIn } from "./steps";

const editor = "Separation rules, as YAML";

test("rules are read, and a broken line is named", async ({ page }, info) => {
  await signIn(page, "admin@acme.example", "/admin/rules");
  const text = page.getByLabel(editor);
  await expect(text).toContainText("Administrators");
  await expect(page.getByRole("button", { name: "Save rules" })).toBeDisabled();
  await text.fill("rules:\n\t- name: x\n");
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByRole("alert")).toHaveText("Line 2: Tabs are not allowed in YAML.");
  await picture(page, info, "rules-broken");
});

test("someone else's change is not written over", async ({ page }, info) => {
  await page.route("**/api/v1/separation", (route) =>
    route.request().method() === "PUT" ? route.fulfill({ status: 409, contentType: "application/json", body: JSON.stringify({ error: { code: "conflict", message: "changed", id: "x" } }) }) : route.continue(),
  );
  await signIn(page, "admin@acme.example", "/admin/rules");
  await page.getByLabel(editor).fill("rules: []\n");
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByRole("alert")).toContainText("Someone else saved other rules meanwhile");
  await picture(page, info, "rules-conflict");
  await page.getByRole("button", { name: "Load theirs" }).click();
  await expect(page.getByLabel(editor)).toContainText("Administrators");
});

test("who may not administer sees no such page", async ({ page }) => {
  await signIn(page, "anvils@acme.example", "/admin");
  for (const path of ["", "/people", "/people/p-admin", "/keys", "/rules", "/audit", "/settings"]) {
    await page.goto(`/admin${path}`);
    await expect(page.getByRole("heading", { name: "This page is not here" })).toBeVisible();
    await expect(page.getByRole("table")).toHaveCount(0);
  }
  await expect(page.getByRole("link", { name: "Administration" })).toHaveCount(0);
});
