import type { Queue } from "./shapes";

/** Limits of the fields that are numbers, as the server has them. */
export const ranges = {
  priority: [1, 99],
  percent: [1, 100],
  withinSeconds: [1, 3_600],
  offerTimeoutSeconds: [5, 120],
  wrapUpSeconds: [0, 3_600],
  shortAbandonSeconds: [0, 60],
  waitLimitSeconds: [1, 86_400],
  popSeconds: [0, 3],
  maxWaitSeconds: [1, 86_400],
  maxContacts: [0, 100_000],
  afterSeconds: [1, 3_600],
  level: [1, 5],
  delaySeconds: [0, 3_600],
  tier: [1, 99],
  position: [1, 9_999],
  weight: [1, 100],
  threshold: [0, 100_000],
  callbackTries: [1, 10],
  callbackPauseSeconds: [30, 86_400],
  callbackRingSeconds: [10, 120],
  callbackWithinSeconds: [300, 604_800],
  callbackPendingMax: [1, 1_000],
  returningSeconds: [1, 604_800],
} as const satisfies Record<string, readonly [number, number]>;

export type Range = keyof typeof ranges;

export const measures = ["Waiting", "LongestWait", "EstimatedWait", "ServiceLevel"] as const;
export type Measure = (typeof measures)[number];

/** Where who calls again soon waits when its agent is not free. */
export const places = ["Normal", "Head"] as const;

export type SkillRow = { skill: string; level: string };
export type StepRow = { after: string; rule: string };
export type GroupRow = { agentsOf: string; measure: Measure; on: string; off: string; priority: string };
export type CodeRow = { code: string; label: string };

/** A queue's settings as they stand in the fields. */
export type QueueForm = {
  tenant: string;
  name: string;
  priority: string;
  strategy: string;
  percent: string;
  withinSeconds: string;
  offerTimeoutSeconds: string;
  wrapUpSeconds: string;
  shortAbandonSeconds: string;
  popSeconds: string;
  missedPenalty: string;
  waitLimitSeconds: string;
  record: boolean;
  greeting: string;
  skills: SkillRow[];
  skillRule: string;
  relax: StepRow[];
  maxWaitSeconds: string;
  maxWaitQueue: string;
  maxContacts: string;
  maxLengthQueue: string;
  noAgent: boolean;
  noAgentQueue: string;
  overflow: GroupRow[];
  codes: CodeRow[];
  takesCallbacks: boolean;
  callbackTries: string;
  callbackPauseSeconds: string;
  callbackRingSeconds: string;
  callbackWithinSeconds: string;
  callbackPendingMax: string;
  callbackFrom: string;
  callbackTo: string;
  returns: boolean;
  returningSeconds: string;
  returningPlace: (typeof places)[number];
};

export function emptyQueue(tenant: string): QueueForm {
  return {
    tenant,
    name: "",
    priority: "50",
    strategy: "LongestIdle",
    percent: "80",
    withinSeconds: "20",
    offerTimeoutSeconds: "20",
    wrapUpSeconds: "15",
    shortAbandonSeconds: "5",
    popSeconds: "1",
    missedPenalty: "1",
    waitLimitSeconds: "600",
    record: true,
    greeting: "",
    skills: [],
    skillRule: "",
    relax: [],
    maxWaitSeconds: "",
    maxWaitQueue: "",
    maxContacts: "",
    maxLengthQueue: "",
    noAgent: false,
    noAgentQueue: "",
    overflow: [],
    codes: [],
    takesCallbacks: false,
    callbackTries: "3",
    callbackPauseSeconds: "300",
    callbackRingSeconds: "30",
    callbackWithinSeconds: "14400",
    callbackPendingMax: "100",
    callbackFrom: "00:00",
    callbackTo: "24:00",
    returns: false,
    returningSeconds: "3600",
    returningPlace: "Normal",
  };
}

