import { z } from "zod";

export const sipMessage = z.object({
  at: z.string(),
  sent: z.boolean(),
  party: z.string(),
  transport: z.string(),
  local: z.string(),
  remote: z.string(),
  text: z.string(),
});

export const sipLadder = z.object({ messages: z.array(sipMessage), dropped: z.number() });
export type SipMessage = z.infer<typeof sipMessage>;

export type Lifeline = { key: string; name: string; address: string };

export type Arrow = { from: number; to: number; label: string; afterMs: number; message: SipMessage };

export const GATEWAY = "gateway";

/** "INVITE" or "200 OK": the start line without URI and version. */
export function labelOf(text: string): string {
  const line = text.split(/\r?\n/, 1)[0] ?? "";
  const status = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(line);
  return status ? `${status[1]} ${status[2]}`.trim() : (line.split(" ", 1)[0] ?? "");
}

/** Callers on the left of the gateway, all others on its right, each peer in the order it is first seen. */
export function ladderOf(messages: readonly SipMessage[]): { lifelines: Lifeline[]; arrows: Arrow[] } {
  const peers = new Map<string, Lifeline>();
  for (const { party, remote } of messages) {
    const key = `${party} ${remote}`;
    if (!peers.has(key)) peers.set(key, { key, name: party, address: remote });
  }
  const all = [...peers.values()];
  const gateway = { key: GATEWAY, name: GATEWAY, address: messages[0]?.local ?? "" };
  const lifelines = [...all.filter((p) => p.name === "Caller"), gateway, ...all.filter((p) => p.name !== "Caller")];
  const place = new Map(lifelines.map((line, index) => [line.key, index]));
  const own = place.get(GATEWAY) ?? 0;
  const start = Date.parse(messages[0]?.at ?? "");
  const arrows = messages.map((message) => {
    const peer = place.get(`${message.party} ${message.remote}`) ?? 0;
    const [from, to] = message.sent ? [own, peer] : [peer, own];
    return { from, to, label: labelOf(message.text), afterMs: Date.parse(message.at) - start, message };
  });
  return { lifelines, arrows };
}

/** The whole ladder as text, to be kept or sent on. */
export function ladderText(messages: readonly SipMessage[]): string {
  return messages
    .map((m) => {
      const way = m.sent ? `${m.local} -> ${m.remote}` : `${m.remote} -> ${m.local}`;
      return `${m.at} ${m.transport} ${way} (${m.party})\n${m.text.replaceAll("\r\n", "\n").trimEnd()}\n`;
    })
    .join("\n");
}
