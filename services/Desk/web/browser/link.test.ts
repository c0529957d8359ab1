import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessibleInBoth } from "./looks";
import { tell, timed } from "./measure";
import { center, clear, close, open, phone, signIn } from "./stage";

let agent: Page;
let supervisor: Page;

beforeAll(async () => {
  await clear();
  await phone.on("aino");
  agent = (await open()).page;
  supervisor = (await open()).page;
  await signIn(agent, "aino");
  await signIn(supervisor, "sanna");
  await agent.keyboard.press("r");
  await agent.locator("[data-rest-state=ready]").waitFor();
  await supervisor.locator("[data-testid=agent-row][data-user=aino]").waitFor();
});
afterAll(close);

test("the server dies: said at once, dimmed with its time after ten seconds, true again by itself", async () => {
  await center.dies();
  await agent.getByText("Connection lost").waitFor();
  await supervisor.locator("[data-testid=wallboard][data-stale]").waitFor();
  expect(await supervisor.getByRole("status").allTextContents()).toContainEqual(expect.stringContaining("As of"));
  await expectAccessibleInBoth(agent, "agent-disconnected");
  await expectAccessibleInBoth(supervisor, "wallboard-disconnected");

  await agent.keyboard.press("b");
  await agent.locator("[data-testid=status-trouble]").waitFor();
  await center.starts();
  const back = await timed(async () => {
    await agent.getByText("Connection lost").waitFor({ state: "detached" });
    await supervisor.locator("[data-testid=wallboard]:not([data-stale])").waitFor();
  });
  tell("server ready to screens live", [back]);
  await supervisor.locator("[data-testid=agent-row][data-user=aino]").waitFor();
});