/** What is set, or was in a version before, as fields. */
export function formOf(queue: Omit<Queue, "id" | "version" | "announcedWaits">): QueueForm {
  const empty = emptyQueue(queue.tenant);
  return {
    ...empty,
    name: queue.name,
    priority: `${queue.priority}`,
    strategy: queue.strategy,
    percent: `${queue.serviceLevel?.percent ?? empty.percent}`,
    withinSeconds: `${queue.serviceLevel?.seconds ?? empty.withinSeconds}`,
    offerTimeoutSeconds: `${queue.offerTimeoutSeconds}`,
    wrapUpSeconds: `${queue.wrapUpSeconds}`,
    shortAbandonSeconds: `${queue.shortAbandonSeconds}`,
    popSeconds: `${queue.popSeconds}`,
    missedPenalty: `${queue.missedPenalty ?? empty.missedPenalty}`,
    waitLimitSeconds: `${queue.waitLimitSeconds ?? empty.waitLimitSeconds}`,
    record: queue.record,
    greeting: queue.greeting ?? "",
    skills: Object.entries(queue.skills).map(([skill, level]) => ({ skill, level: `${level}` })),
    skillRule: queue.skillRule ?? "",
    relax: queue.relax.map((step) => ({ after: `${step.afterSeconds}`, rule: step.skillRule ?? "" })),
    maxWaitSeconds: `${queue.maxWait?.seconds ?? ""}`,
    maxWaitQueue: queue.maxWait?.queue ?? "",
    maxContacts: `${queue.maxLength?.contacts ?? ""}`,
    maxLengthQueue: queue.maxLength?.queue ?? "",
    noAgent: Boolean(queue.noAgent),
    noAgentQueue: queue.noAgent?.queue ?? "",
    overflow: queue.overflow.map((group) => ({
      ...group,
      on: `${group.on}`,
      off: `${group.off}`,
      priority: `${group.priority}`,
    })),
    codes: (queue.codes ?? []).map(({ code, label }) => ({ code, label })),
    ...(queue.callback && {
      takesCallbacks: true,
      callbackTries: `${queue.callback.tries}`,
      callbackPauseSeconds: `${queue.callback.pauseSeconds}`,
      callbackRingSeconds: `${queue.callback.ringSeconds}`,
      callbackWithinSeconds: `${queue.callback.withinSeconds}`,
      callbackPendingMax: `${queue.callback.pendingMax}`,
      callbackFrom: queue.callback.from,
      callbackTo: queue.callback.to,
    }),
    ...(queue.returning && {
      returns: true,
      returningSeconds: `${queue.returning.seconds}`,
      returningPlace: queue.returning.place,
    }),
  };
}

/** The body that the server takes; only for a form without mistakes. */
export function bodyOf(form: QueueForm) {
  const to = (queue: string) => (queue === "" ? {} : { queue });
  return {
    tenant: form.tenant,
    name: form.name.trim(),
    priority: Number(form.priority),
    strategy: form.strategy,
    serviceLevel: { percent: Number(form.percent), seconds: Number(form.withinSeconds) },
    offerTimeoutSeconds: Number(form.offerTimeoutSeconds),
    wrapUpSeconds: Number(form.wrapUpSeconds),
    shortAbandonSeconds: Number(form.shortAbandonSeconds),
    popSeconds: Number(form.popSeconds),
    missedPenalty: amount(form.missedPenalty),
    waitLimitSeconds: Number(form.waitLimitSeconds),
    record: form.record,
    greeting: form.greeting.trim() === "" ? null : form.greeting.trim(),
    skills: Object.fromEntries(form.skills.map(({ skill, level }) => [skill.trim(), Number(level)])),
    skillRule: form.skillRule.trim() === "" ? null : form.skillRule.trim(),
    relax: form.relax.map(({ after, rule }) => ({
      afterSeconds: Number(after),
      skillRule: rule.trim() === "" ? null : rule.trim(),
    })),
    maxWait: form.maxWaitSeconds === "" ? null : { seconds: Number(form.maxWaitSeconds), ...to(form.maxWaitQueue) },
    maxLength: form.maxContacts === "" ? null : { contacts: Number(form.maxContacts), ...to(form.maxLengthQueue) },
    noAgent: form.noAgent ? to(form.noAgentQueue) : null,
    overflow: form.overflow.map((group) => ({
      agentsOf: group.agentsOf,
      measure: group.measure,
      on: Number(group.on),
      off: Number(group.off),
      priority: Number(group.priority),
    })),
    codes: form.codes.map(({ code, label }) => ({ code: code.trim(), label: label.trim() })),
    callback: form.takesCallbacks
      ? {
          tries: Number(form.callbackTries),
          pauseSeconds: Number(form.callbackPauseSeconds),
          ringSeconds: Number(form.callbackRingSeconds),
          withinSeconds: Number(form.callbackWithinSeconds),
          pendingMax: Number(form.callbackPendingMax),
          from: form.callbackFrom.trim(),
          to: form.callbackTo.trim(),
        }
      : null,
    returning: form.returns ? { seconds: Number(form.returningSeconds), place: form.returningPlace } : null,
  };
}

