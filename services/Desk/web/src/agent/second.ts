import { z } from "zod";

/** An agent whom another may ask for. */
export const colleague = z.object({ id: z.string(), name: z.string(), isFree: z.boolean() });
export const colleagues = z.object({ items: z.array(colleague) });
export const queues = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });

export type Target = { agent: string } | { queue: string } | { number: string };

export const kinds = ["agent", "queue", "number"] as const;

/** Somebody who may be asked for, as the dialog lists it. */
export type Option = { kind: (typeof kinds)[number]; id: string; name: string; isFree: boolean };

/** What is typed as people write numbers, as the gateway takes them; null when it is no number. */
export function dialled(text: string): string | null {
  const digits = text.replace(/[\s().-]/g, "").replace(/^00/, "+");
  return /^\+?[0-9*#]{2,32}$/.test(digits) ? digits : null;
}

/** Those whose name holds what was typed, and the number when it is one. */
export function optionsOf(
  people: readonly z.infer<typeof colleague>[],
  places: readonly { id: string; name: string }[],
  text: string,
): Option[] {
  const wanted = text.trim().toLocaleLowerCase();
  const all: Option[] = [
    ...people.map(({ id, name, isFree }) => ({ kind: "agent" as const, id, name, isFree })),
    ...places.map(({ id, name }) => ({ kind: "queue" as const, id, name, isFree: true })),
  ];
  const number = dialled(text);
  const outside: Option[] = number ? [{ kind: "number", id: number, name: number, isFree: true }] : [];
  return [...all.filter(({ name }) => name.toLocaleLowerCase().includes(wanted)), ...outside];
}

export const keyOf = ({ kind, id }: Option): string => `${kind}:${id}`;

/** The option that was chosen while it is listed and free; else, once something was typed, the first free one. */
export function chosenOf(options: readonly Option[], chosen: string | null, text: string): Option | null {
  const free = options.filter(({ isFree }) => isFree);
  return free.find((option) => keyOf(option) === chosen) ?? (text.trim() === "" ? null : (free[0] ?? null));
}

/** The free option so many steps from the chosen one; the ends are joined. */
export function stepped(options: readonly Option[], chosen: Option | null, by: 1 | -1): Option | null {
  const free = options.filter(({ isFree }) => isFree);
  const at = chosen ? free.indexOf(chosen) : by > 0 ? -1 : 0;
  return free.at((at + by) % Math.max(1, free.length)) ?? null;
}

export function targetOf({ kind, id }: Option): Target {
  return kind === "agent" ? { agent: id } : kind === "queue" ? { queue: id } : { number: id };
}

/** Why somebody did not come, as there are words for it. */
export const losses = ["NoAnswer", "Rejected", "Busy", "Unreachable", "AgentLoggedOut", "Left"] as const;

export function lossOf(why: string): (typeof losses)[number] | "other" {
  return losses.find((known) => known === why) ?? "other";
}
