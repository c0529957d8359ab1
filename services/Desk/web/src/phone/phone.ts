import { type Choices, keepChoices, keptChoices } from "./choices";
import { Echo } from "./echo";
import { Meter } from "./meter";
import { type Devices, isAllowed, isForbidden, listDevices, onDevicesChanged, openMicrophone } from "./microphone";
import { onNetworkChanged } from "./network";
import { haveAlone } from "./oneTab";
import { type NoMicrophone, needsLine, type PhoneInput, type PhoneState, phoneOff, phoneState } from "./phoneState";
import type { Quality } from "./quality";
import { watchQuality } from "./qualityWatch";
import type { SipCall } from "./sipCall";
import { SipLine } from "./sipLine";
import { playOn, Ringer } from "./sounds";
import { type LegIs, StandingLeg } from "./standingLeg";
import { Store } from "./store";
import { hear, troubleOf, unheard, type VoiceTrouble, type VoiceWatch } from "./voice";

export type PhoneView = PhoneState & {
  trouble: VoiceTrouble | null;
  quality: Quality | null;
  /** The leg that stands for the shift. */
  leg: LegIs;
  /** The browser lets no sound out before a click. */
  isBlocked: boolean;
  devices: Devices;
  choices: Choices;
};

/**
 * The phone of this page: carries out what `phoneState.ts` decides. Wanted, it opens the microphone, then the line; a
 * call rings on the ringer, is heard on the speaker, and lives on whatever happens to microphone and line.
 */
export class Phone {
  readonly view: Store<PhoneView>;
  /** The microphone's level, a share of full scale, several times a second. */
  readonly level = new Store(0);
  private readonly line = new SipLine({
    registering: () => this.tell({ on: "registering" }),
    registered: () => this.tell({ on: "registered" }),
    lost: () => this.tell({ on: "lineLost" }),
    superseded: () => this.superseded(),
    invited: (call) => this.invited(call),
  });
  private readonly leg = new StandingLeg({
    microphone: () => this.track,
    call: (microphone) => this.line.callGateway("standing-leg", microphone),
    is: (leg) => this.show({ leg }),
    joined: (call, sound) => this.joined(call, sound),
    path: (path) => this.tell({ on: "path", path }),
    left: () => this.callEnded(),
  });
  private readonly ringer = new Ringer();
  private readonly speaker = new Audio();
  private readonly meter = new Meter((level) => this.heard(level));
  private voice: VoiceWatch = unheard;
  private stopWatching: (() => void) | null = null;
  private track: MediaStreamTrack | null = null;
  private group: string | undefined;
  private opening = 0;
  private call: SipCall | null = null;
  private isWanted = false;
  private stops: (() => void)[] = [];

  constructor(private readonly user: string) {
    const devices = { microphones: [], outputs: [] };
    const choices = keptChoices(user);
    this.view = new Store<PhoneView>({
      ...phoneOff,
      trouble: null,
      quality: null,
      leg: "off",
      isBlocked: false,
      devices,
      choices,
    });
  }

  /** The phone is wanted while somebody works at this page with it. */
  want(isWanted: boolean): void {
    if (isWanted === this.isWanted) return;
    this.isWanted = isWanted;
    if (isWanted) {
      this.tell({ on: "otherTab" });
      this.stops = [
        haveAlone(this.user, () => void this.begin()),
        onDevicesChanged(() => void this.devicesChanged()),
        onNetworkChanged(() => this.line.networkChanged()),
      ];
    } else {
      for (const stop of this.stops) stop();
      this.leg.want(false);
      this.call?.hangUp();
      this.line.forget();
      this.tell({ on: "notWanted" });
      this.closeMicrophone();
      this.meter.close();
    }
  }

  /** The leg stands while it is wanted and there is a line; without one it is called again and again. */
  stand(isWanted: boolean): void {
    this.leg.want(isWanted);
  }

  /** The page goes. */
  close(): void {
    this.want(false);
    this.ringer.close();
  }

  /** Takes the telephone over from where it was signed in last. */
  takeOver(): void {
    this.tell({ on: "registering" });
    void this.openMicrophone();
  }

  choose(changes: Partial<Choices>): void {
    const choices = { ...this.view.read().choices, ...changes };
    keepChoices(this.user, choices);
    this.show({ choices });
    const { microphone } = this.view.read();
    if (microphone.is !== "off" && ("microphone" in changes || "processing" in changes)) void this.openMicrophone();
    if ("speaker" in changes && this.speaker.srcObject) this.play();
  }

  async openMicrophone(): Promise<void> {
    const turn = ++this.opening;
    const { microphone, processing } = this.view.read().choices;
    this.tell({ on: "wanted" });
    const opened = await openMicrophone({ device: microphone, processing });
    if (turn !== this.opening || !this.isWanted) {
      if ("track" in opened) opened.track.stop();
      return;
    }
    if ("why" in opened) this.tell({ on: "microphoneGone", why: opened.why });
    else this.use(opened.track);
    this.show({ devices: await listDevices() });
  }

  answer(): void {
    this.ringer.stop();
    this.tell({ on: "answer" });
  }

  /** The pop has been seen: the answer goes out. */
  connect(): void {
    if (this.view.read().call.is !== "answering") return;
    // A call without a microphone is never connected: the agent would be a silent one.
    if (this.track) this.call?.answer(this.track);
    else this.call?.refuse();
  }

  reject(): void {
    this.call?.reject();
  }

  hangUp(): void {
    this.call?.hangUp();
  }

