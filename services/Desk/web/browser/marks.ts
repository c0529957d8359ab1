/** When something is seen in a page, by the page's own clock: the way from the test to the browser is not measured with it. */
import type { Page } from "playwright-core";

type Kept = { marks: Record<string, { waits: () => boolean; at: number | null }> };

/** Begins to look for an element: `seen` tells when it was there, or not there any more. */
export async function watch(page: Page, name: string, selector: string, isGone = false): Promise<void> {
  await page.evaluate(
    ([key, wanted, gone]) => {
      const kept = window as unknown as Kept;
      kept.marks ??= {};
      const mark: Kept["marks"][string] = { waits: () => (document.querySelector(wanted) === null) === gone, at: null };
      kept.marks[key] = mark;
      const look = () => {
        if (kept.marks[key] !== mark || mark.at !== null || !mark.waits()) return;
        mark.at = performance.now();
        observer.disconnect();
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      look();
    },
    [name, selector, isGone] as const,
  );
}

/** Waits until it was seen, and when that was: milliseconds of the page's own clock. */
export async function seen(page: Page, name: string): Promise<number> {
  await page.waitForFunction((key) => (window as unknown as Kept).marks[key]?.at != null, name);
  return page.evaluate((key) => (window as unknown as Kept).marks[key]?.at as number, name);
}

/** The page's own clock. */
export function now(page: Page): Promise<number> {
  return page.evaluate(() => performance.now());
}
