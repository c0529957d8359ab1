/** A tenant's colour and the ink that can be read on it (WCAG 2.2 relative luminance). */
const PLAIN = "#3f5468";
const INK = ["#ffffff", "#101418"] as const;

function channel(value: number): number {
  const c = value / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16)));
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

export function brand(colour: string | null | undefined): { colour: string; ink: string } {
  const known = colour && /^#[0-9a-f]{6}$/i.test(colour) ? colour : PLAIN;
  const ink = contrast(known, INK[0]) >= contrast(known, INK[1]) ? INK[0] : INK[1];
  return { colour: known, ink };
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? "")
    .join("");
}
