/** The headset by WebHID: asked for once, opened again by itself whenever it is plugged in; the call goes on without it. */
import {
  type Act,
  actOf,
  type Collection,
  type Layout,
  lampsFor,
  layoutOf,
  type Pressed,
  pressedAfter,
  released,
  TELEPHONY_PAGE,
} from "./headset";
import type { PhoneCall } from "./phoneState";
import { Store } from "./store";

type Device = EventTarget & {
  readonly productName: string;
  readonly opened: boolean;
  readonly collections: readonly Collection[];
  open(): Promise<void>;
  close(): Promise<void>;
  sendReport(report: number, data: Uint8Array<ArrayBuffer>): Promise<void>;
};
type InputReport = Event & { readonly reportId: number; readonly data: DataView };
type Hid = EventTarget & {
  getDevices(): Promise<Device[]>;
  requestDevice(options: { filters: { usagePage: number }[] }): Promise<Device[]>;
};

export type HeadsetView =
  /** This browser has no WebHID: media keys are all there is. */
  { is: "impossible" } | { is: "none" } | { is: "connected"; name: string } | { is: "failed" };

const hidOf = () => (navigator as unknown as { hid?: Hid }).hid;

export class HeadsetDevice {
  readonly view = new Store<HeadsetView>(hidOf() ? { is: "none" } : { is: "impossible" });
  private device: Device | null = null;
  private layout: Layout = layoutOf([]);
  private pressed: Pressed = released;
  private call: PhoneCall = { is: "none" };

  constructor(private readonly act: (act: Act) => void) {}

  /** Uses what was allowed earlier, now and whenever it is plugged in. */
  open(): () => void {
    const hid = hidOf();
    if (!hid) return () => {};
    const find = () => void hid.getDevices().then((devices) => this.use(devices.find(isHeadset) ?? null));
    const gone = (event: Event) => {
      if ((event as unknown as { device: Device }).device === this.device) void this.use(null);
    };
    hid.addEventListener("connect", find);
    hid.addEventListener("disconnect", gone);
    find();
    return () => {
      hid.removeEventListener("connect", find);
      hid.removeEventListener("disconnect", gone);
      void this.use(null);
    };
  }

  /** With a click: the browser asks which device; what is chosen is allowed from then on. */
  async ask(): Promise<void> {
    const chosen = await hidOf()?.requestDevice({ filters: [{ usagePage: TELEPHONY_PAGE }] });
    if (chosen?.[0]) await this.use(chosen[0]);
  }

  /** The lamps follow the call. */
  show(call: PhoneCall): void {
    this.call = call;
    if (!this.device?.opened) return;
    for (const { report, data } of lampsFor(this.layout, call)) {
      // A headset that was pulled out in this moment has no lamps to light.
      this.device.sendReport(report, data).catch(() => this.view.set({ is: "failed" }));
    }
  }

  private async use(device: Device | null): Promise<void> {
    if (device === this.device) return;
    const before = this.device;
    this.device = device;
    before?.removeEventListener("inputreport", this.heard);
    if (before?.opened) await before.close();
    if (!device) {
      this.view.set({ is: "none" });
      return;
    }
    try {
      if (!device.opened) await device.open();
    } catch {
      this.device = null;
      this.view.set({ is: "failed" });
      return;
    }
    this.layout = layoutOf(device.collections);
    this.pressed = released;
    device.addEventListener("inputreport", this.heard);
    this.view.set({ is: "connected", name: device.productName });
    this.show(this.call);
  }

  private readonly heard = (event: Event): void => {
    const { reportId, data } = event as InputReport;
    const after = pressedAfter(this.layout, this.pressed, reportId, data);
    const act = actOf(this.layout, this.pressed, after, this.call);
    this.pressed = after;
    if (act) this.act(act);
  };
}

function isHeadset({ collections }: Device): boolean {
  return collections.some(({ usagePage }) => usagePage === TELEPHONY_PAGE);
}
