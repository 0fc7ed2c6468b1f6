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
  // A canvas is there before its chart: a pointer that comes meanwhile meets nothing. A tile without one says why in words.
  const drawn = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("[data-kind='line'], [data-kind='bars'], [data-kind='heatmap']")].every((tile) => {
        const canvas = tile.querySelector("canvas");
        if (!canvas) return tile.querySelector("[role='status'], table") !== null;
        if (canvas.width === 0 || canvas.height === 0) return false;
        // Read from a copy: the browser warns of canvases that are read often.
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
        copy?.drawImage(canvas, 0, 0);
        return copy?.getImageData(0, 0, canvas.width, canvas.height).data.some((part) => part !== 0) ?? false;
      }),
    );
  await expect.poll(drawn, { message: "all charts are drawn" }).toBe(true);
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
    // The style sheet follows at once, the parts that scripts colour with the next frame.
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
    const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]).analyze();
    expect(violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([]);
  }
}

/** Nothing on a page may make it scroll sideways. */
export async function fits(page: Page): Promise<void> {
  // The letters that stand in for our font are wider.
  await page.evaluate(() => document.fonts.ready);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
}
