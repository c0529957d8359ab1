/** Beginnings of numbers as they are typed, parted by spaces or commas; null when one is none. */
export function prefixesOf(text: string): string[] | null {
  const all = text.split(/[\s,;]+/).filter((one) => one !== "");
  return all.every((one) => /^\+?[0-9]{1,19}$/.test(one)) ? all : null;
}

export type Price = { prefix: string; perMinute: number };

/** Prices of a minute, a line each: the beginning of a number and the price; null when a line is none, or one is there twice. */
export function pricesOf(text: string): Price[] | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const prices = lines.flatMap((line) => {
    const [, prefix, price] = /^\s*(\+?[0-9]{1,19})\s+([0-9]{1,4}(?:[.,][0-9]{1,4})?)\s*$/.exec(line) ?? [];
    return prefix && price ? [{ prefix, perMinute: Number(price.replace(",", ".")) }] : [];
  });
  const isOnceEach = new Set(prices.map(({ prefix }) => prefix)).size === lines.length;
  return isOnceEach ? prices : null;
}

export function linesOf(prices: readonly Price[]): string {
  return prices.map(({ prefix, perMinute }) => `${prefix} ${perMinute}`).join("\n");
}

/** An amount as people type it, with a comma or a point; null for none, undefined when it is not one. */
export function amountOf(text: string): number | null | undefined {
  const typed = text.trim().replace(",", ".");
  if (typed === "") return null;
  return /^[0-9]{1,9}(\.[0-9]{1,2})?$/.test(typed) ? Number(typed) : undefined;
}