/** A mistake: a text of `setting.mistake`, and what stands in it. */
export type Mistake = { text: MistakeText; values?: Record<string, string | number> };
export type MistakeText =
  | "name"
  | "team"
  | "range"
  | "tenant"
  | "skill"
  | "twice"
  | "later"
  | "queue"
  | "offBelow"
  | "offAbove"
  | "code"
  | "label"
  | "amount"
  | "time"
  | "timeLater"
  | "said";
export type Mistakes = Record<string, Mistake>;

/** Null when it is a whole number of the range. */
export function outOf(range: Range, typed: string): Mistake | null {
  const [least, most] = ranges[range];
  const value = /^[0-9]{1,6}$/.test(typed.trim()) ? Number(typed) : Number.NaN;
  return value >= least && value <= most ? null : { text: "range", values: { least, most } };
}

/** Money of up to 999 999.99, with a dot or a comma. */
export function isAmount(typed: string): boolean {
  return /^[0-9]{1,6}([.,][0-9]{1,2})?$/.test(typed.trim());
}

export function amount(typed: string): number {
  return Number(typed.replace(",", "."));
}

/** Mistakes of levels by skill, by field. */
export function skillMistakes(skills: readonly SkillRow[]): Mistakes {
  const found: Mistakes = {};
  for (const [row, { skill, level }] of skills.entries()) {
    const name = skill.trim();
    if (name === "" || name.length > 50) found[`skills.${row}`] = { text: "skill" };
    else if (skills.findIndex((one) => one.skill.trim() === name) < row) found[`skills.${row}`] = { text: "twice" };
    const wrong = outOf("level", level);
    if (wrong) found[`skills.${row}.level`] = wrong;
  }
  return found;
}

/** Everything that is wrong, by field; empty when it can be saved. */
export function mistakesOf(form: QueueForm): Mistakes {
  const found: Mistakes = {
    ...skillMistakes(form.skills),
    ...overflowMistakes(form.overflow),
    ...codeMistakes(form.codes),
    ...callbackMistakes(form),
  };
  if (form.tenant === "") found.tenant = { text: "tenant" };
  if (form.name.trim() === "" || form.name.trim().length > 100) found.name = { text: "name" };
  const numbers = [
    "priority",
    "percent",
    "withinSeconds",
    "offerTimeoutSeconds",
    "wrapUpSeconds",
    "shortAbandonSeconds",
    "popSeconds",
    "waitLimitSeconds",
  ] as const;
  for (const field of numbers) {
    const wrong = outOf(field, form[field]);
    if (wrong) found[field] = wrong;
  }
  if (!isAmount(form.missedPenalty)) found.missedPenalty = { text: "amount" };
  for (const field of ["maxWaitSeconds", "maxContacts"] as const) {
    const wrong = form[field] === "" ? null : outOf(field, form[field]);
    if (wrong) found[field] = wrong;
  }
  for (const [row, { after }] of form.relax.entries()) {
    const wrong = outOf("afterSeconds", after);
    const before = form.relax[row - 1];
    if (wrong) found[`relax.${row}`] = wrong;
    else if (before && Number(after) <= Number(before.after)) found[`relax.${row}`] = { text: "later" };
  }
  return found;
}

