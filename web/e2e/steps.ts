// What the specs have in common: coming in, looking at a picture, asking axe.

import AxeBuilder from "@axe-core/playwright";
import { type Page, type TestInfo, expect } from "@playwright/test";

export const PASSWORD = process.env.PARCLOSE_DEMO_PASSWORD ?? "demo";

export function isPhone(info: TestInfo): boolean {
  return info.project.name.startsWith("phone");
}

export async function fillIn(page: Page, login: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("E-mail or login").fill(login);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function signIn(page: Page, login: string, path = "/"): Promise<void> {
  await page.goto(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
  await fillIn(page, login);
  await expect(page).not.toHaveURL(/\/sign-in/);
  // The address changes before the page does: keys pressed now would still go to the form.
  await expect(page.locator("input[name='password']")).toHaveCount(0);
}

/** The page has numbers and drawn charts. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[aria-busy='true']")).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
  const charts = page.locator("[role='img'] canvas");
  if ((await page.locator("[data-kind='line'], [data-kind='bars'], [data-kind='heatmap']").count()) > 0) await expect(charts.first()).toBeVisible();
}

/** A picture of the page in both looks, kept for people to compare. */
export async function picture(page: Page, info: TestInfo, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(250);
    await page.screenshot({ path: `test-results/shots/${info.project.name}/${name}-${colorScheme}.png`, animations: "disabled" });
  }
}

export async function accessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]).analyze();
    expect(violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([]);
  }
}

/** Nothing on a page may make it scroll sideways. */
export async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
}
