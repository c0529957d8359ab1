import { expect, test } from "vitest";
import { labelOf, ladderOf, ladderText, type SipMessage } from "./ladder";

function message(ms: number, sent: boolean, party: string, remote: string, text: string): SipMessage {
  const at = new Date(Date.UTC(2026, 2, 2, 8, 0, 0, ms)).toISOString();
  return { at, sent, party, transport: "Udp", local: "192.0.2.1:5060", remote, text };
}

const call = [
  message(0, false, "Caller", "198.51.100.1:5060", "INVITE sip:1@gw SIP/2.0\r\nCall-ID: a\r\n\r\n"),
  message(1, true, "Caller", "198.51.100.1:5060", "SIP/2.0 100 Trying\r\n\r\n"),
  message(250, true, "Agent", "10.0.0.7:5062", "INVITE sip:1001@10.0.0.7 SIP/2.0\r\n\r\n"),
  message(260, false, "Agent", "10.0.0.7:5062", "SIP/2.0 486\r\n\r\n"),
];

test("a start line is told by its method or its status", () => {
  expect(labelOf("INVITE sip:1@gw SIP/2.0\r\nX: y")).toBe("INVITE");
  expect(labelOf("SIP/2.0 200 OK\r\n")).toBe("200 OK");
  expect(labelOf("SIP/2.0 486")).toBe("486");
  expect(labelOf("")).toBe("");
});

test("callers stand on the left of the gateway, others on its right", () => {
  const { lifelines, arrows } = ladderOf(call);
  expect(lifelines.map((l) => l.name)).toEqual(["Caller", "gateway", "Agent"]);
  expect(arrows.map((a) => [a.from, a.to, a.label, a.afterMs])).toEqual([
    [0, 1, "INVITE", 0],
    [1, 0, "100 Trying", 1],
    [1, 2, "INVITE", 250],
    [2, 1, "486", 260],
  ]);
});

test("no messages make an empty ladder", () => {
  expect(ladderOf([]).arrows).toEqual([]);
});

test("the text has every message with its way", () => {
  const text = ladderText(call);
  expect(text).toContain(
    "2026-03-02T08:00:00.000Z Udp 198.51.100.1:5060 -> 192.0.2.1:5060 (Caller)\nINVITE sip:1@gw SIP/2.0\nCall-ID: a\n",
  );
  expect(text).toContain("Udp 192.0.2.1:5060 -> 10.0.0.7:5062 (Agent)");
});
