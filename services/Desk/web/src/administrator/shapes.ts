import { z } from "zod";
import { code } from "../api/shapes";

const id = z.string();

export const tenants = z.object({
  items: z.array(
    z.object({
      id,
      name: z.string(),
      language: z.string(),
      timeZone: z.string(),
      limits: z.object({ concurrentCalls: z.number(), callsPerSecond: z.number() }),
      brand: z.object({ colour: z.string().nullish(), greeting: z.string().nullish() }).nullish(),
      outside: z.object({
        allowed: z.array(z.string()),
        forbidden: z.array(z.string()),
        premium: z.boolean(),
        dayCostMax: z.number().nullish(),
      }),
    }),
  ),
});

export type Tenant = z.infer<typeof tenants>["items"][number];

/** Trunks as they are set, as far as prices and limits go. */
export const trunkSettings = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      outside: z.object({
        forbidden: z.array(z.string()),
        prices: z.array(z.object({ prefix: z.string(), perMinute: z.number() })),
        dayCostMax: z.number().nullish(),
      }),
    }),
  ),
});

export type TrunkSettings = z.infer<typeof trunkSettings>["items"][number];

/** What calls outside have cost today, of a tenant or by a trunk. */
export const costs = z.object({
  items: z.array(
    z.object({
      tenant: id.nullish(),
      trunk: z.string().nullish(),
      day: z.string(),
      spent: z.number(),
      max: z.number().nullish(),
    }),
  ),
});

export const numbers = z.object({
  items: z.array(
    z.object({
      number: z.string(),
      tenant: id,
      kind: z.string(),
      flow: id.nullish(),
      fallback: z.object({ longestHoldSeconds: z.number().nullish() }).nullish(),
    }),
  ),
});

export const users = z.object({
  items: z.array(
    z.object({ id, user: z.string(), name: z.string(), role: z.string().toLowerCase(), tenants: z.array(id) }),
  ),
});

export const queues = z.object({
  items: z.array(
    z.object({
      id,
      tenant: id,
      name: z.string(),
      priority: z.number(),
      skills: z.record(z.string(), z.number()),
      skillRule: z.string().nullish(),
      relax: z.array(z.object({ afterSeconds: z.number(), skillRule: z.string().nullish() })),
      strategy: z.string(),
      offerTimeoutSeconds: z.number(),
      wrapUpSeconds: z.number(),
      record: z.boolean(),
      serviceLevel: z.object({ percent: z.number(), seconds: z.number() }).nullish(),
      greeting: z.string().nullish(),
      codes: z.array(code).nullish(),
    }),
  ),
});

export type Queue = z.infer<typeof queues>["items"][number];

export const health = z.object({
  status: z.string(),
  checks: z.record(z.string(), z.object({ status: z.string(), description: z.string().nullish() })),
  services: z.array(z.object({ name: z.string(), status: z.string(), version: z.string().nullish() })),
});

export type Health = z.infer<typeof health>;
