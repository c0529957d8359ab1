/** Stretches of a timeline's places in which one of the letters stands. */
export function stretches(slots: string, letters: string): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (let at = 0; at < slots.length; at++) {
    if (!letters.includes(slots[at] ?? "")) continue;
    const last = found.at(-1);
    if (last?.to === at) last.to = at + 1;
    else found.push({ from: at, to: at + 1 });
  }
  return found;
}
