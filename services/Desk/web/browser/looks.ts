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

/** Nothing overlaps and nothing is wider than the window: at 1366 x 768, with text of 140 % and in a window of 420 pixels. */
export async function expectFits(page: Page, where: string): Promise<void> {
  const look = async (how: string) => {
    await expectNoSidewaysScroll(page, `${where}, ${how}`);
    expect.soft(await overlaps(page), `${where}, ${how}`).toEqual([]);
    await shoot(page, `${where}-${how}`);
  };
  await look("1366");
  const scale = (size: string) =>
    page.evaluate((to) => {
      document.documentElement.style.fontSize = to;
    }, size);
  await scale("140%");
  await look("140");
  await scale("");
  await page.setViewportSize({ width: 420, height: 800 });
  await look("420");
  await page.setViewportSize({ width: 1366, height: 768 });
}

/** Pairs of controls and texts that lie over each other; those of a dialog when one is open. */
function overlaps(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.querySelector("[role=dialog]") ?? document.body;
    const isShown = (one: Element) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const all = [...root.querySelectorAll("button, h1, h2, input:not([type=radio]), strong, dd, a[href]")].filter(
      (one) => isShown(one) && !one.closest(".hidden, [aria-hidden=true]"),
    );
    const clipped = (one: Element) => {
      let { left, top, right, bottom } = one.getBoundingClientRect();
      for (let up = one.parentElement; up; up = up.parentElement) {
        if (getComputedStyle(up).overflow === "visible") continue;
        const frame = up.getBoundingClientRect();
        left = Math.max(left, frame.left);
        right = Math.min(right, frame.right);
        top = Math.max(top, frame.top);
        bottom = Math.min(bottom, frame.bottom);
      }
      return { left, top, right, bottom };
    };
    const boxes = all.map((one) => ({ one, ...clipped(one) })).filter((a) => a.right > a.left && a.bottom > a.top);
    const name = (one: Element) => `${one.tagName.toLowerCase()} "${(one.textContent ?? "").trim().slice(0, 30)}"`;
    return boxes.flatMap((a, n) =>
      boxes
        .slice(n + 1)
        .filter(
          (b) =>
            !a.one.contains(b.one) &&
            !b.one.contains(a.one) &&
            Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2,
        )
        .map((b) => `${name(a.one)} over ${name(b.one)}`),
    );
  });
}
