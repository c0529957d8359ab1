import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

type Violation = { id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] };

/** WCAG 2.2 AA by axe-core; every violation fails with its place. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await settle(page);
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async (tags) => {
    type Axe = { run(root: Document, options: unknown): Promise<{ violations: Violation[] }> };
    const { axe } = globalThis as unknown as { axe: Axe };
    return (await axe.run(document, { runOnly: tags })).violations;
  }, TAGS);
  const told = violations.flatMap((v) =>
    v.nodes.map((n) => `${v.id} ${n.target.join(" ")}: ${n.failureSummary ?? v.help}`),
  );
  expect.soft(told, where).toEqual([]);
}

/** Transitions are over and fonts are there. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all(
      document
        .getAnimations()
        .filter((a) => a.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .map((a) => a.finished.catch(() => null)),
    );
  });
}

export async function setScheme(page: Page, scheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor({ state: "attached" });
}

/** In light and dark; leaves the page light. */
export async function expectAccessibleInBoth(page: Page, where: string): Promise<void> {
  for (const scheme of ["dark", "light"] as const) {
    await setScheme(page, scheme);
    await expectAccessible(page, `${where}, ${scheme}`);
    await shoot(page, `${where}-${scheme}`);
  }
}

const shots = process.env.DESK_SHOTS ?? join(import.meta.dirname, "..", "shots");

/** A picture for people to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await settle(page);
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** Nothing is wider than the window. */
export async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  expect.soft(scroll, where).toBeLessThanOrEqual(client);
}
