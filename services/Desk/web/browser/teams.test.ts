import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessibleInBoth, expectNoSidewaysScroll } from "./looks";
import { api, clear, close, demo, open, signIn } from "./stage";

type Agents = { items: { id: string; user: string; team?: string | null }[] };

// A supervisor of the demo's second team, by the API: accounts have no form yet.
const limited = { user: "paula", password: "a good password", role: "supervisor", tenants: [] };

let administrator: Awaited<ReturnType<typeof api>>;

beforeAll(async () => {
  await clear();
  administrator = await api("maarit");
  await administrator("PUT", `/api/users/${randomUUID()}`, { ...limited, name: "Paula Laine", teams: ["South"] });
  demo.users.push(limited);
});
afterAll(close);

const rows = (page: Page) => page.locator("[data-testid=agent-row]");
const users = (page: Page) => rows(page).evaluateAll((all) => all.map((row) => row.getAttribute("data-user")).sort());
const row = (page: Page, user: string) => page.locator(`[data-testid=agent-row][data-user=${user}]`);
const withOffline = (page: Page) => page.getByRole("switch", { name: "Show offline" }).click();

const north = ["aino", "eero", "helmi", "onni"];
const south = ["freja", "irina", "mads", "pavel"];

test("the wallboard shows each agent's team and is narrowed to one", async () => {
  const { page } = await open();
  await signIn(page, "sanna");
  await page.locator("[data-testid=wallboard]").waitFor();
  await withOffline(page);
  await expect.poll(() => users(page), { timeout: 30_000 }).toEqual([...north, ...south].sort());
  expect(await row(page, "onni").getByTestId("team").textContent()).toBe("North");
  await expectAccessibleInBoth(page, "wallboard-teams");
  await expectNoSidewaysScroll(page, "wallboard, teams");
  await page.getByTestId("team-filter").click();
  await page.getByRole("option", { name: "South" }).click();
  await expect.poll(() => users(page)).toEqual(south);
  await expectAccessibleInBoth(page, "wallboard-team");
});

test("who is moved by the administrator leaves and comes at once, and a supervisor sees of a team no more than it", async () => {
  const office = await open();
  await signIn(office.page, "maarit");
  const { page } = await open();
  const heard: Promise<string>[] = [];
  page.on(
    "response",
    (response) => response.url().includes("/api/desk/") && heard.push(response.text().catch(() => "")),
  );
  page.on("websocket", (socket) =>
    socket.on("framereceived", (frame) => heard.push(Promise.resolve(String(frame.payload)))),
  );
  await signIn(page, "paula");
  await page.locator("[data-testid=wallboard]").waitFor();
  await withOffline(page);
  await expect.poll(() => users(page), { timeout: 30_000 }).toEqual(south);

  await move(office.page, "Mads Bech", "North");
  await row(page, "mads").waitFor({ state: "detached" });
  await move(office.page, "Eero Lahti", "South");
  await row(page, "eero").waitFor();
  await expectAccessibleInBoth(page, "wallboard-limited");

  const { items } = await administrator<Agents>("GET", "/api/agents");
  const supervisor = await api("paula");
  const own = await supervisor<Agents>("GET", "/api/agents");
  expect(own.items.map(({ user }) => user).sort()).toEqual(["eero", "freja", "irina", "pavel"]);
  const mads = items.find(({ user }) => user === "mads");
  await expect(supervisor("PUT", `/api/agents/${mads?.id}/status`, { status: "Available" })).rejects.toThrow(
    "The agent is in none of your teams (South)",
  );
  // Nobody of the other team was ever on the wire: what is told of it goes elsewhere.
  const all = (await Promise.all(heard)).join("\n");
  expect(all).toContain("eero");
  for (const user of ["aino", "helmi", "onni"]) expect(all).not.toContain(`"${user}"`);

  await move(office.page, "Mads Bech", "South");
  await row(page, "mads").waitFor();
  await move(office.page, "Eero Lahti", "North");
  await row(page, "eero").waitFor({ state: "detached" });
  await office.page.getByRole("link", { name: "Users", exact: true }).click();
  await office.page.getByRole("cell", { name: "South" }).waitFor();
  await expectAccessibleInBoth(office.page, "administrator-users-teams");
  await expectNoSidewaysScroll(office.page, "users, teams");
});

/** In the agent's form; the teams that are there are offered. */
async function move(page: Page, agent: string, team: string): Promise<void> {
  await page.getByRole("link", { name: "Agents", exact: true }).click();
  await page.getByRole("button", { name: `Change ${agent}`, exact: true }).click();
  const field = page.getByTestId("agent-dialog").getByLabel("Team");
  await field.fill("");
  await field.click();
  // The form's lists of levels have options too.
  const offered = page.locator("[role=listbox] [role=option]:visible");
  await expect.poll(() => offered.allTextContents()).toEqual(["North", "South"]);
  await offered.filter({ hasText: team }).click();
  await expectAccessibleInBoth(page, "agent-team");
  await page.getByTestId("agent-save").click();
  await page.getByTestId("agent-dialog").waitFor({ state: "detached" });
  await page.locator("tr", { hasText: agent }).getByRole("cell", { name: team }).waitFor();
}
