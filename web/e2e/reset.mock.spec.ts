import { expect, test } from "@playwright/test";
import { accessible, fits, picture } from "./steps";

const SECRET = "mR4c".repeat(10) + "abc";

test("a link gives a new password, and its secret leaves the address bar", async ({ page }, info) => {
  test.slow();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`/reset#${SECRET}`);
  await expect(page.getByRole("heading", { name: "Choose a new password" })).toBeVisible();
  await expect(page.getByText("For Dina Novak, who signs in as anvils@acme.example.")).toBeVisible();
  await expect(page).toHaveURL(/\/reset$/);
  expect(asked.filter((url) => url.includes("mR4c"))).toEqual([]);
  await fits(page);
  await accessible(page);
  await picture(page, info, "reset");
  const password = page.getByLabel("New password", { exact: true });
  const again = page.getByLabel("New password, again");
  await expect(password).toBeFocused();
  await password.fill("seven green");
  await expect(password).toHaveAccessibleDescription("At least 12 characters; 1 to go.");
  await password.fill("my password 1234");
  await again.fill("my password 123");
  await expect(again).toHaveAccessibleDescription("The two are not the same yet.");
  await again.fill("my password 1234");
  await again.press("Enter");
  await expect(password).toHaveAccessibleDescription("The password is too easy to guess.");
  await accessible(page);
  await password.fill("seven green onions");
  await again.fill("seven green onions");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByRole("heading", { name: "Your password is changed" })).toBeVisible();
  await expect(page.getByRole("status")).toContainText("You are signed out everywhere.");
  await accessible(page);
  await picture(page, info, "reset-done");
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(page.getByLabel("E-mail or login")).toBeVisible();
});

for (const [what, address] of [
  ["used up or over", "/reset#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
  ["without a secret", "/reset"],
  ["with nonsense", "/reset#<b>x</b>"],
] as const)
  test(`a link that is ${what} opens nothing and says what to do`, async ({ page }, info) => {
    await page.goto(address);
    await expect(page.getByRole("heading", { name: "This link does not open anything" })).toBeVisible();
    await expect(page.getByText("Ask your administrator for a new one")).toBeVisible();
    await expect(page.getByLabel("New password")).toHaveCount(0);
    if (what !== "used up or over") return;
    await fits(page);
    await accessible(page);
    await picture(page, info, "reset-over");
  });

test("a server that does not answer is said in words", async ({ page }) => {
  await page.route("**/api/v1/password-reset/check", (route) => route.abort());
  await page.goto(`/reset#${SECRET}`);
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
});
