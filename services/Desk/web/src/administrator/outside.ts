/** Beginnings of numbers as they are typed, parted by spaces or commas; null when one is none. */
export function prefixesOf(text: string): string[] | null {
  const all = text.split(/[\s,;]+/).filter((one) => one !== "");
  return all.every((one) => /^\+?[0-9]{1,19}$/.test(one)) ? all : null;
}

/** An amount as people type it, with a comma or a point; null for none, undefined when it is not one. */
export function amountOf(text: string): number | null | undefined {
  const typed = text.trim().replace(",", ".");
  if (typed === "") return null;
  return /^[0-9]{1,9}(\.[0-9]{1,2})?$/.test(typed) ? Number(typed) : undefined;
}
