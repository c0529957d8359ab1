/** What calls outside may cost and where they may go: an administrator's limits of a tenant, and a trunk's prices and limits. */
import { afterAll, expect, test, vi } from "vitest";
import { expectAccessibleInBoth, expectFits } from "./looks";
import { api, clear, close, demo, open, outside, signIn } from "./stage";

const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));
afterAll(close);

test("the administrator limits a tenant's calls outside", async () => {
  const { page, context } = await open();
  await signIn(page, "maarit");
  await page.getByRole("link", { name: "Tenants", exact: true }).click();
  const row = page.locator("tbody tr", { hasText: energia?.name ?? "" });
  await row.getByTestId("outside-change").click();
  await page.getByTestId("outside-dialog").waitFor();
  await page.getByTestId("outside-allowed").fill("+358 abc");
  expect(await page.getByTestId("outside-save").isDisabled()).toBe(true);
  await expectAccessibleInBoth(page, "limits-wrong");
  await page.getByTestId("outside-allowed").fill("+358, +46");
  await page.getByTestId("outside-forbidden").fill("+358600");
  await page.getByTestId("outside-cost").fill("99,50");
  await expectAccessibleInBoth(page, "limits");
  await expectFits(page, "limits");
  await page.getByTestId("outside-save").click();
  await page.getByTestId("outside-dialog").waitFor({ state: "detached" });
  await row.getByText("+358 +46").waitFor();
  await row.getByText("+358600").waitFor();
  type Tenant = { id: string; outside: unknown };
  const admin = await api("maarit");
  const { items } = await admin<{ items: Tenant[] }>("GET", "/api/tenants");
  expect(items.find(({ id }) => id === energia?.id)?.outside).toMatchObject({
    allowed: ["+358", "+46"],
    forbidden: ["+358600"],
    dayCostMax: 99.5,
  });
  await admin("PUT", `/api/tenants/${energia?.id}/outside`, {});
  await context.close();
});

test("the administrator sets a trunk's prices and limits", async () => {
  await outside("+3585", 600);
  const admin = await api("maarit");
  type Trunk = { name: string; outside: unknown };
  await vi.waitFor(
    async () => {
      const { items } = await admin<{ items: Trunk[] }>("GET", "/api/telephony/trunks");
      expect(items.some(({ name }) => name === "outside")).toBe(true);
    },
    { timeout: 60_000, interval: 250 },
  );
  const { page, context } = await open();
  await signIn(page, "maarit");
  await page.getByRole("link", { name: "Health", exact: true }).click();
  const cell = page.locator("[data-testid=trunk-outside][data-trunk=outside]");
  await cell.getByText("No prices").waitFor();
  await cell.getByTestId("trunk-change").click();
  await page.getByTestId("trunk-dialog").waitFor();
  await page.getByTestId("trunk-prices").fill("+358 0,05\n+358 0,10");
  expect(await page.getByTestId("trunk-save").isDisabled()).toBe(true);
  await expectAccessibleInBoth(page, "trunk-wrong");
  await page.getByTestId("trunk-prices").fill("+358 0,05\n+3585 0.1");
  await page.getByTestId("trunk-forbidden").fill("+358600 +358700");
  await page.getByTestId("trunk-cost").fill("250");
  await expectAccessibleInBoth(page, "trunk");
  await expectFits(page, "trunk");
  await page.getByTestId("trunk-save").click();
  await page.getByTestId("trunk-dialog").waitFor({ state: "detached" });
  await cell.getByText("2 prices").waitFor();
  await cell.scrollIntoViewIfNeeded();
  await expectAccessibleInBoth(page, "trunks");
  const { items } = await admin<{ items: Trunk[] }>("GET", "/api/trunks");
  expect(items.find(({ name }) => name === "outside")?.outside).toMatchObject({
    prices: [
      { prefix: "+358", perMinute: 0.05 },
      { prefix: "+3585", perMinute: 0.1 },
    ],
    forbidden: ["+358600", "+358700"],
    dayCostMax: 250,
  });
  // What comes after it dials by this trunk.
  await admin("PUT", "/api/trunks/outside/outside", {});
  await clear();
  await context.close();
});
