import { z } from "zod";
import { change, RequestFailed } from "../api/request";
import { clock } from "../live/clock";

const signedIn = z.object({
  uri: z.string().startsWith("sip:"),
  token: z.string().min(1),
  expiresAt: z.string().min(1),
  epoch: z.number(),
});
export type SipSignIn = z.infer<typeof signedIn>;

/** Renewed so long before its end. */
const RESERVE_MS = 60_000;
const SOON_MS = 5_000;

/** A new sign-in of the telephone without an epoch, which ends the earlier one; with it the same one goes on. */
export function signInPhone(epoch: number | null): Promise<SipSignIn> {
  return change("POST", "/api/sign-in/sip", epoch === null ? {} : { epoch }, signedIn);
}

/** True when another sign-in has the telephone. */
export function isTakenOver(error: unknown): boolean {
  return error instanceof RequestFailed && error.status === 409;
}

/** Milliseconds until the token is to be renewed, by the server's clock. */
export function untilRenewal({ expiresAt }: SipSignIn): number {
  return Math.max(SOON_MS, Date.parse(expiresAt) - RESERVE_MS - clock.now());
}
