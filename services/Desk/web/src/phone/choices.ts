/** What the agent chose for the phone, remembered by this browser: a headset belongs to the PC. */
import { z } from "zod";

const choices = z.object({
  /** Where calls are taken; null until it is chosen: then a SIP phone works as it always does. */
  where: z.enum(["browser", "phone"]).nullable(),
  /** Device ids; null: the system's standard device. */
  microphone: z.string().nullable(),
  speaker: z.string().nullable(),
  ringer: z.string().nullable(),
  /** A call is answered without a click, as soon as its pop has been seen. */
  answersByItself: z.boolean(),
  /** Echo cancellation, noise suppression, automatic gain. */
  processing: z.boolean(),
});

export type Choices = z.infer<typeof choices>;

const standard: Choices = {
  where: null,
  microphone: null,
  speaker: null,
  ringer: null,
  answersByItself: false,
  processing: true,
};

const PREFIX = "callcenter.phone.";
const key = (user: string) => PREFIX + user;

/** Whether anybody who signed in at this browser chose where its calls come. */
export function isSomebodysPhone(): boolean {
  return Object.keys(localStorage).some((name) => name.startsWith(PREFIX));
}

export function keptChoices(user: string): Choices {
  try {
    return choices.parse({ ...standard, ...JSON.parse(localStorage.getItem(key(user)) ?? "{}") });
  } catch {
    return standard;
  }
}

export function keepChoices(user: string, value: Choices): void {
  localStorage.setItem(key(user), JSON.stringify(value));
}
