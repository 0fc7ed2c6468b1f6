import { defineConfig, devices } from "@playwright/test";

// Two kinds of specs: *.mock.spec.ts run against our own stand-in server, for states that a real server only shows when it
// is unwell; *.real.spec.ts run against the server at PARCLOSE_URL with its demo data.

const real = process.env.PARCLOSE_URL;
const mock = process.env.PARCLOSE_MOCK_URL ?? "http://127.0.0.1:7702";

const desktop = { ...devices["Desktop Chrome"], viewport: { width: 1440, height: 900 } };
const phone = { ...devices["Desktop Chrome"], viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

const mockProjects = [
  { name: "desktop-mock", testMatch: "*.mock.spec.ts", use: { ...desktop, baseURL: mock } },
  { name: "phone-mock", testMatch: "*.mock.spec.ts", use: { ...phone, baseURL: mock } },
];
const realProjects = [
  { name: "desktop-real", testMatch: "*.real.spec.ts", use: { ...desktop, baseURL: real } },
  { name: "phone-real", testMatch: "*.real.spec.ts", use: { ...phone, baseURL: real } },
];

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/run",
  // Walks with axe in two looks take most of a minute on two busy cores; a hanging page is told by the shorter limits below.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  fullyParallel: true,
  workers: Number(process.env.PARCLOSE_E2E_WORKERS ?? 2),
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  reporter: [["list"]],
  projects: real ? [...mockProjects, ...realProjects] : mockProjects,
  use: {
    locale: "en-GB",
    timezoneId: "America/New_York",
    // A trace takes a quarter of the time of a walk. Ask for one (`--trace on`) when picture and page of a failure do not say enough.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.PARCLOSE_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    },
  },
  webServer: { command: "node e2e/mock-server.mjs", url: `${mock}/mark.svg`, env: { PORT: new URL(mock).port }, reuseExistingServer: !process.env.CI },
});
