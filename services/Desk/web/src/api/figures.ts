import { z } from "zod";

/** A metric by its id: a count, a share from 0 to 1, or milliseconds; null when there is nothing to divide by. */
export const metrics = z.record(z.string(), z.object({ version: z.number(), value: z.number().nullable() }));
export type Metrics = z.infer<typeof metrics>;

export const definitions = z
  .record(z.string(), z.object({ version: z.number(), formula: z.string(), unit: z.string().nullish() }))
  .nullish();

const period = { from: z.string(), to: z.string(), metrics };
const about = { definitions, timeZone: z.string().nullish() };

export const queueReport = z.object({ items: z.array(z.object({ queue: z.string(), ...period })), ...about });
export const agentReport = z.object({ items: z.array(z.object({ agent: z.string(), ...period })), ...about });

export type QueueReport = z.infer<typeof queueReport>;

export function figureOf(of: Metrics, id: string): number | null {
  return of[id]?.value ?? null;
}
