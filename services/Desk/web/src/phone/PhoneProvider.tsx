import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Agent, Pop } from "../api/shapes";
import { useLink } from "../live/LiveProvider";
import { untilAnswer } from "./answerGate";
import type { HeadsetDevice } from "./headsetDevice";
import { phoneOnHere } from "./onHere";
import type { Phone, PhoneView } from "./phone";
import { closePhone, phoneOf } from "./thePhone";
import { useHeadset } from "./useHeadset";

type PhoneOfPage = {
  phone: Phone;
  view: PhoneView;
  /** True while calls come to this browser, not to a SIP phone. */
  isHere: boolean;
  headset: HeadsetDevice;
  /** The check that is open: before a shift, or just to try. */
  check: Check | null;
  setCheck(check: Check | null): void;
  /** Whose calls they are; null: a supervisor's, for whom no leg stands. */
  agent: Agent | null;
};

export type Check = "shift" | "trial";

const PhoneContext = createContext<PhoneOfPage | null>(null);

/** The user's phone in this page, for as long as the page is open; on while the user is at work or checks the sound. */
export function PhoneProvider({
  user,
  isAtWork,
  pop,
  agent = null,
  children,
}: {
  user: string;
  isAtWork: boolean;
  pop: Pop | null;
  agent?: Agent | null;
  children: ReactNode;
}) {
  const [phone] = useState(() => phoneOf(user));
  const view = useSyncExternalStore(phone.view.subscribe, phone.view.read);
  const [check, setCheck] = useState<Check | null>(null);
  const isHere = view.choices.where === "browser";
  const isWorking = isAtWork || check !== null;

  useEffect(() => phone.want(isHere && isWorking), [phone, isHere, isWorking]);
  const stands = isHere && isAtWork && agent?.standingLeg === true;
  useEffect(() => phone.stand(stands), [phone, stands]);
  useEffect(() => phoneOnHere.keep(isHere && isAtWork ? user : null), [isHere, isAtWork, user]);
  useEffect(
    () => () => {
      closePhone(phone);
      phoneOnHere.keep(null);
    },
    [phone],
  );
  useNetworkNews(phone);
  useAnswer(phone, view, pop);

  const headset = useHeadset(phone, view, isHere);
  return <PhoneContext value={{ phone, view, isHere, headset, check, setCheck, agent }}>{children}</PhoneContext>;
}

export function usePhone(): PhoneOfPage {
  const phone = useContext(PhoneContext);
  if (!phone) throw new Error("usePhone outside PhoneProvider");
  return phone;
}

/** Whether calls come to this browser; false also where there is no phone. */
export function usePhoneIsHere(): boolean {
  return useContext(PhoneContext)?.isHere ?? false;
}

/** The hub's link asks for a sign of life every few seconds; when it was lost and is back, the line may be dead too. */
function useNetworkNews(phone: Phone): void {
  const { status } = useLink();
  const wasLost = useRef(false);
  useEffect(() => {
    if (status === "live" && wasLost.current) phone.networkChanged();
    wasLost.current = status === "lost";
  }, [phone, status]);
}

/** An answer goes out when the pop has been in sight for as long as its queue wants. */
function useAnswer(phone: Phone, { call }: PhoneView, pop: Pop | null): void {
  const contact = pop?.state === "offered" ? pop.contact : null;
  const seconds = pop?.popSeconds;
  const seenMs = typeof seconds === "number" ? seconds * 1_000 : undefined;
  const shownAt = useRef<number | null>(null);
  useEffect(() => {
    shownAt.current = contact === null ? null : performance.now();
  }, [contact]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a pop that comes shortens the wait.
  useEffect(() => {
    if (call.is !== "answering") return;
    const shown = shownAt.current === null ? null : { at: shownAt.current, seenMs };
    const timer = setTimeout(() => phone.connect(), untilAnswer(performance.now(), call.since, shown));
    return () => clearTimeout(timer);
  }, [phone, call, contact, seenMs]);
}
