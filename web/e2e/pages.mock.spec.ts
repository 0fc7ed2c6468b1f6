import { expect, test } from "@playwright/test";
import { accessible, picture, settled, signIn } from "./steps";

const PAGES: [string, string, string][] = [
  ["control-center", "admin@acme.example", "/d/control-center"],
  ["control-center-anvils", "anvils@acme.example", "/d/control-center?range=last_7_days"],
  ["pilot-conversations", "admin@acme.example", "/d/pilot"],
  ["pilot-agents", "admin@acme.example", "/d/pilot?tab=agents"],
  ["pilot-queues", "admin@acme.example", "/d/pilot?tab=queues"],
  ["pilot-activities", "admin@acme.example", "/d/pilot?tab=activities"],
  ["segments", "anvils@acme.example", "/segments?range=last_30_days"],
  ["segments-drilled", "anvils@acme.example", "/segments?range=last_30_days&metric=abandoned&f=queue:in:Anvils_Calls"],
  ["administration-rules", "admin@acme.example", "/admin/rules"],
];

for (const [name, login, path] of PAGES)
  test(`${name} is accessible in both looks`, async ({ page }, info) => {
    test.slow();
    const problems: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    await signIn(page, login, path);
    await settled(page);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await accessible(page);
    await picture(page, info, name);
    expect(problems).toEqual([]);
  });

test("a conversation is accessible in both looks", async ({ page }, info) => {
  await signIn(page, "admin@acme.example", "/segments?range=last_30_days&sort=talk_time:descending");
  await page.locator("tr[data-row]").first().click();
  await expect(page.getByRole("region", { name: "Timeline" })).toBeVisible();
  await accessible(page);
  await picture(page, info, "conversation");
});

test("why, palette, shortcuts, dates and values are accessible", async ({ page }, info) => {
  test.slow();
  await signIn(page, "anvils@acme.example");
  await settled(page);
  await page.getByTitle("Why do I see this?").click();
  await expect(page.getByRole("dialog", { name: "Why do I see this?" })).toBeVisible();
  await accessible(page);
  await picture(page, info, "why");
  const dialog = page.getByRole("dialog");
  // Keys pressed while a dialog is open would go to it.
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeFocused();
  await accessible(page);
  await picture(page, info, "palette");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Shortcuts" })).toBeVisible();
  await accessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Date range/ }).click();
  await expect(page.getByRole("dialog", { name: "Date range" })).toBeVisible();
  await accessible(page);
  await picture(page, info, "dates");
});
