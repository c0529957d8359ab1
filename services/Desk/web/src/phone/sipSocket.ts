/** A double CRLF is answered with one (RFC 5626 section 3.5.1): a page cannot see the pings of the WebSocket itself. */
const PING = "\r\n\r\n";
const PONG = "\r\n";
const PING_EACH_MS = 5_000;
const PONG_WITHIN_MS = 5_000;
/** A dead network is not waited for; a slow house gets more time with the next attempt. */
const CONNECT_WITHIN_MS = [2_500, 5_000] as const;

/**
 * The WebSocket below SIP (RFC 7118), as JsSIP wants one. Its own because JsSIP's does not notice a dead connection, waits for as long as
 * TCP does for one that is being opened, and cannot be told that the network has changed.
 */
export class SipSocket {
  readonly sip_uri: string;
  via_transport: string;
  onconnect: () => void = () => {};
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = () => {};
  ondata: (data: unknown) => void = () => {};
  private socket: WebSocket | null = null;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private hasFailed = false;
  private deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly url: string) {
    const { protocol, host } = new URL(url);
    this.sip_uri = `sip:${host};transport=ws`;
    this.via_transport = protocol === "wss:" ? "WSS" : "WS";
  }

  /** Opens it; one that was opened ahead says at once that it is. */
  connect(): void {
    if (this.isConnected()) queueMicrotask(() => this.isConnected() && this.onconnect());
    if (this.socket) return;
    const socket = new WebSocket(this.url, "sip");
    this.socket = socket;
    this.await(CONNECT_WITHIN_MS[this.hasFailed ? 1 : 0]);
    this.hasFailed = true;
    socket.onopen = () => {
      this.hasFailed = false;
      this.heard();
      this.pingTimer = setInterval(() => this.probe(), PING_EACH_MS);
      this.onconnect();
    };
    socket.onmessage = ({ data }) => {
      this.heard();
      if (data !== PONG) this.ondata(data);
    };
    socket.onclose = ({ wasClean, code, reason }) => {
      if (this.socket !== socket) return;
      this.forget();
      this.ondisconnect(!wasClean, code, reason);
    };
  }

  disconnect(): void {
    const socket = this.socket;
    this.forget();
    socket?.close();
  }

  /** Asks for a sign of life; without one the connection is given up. */
  probe(): void {
    if (!this.isConnected() || this.deadline !== undefined) return;
    this.socket?.send(PING);
    this.await(PONG_WITHIN_MS);
  }

  /** The network has changed under it: given up at once, without waiting for what a dead connection answers. */
  drop(): void {
    if (!this.socket) return;
    this.disconnect();
    this.ondisconnect(true);
  }

  private await(ms: number): void {
    this.deadline = setTimeout(() => this.drop(), ms);
  }

  private heard(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  private forget(): void {
    this.heard();
    clearInterval(this.pingTimer);
    this.socket = null;
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (!this.isConnected()) return false;
    this.socket?.send(message as string);
    return true;
  }

  isConnected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  isConnecting(): boolean {
    return this.socket?.readyState === WebSocket.CONNECTING;
  }
}
