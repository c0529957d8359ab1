import { z } from "zod";

/** An agent whom another may ask for. */
export const colleague = z.object({ id: z.string(), name: z.string(), isFree: z.boolean() });
export const colleagues = z.object({ items: z.array(colleague) });
export const queues = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });

export type Target = { agent: string } | { queue: string } | { number: string };

/** What is typed as people write numbers, as the gateway takes them; null when it is no number. */
export function dialled(text: string): string | null {
  const digits = text.replace(/[\s().-]/g, "").replace(/^00/, "+");
  return /^\+?[0-9*#]{2,32}$/.test(digits) ? digits : null;
}

/** The choice of the list, "agent:<id>" or "queue:<id>"; a number that was typed goes before it. */
export function targetOf(choice: string | null, number: string): Target | null {
  if (number.trim() !== "") {
    const found = dialled(number);
    return found ? { number: found } : null;
  }
  const [kind, id] = choice?.split(":") ?? [];
  if (!id) return null;
  return kind === "agent" ? { agent: id } : { queue: id };
}
