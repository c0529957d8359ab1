import { afterAll, expect, test } from "vitest";
import { expectAccessibleInBoth, expectNoSidewaysScroll } from "./looks";
import { api, close, demo, open, signIn } from "./stage";

const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));

type Named = { items: { id: string; name: string }[] };

afterAll(close);

test("the administrator sets up a queue, is told what is wrong and what cannot work, and puts an old version back", async () => {
  const { page } = await open();
  await signIn(page, "maarit");
  await page.getByRole("link", { name: "Queues", exact: true }).click();
  await page.getByTestId("queue-new").click();
  const dialog = page.getByTestId("queue-dialog");
  const save = page.getByTestId("queue-save");

  // Mistakes are at their fields, in words of the page's language.
  await page.getByTestId("queue-priority").fill("100");
  await save.click();
  await dialog.getByText("A whole number from 1 to 99.").waitFor();
  await dialog.getByText("Choose the client.").waitFor();
  await expectAccessibleInBoth(page, "queue-mistakes");
  await expectNoSidewaysScroll(page, "queue form");
  await page.getByTestId("queue-priority").fill("40");
  await page.getByTestId("queue-tenant").selectOption(energia?.id ?? "");
  await page.getByTestId("queue-name").fill("Night");

  // What only the server knows is at its field too.
  await dialog.getByRole("tab", { name: "Who takes it" }).click();
  await page.getByTestId("queue-skillRule").fill("night >=");
  await save.click();
  await dialog.getByText("The server does not take it").waitFor();
  await page.getByTestId("queue-skillRule").fill("night >= 2");
  await dialog.getByRole("tab", { name: "Rules" }).click();
  await page.getByTestId("queue-maxWaitSeconds").fill("300");
  await page.getByTestId("queue-maxWaitQueue").selectOption(energia?.queues[0]?.id ?? "");
  await expectAccessibleInBoth(page, "queue-rules");
  await save.click();
  await dialog.getByText("No agent has this queue: nobody can ever take its contacts.").waitFor();
  await expectAccessibleInBoth(page, "queue-warnings");
  await dialog.getByRole("button", { name: "Close" }).click();

  await page.getByRole("button", { name: "Change Night" }).click();
  await page.getByTestId("queue-name").fill("Nights");
  await save.click();
  await dialog.getByText("Saved, but look at this").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();

  await page.getByRole("button", { name: "Change Nights" }).click();
  await dialog.getByRole("tab", { name: "History" }).click();
  await expect.poll(() => page.getByTestId("history-row").count()).toBe(2);
  await page.getByTestId("history-row").first().getByText("Maarit").waitFor();
  await expectAccessibleInBoth(page, "queue-history");
  await dialog.getByRole("button", { name: "Take version 1" }).click();
  await save.click();
  await dialog.getByText("Saved, but look at this").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Change Night", exact: true }).waitFor();

  // The overflow groups of another queue, with the fields of a narrow page.
  await page.getByRole("button", { name: "Change Night", exact: true }).click();
  await dialog.getByRole("tab", { name: "Overflow" }).click();
  await dialog.getByRole("button", { name: "Add a group" }).click();
  await dialog.getByLabel("Go at").fill("60");
  await save.click();
  await dialog.getByText("Less than where they come.").waitFor();
  await expectAccessibleInBoth(page, "queue-overflow");
  await dialog.getByRole("button", { name: "Remove group 1" }).click();

  // Callback and return: only what is switched on has fields, and is kept.
  await dialog.getByRole("tab", { name: "Callback" }).click();
  await dialog.locator("label", { hasText: "Callers may ask to be called back" }).click();
  await dialog.locator("label", { hasText: "Who calls again soon goes to the same agent" }).click();
  await page.getByTestId("queue-callbackTries").fill("11");
  await page.getByTestId("queue-callbackFrom").fill("20:00");
  await page.getByTestId("queue-callbackTo").fill("08:00");
  await save.click();
  await dialog.getByText("A whole number from 1 to 10.").waitFor();
  await dialog.getByText("Later than the first.").waitFor();
  await expectAccessibleInBoth(page, "queue-callback");
  await page.getByTestId("queue-callbackTries").fill("2");
  await page.getByTestId("queue-callbackFrom").fill("08:00");
  await page.getByTestId("queue-callbackTo").fill("20:00");
  await page.getByTestId("queue-returningPlace").selectOption("Head");
  await save.click();
  await dialog.getByText("Saved, but look at this").waitFor();
  const kept = await (await api("maarit"))<Named & { items: object[] }>("GET", "/api/queues");
  expect(kept.items.find((queue) => queue.name === "Night")).toMatchObject({
    callback: { tries: 2, pauseSeconds: 300, ringSeconds: 30, from: "08:00", to: "20:00" },
    returning: { seconds: 3600, place: "Head" },
  });
});

test("the administrator gives an agent a skill and a queue that it cannot serve, and sees the warning", async () => {
  const { page } = await open();
  const administrator = await api("maarit");
  const agents = await administrator<Named>("GET", "/api/agents");
  const agent = agents.items[0];
  await signIn(page, "maarit");
  await page.getByRole("link", { name: "Agents", exact: true }).click();
  await page.getByRole("button", { name: `Change ${agent?.name}`, exact: true }).click();
  const dialog = page.getByTestId("agent-dialog");
  await dialog.getByRole("button", { name: "Add a skill" }).click();
  await dialog.getByLabel("Skill").last().fill("night");
  await dialog.getByLabel("Level").last().selectOption("1");
  await expectAccessibleInBoth(page, "agent-skills");
  await dialog.getByRole("tab", { name: "Queues" }).click();
  await dialog.getByRole("button", { name: "Add a queue" }).click();
  await page.getByTestId("agent-save").click();
  await dialog.getByText("Choose a queue.").waitFor();
  const night = await administrator<Named>("GET", "/api/queues");
  await dialog
    .getByLabel("Queue", { exact: true })
    .last()
    .selectOption(night.items.find((queue) => queue.name === "Night")?.id ?? "");
  await expectAccessibleInBoth(page, "agent-queues");
  await page.getByTestId("agent-save").click();
  await dialog.getByText(/The agent is never offered contacts of these queues: .*Night\./).waitFor();
});
