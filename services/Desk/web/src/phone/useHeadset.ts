import { useCallback, useEffect, useState } from "react";
import type { Act } from "./headset";
import { HeadsetDevice } from "./headsetDevice";
import { takeMediaKeys } from "./mediaKeys";
import type { Phone, PhoneView } from "./phone";

/** The headset's buttons do what the page's do, and its lamps follow the call. */
export function useHeadset(phone: Phone, { call }: PhoneView, isHere: boolean): HeadsetDevice {
  const act = useCallback((wanted: Act) => carryOut(phone, wanted), [phone]);
  const [headset] = useState(() => new HeadsetDevice(act));
  useEffect(() => (isHere ? headset.open() : undefined), [headset, isHere]);
  useEffect(() => headset.show(call), [headset, call]);
  useEffect(() => (isHere ? takeMediaKeys(call, act) : undefined), [isHere, call, act]);
  return headset;
}

function carryOut(phone: Phone, act: Act): void {
  const { call } = phone.view.read();
  if (act === "answer") phone.answer();
  else if (act === "reject") phone.reject();
  else if (act === "hangUp") phone.hangUp();
  else if (act === "toggleMute") phone.mute(!(call.is === "up" && call.isMuted));
  else phone.mute(act === "mute");
}
