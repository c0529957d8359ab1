/** The network between a browser and the house, which can be cut: what is sent either way comes to nothing, and nobody is told. */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer, connect as open, type Server, type Socket } from "node:net";
import type { BrowserContext } from "playwright-core";
import { url } from "./stage";

export class Network {
  private isCut = false;
  private isSoundCut = false;
  /** Of each so many packets of sound towards the browser one is lost; 0: none. */
  private lostOf = 0;
  private packets = 0;
  private readonly pages: Server;
  private readonly connections = new Set<Socket>();
  private readonly ways = new Map<string, Promise<UdpSocket>>();
  /** Where the pages are, by way of this network. */
  url = "";

  private constructor() {
    const { hostname, port } = new URL(url);
    this.pages = createServer((near) => this.join(near, open(Number(port), hostname)));
  }

  static async open(): Promise<Network> {
    const network = new Network();
    await new Promise<void>((ready) => network.pages.listen(0, "127.0.0.1", ready));
    network.url = `http://127.0.0.1:${portOf(network.pages)}`;
    return network;
  }

  /** The sound of the context's calls goes by way of this network too: what the gateway says of its address becomes this one's. */
  async carrySound(context: BrowserContext): Promise<void> {
    await context.exposeFunction("wayTo", (address: string, port: number) => this.wayTo(address, port));
    await context.addInitScript(() => {
      const house = window as unknown as { wayTo(address: string, port: number): Promise<number> };
      const original = RTCPeerConnection.prototype.setRemoteDescription as (
        this: RTCPeerConnection,
        description: RTCSessionDescriptionInit,
      ) => Promise<void>;
      const carried = async function (this: RTCPeerConnection, description: RTCSessionDescriptionInit) {
        const [line, start, address, port] =
          /^(a=candidate:.* )([\d.]+) (\d+)(?= typ host)/m.exec(description.sdp ?? "") ?? [];
        if (line === undefined) return original.call(this, description);
        const sdp = description.sdp?.replace(
          line,
          `${start}127.0.0.1 ${await house.wayTo(String(address), Number(port))}`,
        );
        return original.call(this, { type: description.type, sdp: sdp ?? "" });
      };
      Object.assign(RTCPeerConnection.prototype, { setRemoteDescription: carried });
    });
  }

  /** The network is gone, or only what is not sound. */
  cut({ sound }: { sound: boolean } = { sound: true }): void {
    this.isCut = true;
    this.isSoundCut = sound;
    for (const connection of this.connections) connection.pause();
  }

  restore(): void {
    this.isCut = false;
    this.isSoundCut = false;
    for (const connection of this.connections) connection.resume();
  }

  /** Of the sound towards the browser that share is lost from now on, evenly. */
  lose(share: number): void {
    this.lostOf = share === 0 ? 0 : Math.round(1 / share);
  }

  async close(): Promise<void> {
    this.pages.close();
    for (const connection of this.connections) connection.destroy();
    for (const way of this.ways.values()) (await way).close();
  }

  private join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.connections.add(from);
      from.on("data", (data) => void to.write(data));
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.connections.delete(from);
        to.destroy();
      });
      if (this.isCut) from.pause();
    }
  }

  /** The port here that leads to an address of the gateway: one browser's at a time, the newest that sends. */
  private async wayTo(address: string, port: number): Promise<number> {
    const key = `${address}:${port}`;
    const way = this.ways.get(key) ?? this.makeWay(address, port);
    this.ways.set(key, way);
    return (await way).address().port;
  }

  private async makeWay(address: string, port: number): Promise<UdpSocket> {
    const [near, far] = await Promise.all([bound(), bound()]);
    let browser: { port: number; address: string } | undefined;
    near.on("message", (data, from) => {
      browser = from;
      if (!this.isSoundCut) far.send(data, port, address);
    });
    far.on("message", (data) => {
      if (this.lostOf > 0 && ++this.packets % this.lostOf === 0) return;
      if (!this.isSoundCut && browser) near.send(data, browser.port, browser.address);
    });
    near.on("close", () => far.close());
    return near;
  }
}

function bound(): Promise<UdpSocket> {
  const socket = createSocket("udp4");
  // A port that nobody listens at any more is answered by ICMP: no harm.
  socket.on("error", () => {});
  return new Promise((ready) => socket.bind(0, "127.0.0.1", () => ready(socket)));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the network is not open");
  return address.port;
}
