/** The WebSocket below SIP (RFC 7118), as JsSIP wants one; its own because JsSIP's cannot be told that the network is gone. */
export class SipSocket {
  readonly sip_uri: string;
  via_transport: string;
  onconnect: () => void = () => {};
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = () => {};
  ondata: (data: unknown) => void = () => {};
  private socket: WebSocket | null = null;

  constructor(readonly url: string) {
    const { protocol, host } = new URL(url);
    this.sip_uri = `sip:${host};transport=ws`;
    this.via_transport = protocol === "wss:" ? "WSS" : "WS";
  }

  connect(): void {
    if (this.socket) return;
    const socket = new WebSocket(this.url, "sip");
    this.socket = socket;
    socket.onopen = () => this.onconnect();
    socket.onmessage = ({ data }) => this.ondata(data);
    socket.onclose = ({ wasClean, code, reason }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.ondisconnect(!wasClean, code, reason);
    };
  }

  disconnect(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** The network has changed under it: given up at once, without waiting for what a dead connection answers. */
  drop(): void {
    if (!this.socket) return;
    this.disconnect();
    this.ondisconnect(true);
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
