/** What arrives from the server, checked where it arrives. Times are ISO 8601 in UTC, durations milliseconds. */
import { z } from "zod";

const id = z.string().min(1);
const time = z.string().min(1);

export const agentStatuses = ["LoggedOut", "Available", "Break", "Training", "Meeting", "BackOffice"] as const;
export const agentStates = [
  "Idle",
  "Reserved",
  "Ringing",
  "Talking",
  "Hold",
  "Consulting",
  "WrapUp",
  "Unreachable",
] as const;
export const roles = ["agent", "supervisor", "client", "administrator"] as const;

/** An item of GET /api/agents: what was chosen (status) and what the system sees (state). */
export const agent = z.object({
  id,
  user: z.string(),
  name: z.string(),
  team: z.string().nullish(),
  status: z.enum(agentStatuses),
  reason: z.string().nullish(),
  statusSince: time,
  state: z.enum(agentStates),
  stateSince: time,
  contact: id.nullish(),
  deadline: time.nullish(),
  nextStatus: z.enum(agentStatuses).nullish(),
  /** The leg stays up for the shift: callers are joined to it, nothing rings. */
  standingLeg: z.boolean().nullish(),
  /** Supervisors in the agent's conversation. */
  watching: z.array(z.object({ supervisor: id, mode: z.enum(["listen", "whisper", "barge"]) })).nullish(),
});

export const code = z.object({ code: z.string().min(1), label: z.string() });

export const cardFields = ["Number", "Expiry", "SecurityCode"] as const;
export const cardEnds = ["accepted", "declined", "failed", "mistyped", "cancelled", "timedOut"] as const;

/** A card that the caller types: how far, never what. */
const card = z.object({
  state: z.enum(["typing", "sent", ...cardEnds]),
  field: z.enum(cardFields),
  count: z.number(),
  reference: z.string().nullish(),
});

/** The pop: all that an agent needs to know of the contact in hand. */
export const pop = z.object({
  contact: id,
  tenant: z.object({ id, name: z.string(), colour: z.string().nullish() }),
  greeting: z.string().nullish(),
  /** So long it is shown before this browser answers. */
  popSeconds: z.number().nullish(),
  queue: z.object({ id, name: z.string() }).nullish(),
  caller: z.string().nullish(),
  /** The customer is called back: accepting dials the number. */
  callback: z.object({ firstAt: z.string(), try: z.number(), tries: z.number() }).nullish(),
  called: z.string().nullish(),
  language: z.string().nullish(),
  offeredAt: time.nullish(),
  deadline: time.nullish(),
  state: z.enum(["offered", "talking", "held", "consulting", "wrapUp", "over"]),
  stateSince: time,
  wrapUpDeadline: time.nullish(),
  outcome: z.string().nullish(),
  customer: z.object({ id, name: z.string().nullish(), isNew: z.boolean().nullish() }).nullish(),
  codes: z.array(code).nullish(),
  askedBy: z.string().nullish(),
  second: z.object({ name: z.string(), state: z.enum(["ringing", "consulting", "waiting", "conference"]) }).nullish(),
  /** Who did not come when asked, or left. */
  lost: z.object({ name: z.string(), why: z.string() }).nullish(),
  /** Asked in by another agent, and with the caller now. */
  isInConference: z.boolean().nullish(),
  /** Asked, and left waiting while the one who asked is with the caller. */
  isWaiting: z.boolean().nullish(),
  isTakenOver: z.boolean().nullish(),
  isRecordingPaused: z.boolean().nullish(),
  canCollectCard: z.boolean().nullish(),
  card: card.nullish(),
});

export const queueRow = z.object({
  id,
  tenant: id,
  name: z.string(),
  waiting: z.number(),
  longestWaitSince: time.nullish(),
  serviceLevel: z.object({ percent: z.number(), seconds: z.number() }),
  agents: z.object({ idle: z.number(), busy: z.number(), away: z.number() }),
  today: z
    .object({
      offered: z.number().nullish(),
      answered: z.number().nullish(),
      abandoned: z.number().nullish(),
      serviceLevel: z.number().nullish(),
    })
    .nullish(),
});

export const brandedTenant = z.object({ id, name: z.string(), colour: z.string().nullish() });

export const me = z.object({
  user: id,
  name: z.string(),
  role: z.string().toLowerCase().pipe(z.enum(roles)),
  tenants: z.array(brandedTenant),
  agent: agent.nullish(),
  contact: pop.nullish(),
  at: time,
});

export const wallboard = z.object({ queues: z.array(queueRow), agents: z.array(agent).nullish(), at: time });

export const signedIn = z.object({ token: z.string().min(1), expiresAt: time });

export const problem = z.object({
  status: z.number().nullish(),
  title: z.string().nullish(),
  detail: z.string().nullish(),
  errors: z.array(z.string()).nullish(),
  reason: z.string().nullish(),
});

export type Agent = z.infer<typeof agent>;
export type AgentStatus = Agent["status"];
export type Code = z.infer<typeof code>;
export type Pop = z.infer<typeof pop>;
export type QueueRow = z.infer<typeof queueRow>;
export type Me = z.infer<typeof me>;
export type Role = Me["role"];
export type Wallboard = z.infer<typeof wallboard>;