/** What is switched off is not looked at: it is not sent. */
function callbackMistakes(form: QueueForm): Mistakes {
  const found: Mistakes = {};
  const figures = [
    "callbackTries",
    "callbackPauseSeconds",
    "callbackRingSeconds",
    "callbackWithinSeconds",
    "callbackPendingMax",
  ] as const;
  for (const field of form.takesCallbacks ? figures : []) {
    const wrong = outOf(field, form[field]);
    if (wrong) found[field] = wrong;
  }
  if (form.takesCallbacks) {
    const [from, to] = [form.callbackFrom.trim(), form.callbackTo.trim()];
    if (!/^([01][0-9]|2[0-3]):[0-5][0-9]$/.test(from)) found.callbackFrom = { text: "time" };
    if (!/^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/.test(to)) found.callbackTo = { text: "time" };
    else if (!found.callbackFrom && to <= from) found.callbackTo = { text: "timeLater" };
  }
  const wrong = form.returns ? outOf("returningSeconds", form.returningSeconds) : null;
  if (wrong) found.returningSeconds = wrong;
  return found;
}

function overflowMistakes(groups: readonly GroupRow[]): Mistakes {
  const found: Mistakes = {};
  for (const [row, group] of groups.entries()) {
    if (group.agentsOf === "") found[`overflow.${row}.agentsOf`] = { text: "queue" };
    const range = group.measure === "ServiceLevel" ? "percent" : "threshold";
    const on =
      Number(group.on) === 0
        ? { text: "range" as const, values: { least: 1, most: ranges[range][1] } }
        : outOf(range, group.on);
    const off = outOf("threshold", group.off);
    if (on) found[`overflow.${row}.on`] = on;
    if (off) found[`overflow.${row}.off`] = off;
    else if (!on && group.measure === "ServiceLevel" && Number(group.off) <= Number(group.on))
      found[`overflow.${row}.off`] = { text: "offAbove" };
    else if (!on && group.measure !== "ServiceLevel" && Number(group.off) >= Number(group.on))
      found[`overflow.${row}.off`] = { text: "offBelow" };
    const priority = outOf("priority", group.priority);
    if (priority) found[`overflow.${row}.priority`] = priority;
  }
  return found;
}

function codeMistakes(codes: readonly CodeRow[]): Mistakes {
  const found: Mistakes = {};
  for (const [row, { code, label }] of codes.entries()) {
    const name = code.trim();
    if (!/^[\p{L}\p{Nd}][\p{L}\p{Nd}._-]{0,31}$/u.test(name)) found[`codes.${row}`] = { text: "code" };
    else if (codes.findIndex((one) => one.code.trim().toLowerCase() === name.toLowerCase()) < row)
      found[`codes.${row}`] = { text: "twice" };
    if (label.trim() === "" || label.trim().length > 100) found[`codes.${row}.label`] = { text: "label" };
  }
  return found;
}

/** What only the server knows, at the field that it is about; the rest has no field. */
export function saidBy(errors: readonly string[]): { fields: Mistakes; rest: string[] } {
  const fields: Mistakes = {};
  const rest: string[] = [];
  const places: [RegExp, (match: RegExpExecArray) => string][] = [
    [/^skillRule: (?<said>.*)$/, () => "skillRule"],
    [
      /^relax: the skillRule of step (?<step>[0-9]+): (?<said>.*)$/,
      (match) => `relax.${Number(match.groups?.step) - 1}.rule`,
    ],
    [/^maxWait\.queue: (?<said>.*)$/, () => "maxWaitQueue"],
    [/^maxLength\.queue: (?<said>.*)$/, () => "maxLengthQueue"],
    [/^noAgent\.queue: (?<said>.*)$/, () => "noAgentQueue"],
    [
      /^callback\.(?<of>tries|pauseSeconds|ringSeconds|withinSeconds|pendingMax) (?<said>.*)$/,
      (match) => `callback${match.groups?.of?.[0]?.toUpperCase()}${match.groups?.of?.slice(1)}`,
    ],
    [/^callback: (?<said>.*)$/, () => "callbackFrom"],
    [/^returning\.seconds (?<said>.*)$/, () => "returningSeconds"],
  ];
  for (const error of errors) {
    const place = places.map(([form, field]) => ({ match: form.exec(error), field })).find(({ match }) => match);
    if (place?.match)
      fields[place.field(place.match)] = { text: "said", values: { said: place.match.groups?.said ?? error } };
    else rest.push(error);
  }
  return { fields, rest };
}
