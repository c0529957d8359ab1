import { query } from "../api/request";

/** What the list is narrowed to; empty texts narrow nothing. Times are the wall clock of the browser's zone. */
export type Filter = {
  tenant: string;
  from: string;
  to: string;
  queue: string;
  agent: string;
  termination: string;
  caller: string;
  minSeconds: string;
};

/** The wall clock as a field of type datetime-local takes it. */
export function wallClock(time: Date): string {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export function lastDay(now: number): Filter {
  return {
    tenant: "",
    from: wallClock(new Date(now - 24 * 3_600_000)),
    to: "",
    queue: "",
    agent: "",
    termination: "",
    caller: "",
    minSeconds: "",
  };
}

function instant(text: string): string | null {
  const time = new Date(text);
  return text === "" || Number.isNaN(time.getTime()) ? null : time.toISOString();
}

export function contactsPath(
  filter: Filter,
  more: { cursor?: string | null; limit?: number; format?: string },
): string {
  const { tenant, queue, agent, termination, minSeconds } = filter;
  return query("/api/contacts", {
    tenant,
    queue,
    agent,
    termination,
    minSeconds,
    caller: filter.caller.trim(),
    from: instant(filter.from),
    to: instant(filter.to),
    ...more,
  });
}
