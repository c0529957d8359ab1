import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { token } from "../session/token";
import { clock } from "./clock";

/**
 * The one connection to the hub. It comes back by itself for as long as the page is open; who listens for `back` reads
 * the present state again, because messages told meanwhile are lost.
 */
const SERVER_SILENT_MS = 10_000;
/** A dead network is not waited for; a slow house gets more time with the next attempt. */
const CONNECT_WITHIN_MS = [2_500, 5_000] as const;
const RETRY_MS = [0, 250, 500, 1_000];

export type LinkState = {
  status: "connecting" | "live" | "lost";
  /** Server time until which what is shown is known to be true; null while live. */
  trueUntil: number | null;
};

type Handler = (message: unknown) => void;

export class Link {
  private readonly listeners = new Set<() => void>();
  private state: LinkState = { status: "connecting", trueUntil: null };
  private lastHeard = 0;
  private stopped = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private socket: WebSocket | null = null;
  /** A new one for each attempt: one that hangs cannot be begun anew before it has ended. */
  private connection: HubConnection | null = null;

  constructor(
    private readonly handlers: Record<string, Handler>,
    private readonly isLost: () => void,
    private readonly back: (wasLost: boolean) => void,
  ) {}

  start(): void {
    void this.connect(0);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retry);
    void this.connection?.stop();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly read = (): LinkState => this.state;

  private async connect(attempt: number): Promise<void> {
    if (this.stopped) return;
    const connection = this.build();
    this.connection = connection;
    try {
      await inTime(connection.start(), CONNECT_WITHIN_MS[attempt === 0 ? 0 : 1]);
    } catch {
      this.giveUp(connection);
      this.set({ status: "lost", trueUntil: this.state.trueUntil ?? clock.now() });
      const wait = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0;
      this.retry = setTimeout(() => void this.connect(attempt + 1), wait);
      return;
    }
    if (this.stopped) return;
    this.lastHeard = clock.now();
    const wasLost = this.state.status === "lost";
    this.set({ status: "live", trueUntil: null });
    this.back(wasLost);
  }

  private build(): HubConnection {
    const connection = new HubConnectionBuilder()
      .withUrl("/hub", {
        accessTokenFactory: () => token.get() ?? "",
        transport: HttpTransportType.WebSockets,
        skipNegotiation: true,
        // An option of SignalR's that its types leave out.
        ...({ WebSocket: this.keptSocket() } as object),
      })
      .configureLogging(LogLevel.None)
      .build();
    connection.serverTimeoutInMilliseconds = SERVER_SILENT_MS;
    connection.keepAliveIntervalInMilliseconds = SERVER_SILENT_MS / 3;
    for (const [type, handle] of Object.entries(this.handlers)) {
      connection.on(type, (message: unknown) => {
        if (connection !== this.connection) return;
        this.lastHeard = clock.now();
        handle(message);
      });
    }
    connection.onclose(() => {
      // One that never was up is told by its start.
      if (connection === this.connection && this.state.status === "live") this.lost();
    });
    return connection;
  }

  /** SignalR waits for a socket that is being opened, however long that takes: such a one is closed here. */
  private giveUp(connection: HubConnection): void {
    if (this.socket?.readyState === WebSocket.CONNECTING) this.socket.close();
    void connection.stop();
  }

  /** Sockets of which the newest is known. */
  private keptSocket(): typeof WebSocket {
    const opened = (socket: WebSocket) => {
      this.socket = socket;
    };
    return class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        opened(this);
      }
    };
  }

  private lost(): void {
    if (this.stopped) return;
    // The server tells its time every few seconds: what was shown is known to be true until the last word.
    this.set({ status: "lost", trueUntil: this.lastHeard });
    this.isLost();
    void this.connect(0);
  }

  private set(state: LinkState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

/** Fails when it takes longer. */
async function inTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not connected within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
