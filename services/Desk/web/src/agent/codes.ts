import type { Code } from "../api/shapes";

/** The codes that the first nine digits choose, then all that match what was typed: begins of words first. */
export function digitOf(codes: readonly Code[], code: Code): number | null {
  const index = codes.indexOf(code);
  return index >= 0 && index < 9 ? index + 1 : null;
}

export function byDigit(codes: readonly Code[], key: string): Code | null {
  return /^[1-9]$/.test(key) ? (codes[Number(key) - 1] ?? null) : null;
}

function rank(code: Code, text: string): number {
  const label = code.label.toLowerCase();
  const words = label.split(/[\s/,.-]+/);
  if (label.startsWith(text)) return 0;
  if (words.some((word) => word.startsWith(text))) return 1;
  if (
    words
      .map((word) => word[0] ?? "")
      .join("")
      .startsWith(text)
  )
    return 2;
  if (code.code.toLowerCase().startsWith(text)) return 3;
  return label.includes(text) ? 4 : -1;
}

export function matching(codes: readonly Code[], typed: string): Code[] {
  const text = typed.trim().toLowerCase();
  if (!text) return [...codes];
  return codes
    .map((code) => ({ code, rank: rank(code, text) }))
    .filter((found) => found.rank >= 0)
    .sort((a, b) => a.rank - b.rank)
    .map((found) => found.code);
}
