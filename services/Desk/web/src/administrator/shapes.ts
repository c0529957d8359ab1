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
    z.object({
      id,
      user: z.string(),
      name: z.string(),
      role: z.string().toLowerCase(),
      tenants: z.array(id),
      /** To which a supervisor is limited. */
      teams: z.array(z.string()),
    }),
  ),
});

const target = { queue: id.nullish() };

/** What is set for a queue; a version of before has it too. */
const queueSettings = z.object({
  tenant: id,
  name: z.string(),
  priority: z.number(),
  skills: z.record(z.string(), z.number()),
  skillRule: z.string().nullish(),
  relax: z.array(z.object({ afterSeconds: z.number(), skillRule: z.string().nullish() })),
  strategy: z.string(),
  offerTimeoutSeconds: z.number(),
  wrapUpSeconds: z.number(),
  shortAbandonSeconds: z.number(),
  popSeconds: z.number(),
  record: z.boolean(),
  missedPenalty: z.number().nullish(),
  waitLimitSeconds: z.number().nullish(),
  serviceLevel: z.object({ percent: z.number(), seconds: z.number() }).nullish(),
  greeting: z.string().nullish(),
  codes: z.array(code).nullish(),
  maxWait: z.object({ seconds: z.number(), ...target }).nullish(),
  maxLength: z.object({ contacts: z.number(), ...target }).nullish(),
  noAgent: z.object(target).nullish(),
  overflow: z.array(
    z.object({
      agentsOf: id,
      measure: z.enum(["Waiting", "LongestWait", "EstimatedWait", "ServiceLevel"]),
      on: z.number(),
      off: z.number(),
      priority: z.number(),
    }),
  ),
  callback: z
    .object({
      tries: z.number(),
      pauseSeconds: z.number(),
      ringSeconds: z.number(),
      withinSeconds: z.number(),
      pendingMax: z.number(),
      from: z.string(),
      to: z.string(),
    })
    .nullish(),
  returning: z.object({ seconds: z.number(), place: z.enum(["Head", "Normal"]) }).nullish(),
});

/** How good the waits were that the queue's callers were told lately; the numbers are absent before the first was. */
const announcedWaits = z.object({
  callers: z.number(),
  heldPercent: z.number().nullish(),
  medianErrorMs: z.number().nullish(),
});

export const queue = queueSettings.extend({ id, version: z.number(), announcedWaits });

export const queues = z.object({ items: z.array(queue) });

export type Queue = z.infer<typeof queue>;

/** The answer to a change: what of it will keep contacts from agents. */
export const saved = z.object({ warnings: z.array(z.string()).nullish() });

function history<T extends z.ZodType>(settings: T) {
  const by = z.object({ id, name: z.string() });
  return z.object({ items: z.array(z.object({ version: z.number(), at: z.string(), by, settings })) });
}

export const queueHistory = history(queueSettings);

const agentSettings = z.object({
  user: z.string(),
  name: z.string(),
  skills: z.record(z.string(), z.number()).nullish(),
  queues: z
    .array(
      z.object({
        queue: id,
        priority: z.number(),
        delaySeconds: z.number(),
        tier: z.number(),
        position: z.number(),
        weight: z.number(),
      }),
    )
    .nullish(),
  wagePerHour: z.number(),
  team: z.string().nullish(),
});

/** The agents that Routing knows: their teams. */
export const agentTeams = z.object({ items: z.array(z.object({ id, team: z.string().nullish() })) });

export const agentNow = agentSettings.extend({ id, version: z.number() });

export type AgentNow = z.infer<typeof agentNow>;
export type AgentSettings = z.infer<typeof agentSettings>;

export const agentHistory = history(agentSettings);

/** Users who can be agents. */
export const agentUsers = z.object({
  items: z
    .array(z.object({ id, user: z.string(), name: z.string(), role: z.string().toLowerCase(), tenants: z.array(id) }))
    .transform((all) => all.filter((user) => user.role === "agent")),
});

export type AgentUser = z.infer<typeof agentUsers>["items"][number];

export const health = z.object({
  status: z.string(),
  checks: z.record(z.string(), z.object({ status: z.string(), description: z.string().nullish() })),
  services: z.array(z.object({ name: z.string(), status: z.string(), version: z.string().nullish() })),
});

export type Health = z.infer<typeof health>;
