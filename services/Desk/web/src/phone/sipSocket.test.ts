import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SipSocket } from "./sipSocket";

class FakeSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static opened: FakeSocket[] = [];
  readyState = FakeSocket.CONNECTING;
  onopen = () => {};
  constructor() {
    FakeSocket.opened.push(this);
  }
  send() {}
  close() {}
  opens() {
    this.readyState = FakeSocket.OPEN;
    this.onopen();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.opened = [];
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("opened ahead, it is there at once for who connects later", async () => {
  const socket = new SipSocket("ws://127.0.0.1/sip");
  socket.connect();
  FakeSocket.opened[0]?.opens();
  const connected = vi.fn();
  socket.onconnect = connected;
  socket.connect();
  await Promise.resolve();
  expect(connected).toHaveBeenCalledOnce();
  expect(FakeSocket.opened).toHaveLength(1);
  socket.disconnect();
});

test("still being opened ahead, it tells once", async () => {
  const socket = new SipSocket("ws://127.0.0.1/sip");
  socket.connect();
  const connected = vi.fn();
  socket.onconnect = connected;
  socket.connect();
  FakeSocket.opened[0]?.opens();
  await Promise.resolve();
  expect(connected).toHaveBeenCalledOnce();
  expect(FakeSocket.opened).toHaveLength(1);
  socket.disconnect();
});