  mute(isMuted: boolean): void {
    if (this.view.read().call.is !== "up") return;
    this.call?.mute(isMuted);
    this.voice = unheard;
    this.tell({ on: "muted", isMuted });
  }

  press(digit: string): void {
    if (this.view.read().call.is === "up") this.call?.press(digit);
  }

  /** After a click of the agent the browser lets sound out. */
  play(): void {
    playOn(this.speaker, this.view.read().choices.speaker)
      .then(() => this.show({ isBlocked: false }))
      .catch(() => this.show({ isBlocked: true }));
  }

  /** Calls the gateway's echo, for the check before the shift; null while there is no line or no microphone. */
  callEcho(over: () => void): Echo | null {
    const call = this.track && this.line.callGateway("echo", this.track);
    return call && new Echo(call, over);
  }

  /** Rings for a moment, so that the ringer can be heard. */
  tryRinger(): () => void {
    this.ring();
    return () => this.ringer.stop();
  }

  networkChanged(): void {
    this.line.networkChanged();
  }

  private async begin(): Promise<void> {
    if (!this.isWanted) return;
    // What opens surely is not waited for: a caller may wait for who was cut off.
    const isPrepared = isAllowed().then((isSure) => isSure && this.isWanted && this.line.prepare());
    await Promise.all([this.openMicrophone(), isPrepared]);
  }

  private use(track: MediaStreamTrack): void {
    this.closeMicrophone();
    this.track = track;
    this.group = track.getSettings().groupId;
    track.onended = () => void this.microphoneEnded(track);
    this.meter.listen(track);
    this.voice = unheard;
    if (!this.leg.has(this.call)) void this.call?.replace(track);
    void this.leg.replace(track);
    this.tell({ on: "microphoneOpened", label: track.label });
  }

  /** Another window has the telephone: this one listens to nobody any more. */
  private superseded(): void {
    this.opening++;
    this.closeMicrophone();
    this.meter.close();
    this.tell({ on: "superseded" });
  }

  private closeMicrophone(): void {
    this.meter.stop();
    this.track?.stop();
    this.track = null;
    this.level.set(0);
  }

  private async microphoneEnded(track: MediaStreamTrack): Promise<void> {
    if (track !== this.track) return;
    this.closeMicrophone();
    this.tell({ on: "microphoneGone", why: "unplugged" });
    // A call never stays without a voice when any other microphone is there.
    if (this.call) await this.openMicrophone();
    else if (await isForbidden()) this.tell({ on: "microphoneGone", why: "denied" });
  }

  /** The microphone that was open is back, or another was allowed or plugged in after none was there; or the open one is gone. */
  private async devicesChanged(): Promise<void> {
    const devices = await listDevices();
    if (!this.isWanted) return;
    this.show({ devices });
    const { microphone } = this.view.read();
    const isThere = devices.microphones.some(({ groupId }) => groupId === this.group);
    if (this.track && this.group !== undefined && !isThere) await this.microphoneEnded(this.track);
    else if (microphone.is === "gone" && mayReopen(microphone.why, isThere) && !(await isForbidden()))
      await this.openMicrophone();
  }

  private invited(call: SipCall): void {
    this.call = call;
    call.listen({
      accepted: () => {
        this.ringer.stop();
        this.tell({ on: "accepted" });
        this.stopWatching = watchQuality(call, (quality) => this.show({ quality }));
      },
      heard: (stream) => {
        this.speaker.srcObject = stream;
        this.play();
      },
      path: (path) => this.tell({ on: "path", path }),
      ended: () => this.callEnded(),
    });
    this.tell({ on: "invited", at: performance.now() });
    if (call.isResumed) {
      // The agent knows this caller: nothing rings, nothing is to be read first.
      this.answer();
      this.connect();
      return;
    }
    this.ring();
    if (this.view.read().choices.answersByItself) this.tell({ on: "answer" });
  }

  private joined(call: SipCall, sound: MediaStream | null): void {
    // A call that rang meanwhile has the agent.
    if (this.call) return;
    this.call = call;
    this.speaker.srcObject = sound;
    this.play();
    this.stopWatching = watchQuality(call, (quality) => this.show({ quality }));
    this.tell({ on: "joined" });
  }

  private ring(): void {
    this.ringer.ring(this.view.read().choices.ringer).catch(() => this.show({ isBlocked: true }));
  }

  private callEnded(): void {
    this.call = null;
    this.ringer.stop();
    this.speaker.pause();
    this.speaker.srcObject = null;
    this.stopWatching?.();
    if (this.track) this.track.enabled = true;
    this.show({ quality: null, trouble: null, isBlocked: false });
    this.tell({ on: "callEnded" });
  }

  private heard(level: number): void {
    const now = performance.now();
    this.level.set(level);
    const { call } = this.view.read();
    this.voice = hear(this.voice, level, now);
    this.show({ trouble: call.is === "up" ? troubleOf(this.voice, call.isMuted, now) : null });
  }

  private tell(input: PhoneInput): void {
    const before = this.view.read();
    const after = phoneState(before, input);
    if (after !== before) this.show(after);
    if (needsLine(after) && after.line.is !== "elsewhere") this.line.open();
    else this.line.close();
  }

  private show(changes: Partial<PhoneView>): void {
    const before = this.view.read();
    const isNew = Object.entries(changes).some(([key, value]) => before[key as keyof PhoneView] !== value);
    if (isNew) this.view.set({ ...before, ...changes });
  }
}

/** Only the microphone that the agent checked comes back by itself after it was pulled out. */
function mayReopen(why: NoMicrophone, isThere: boolean): boolean {
  return why === "unplugged" ? isThere : why !== "insecure";
}
