import { describe, expect, test } from "vitest";
import { bodyOfAgent, mistakesOfAgent } from "./agentForm";
import { noticeOf } from "./notices";
import { bodyOf, emptyQueue, formOf, mistakesOf, type QueueForm, saidBy } from "./queueForm";

const other = "0190a000-0000-7000-8000-000000000009";

function form(part: Partial<QueueForm>): QueueForm {
  return { ...emptyQueue("t"), name: "Sales", ...part };
}

describe("the form of a queue", () => {
  test("a new queue with a name and a client is right", () => {
    expect(mistakesOf(form({}))).toEqual({});
    expect(mistakesOf(emptyQueue(""))).toEqual({ tenant: { text: "tenant" }, name: { text: "name" } });
  });

  test("what is read comes back as it was", () => {
    const queue = {
      tenant: "t",
      name: "Sales",
      priority: 40,
      strategy: "Tiers",
      skills: { fi: 3 },
      skillRule: "fi >= 3 and not trainee",
      relax: [{ afterSeconds: 30, skillRule: null }],
      missedPenalty: 2.5,
      waitLimitSeconds: 900,
      serviceLevel: { percent: 90, seconds: 15 },
      offerTimeoutSeconds: 25,
      wrapUpSeconds: 30,
      shortAbandonSeconds: 4,
      popSeconds: 0,
      record: false,
      greeting: "Hei.",
      codes: [{ code: "sold", label: "Myyty" }],
      maxWait: { seconds: 300, queue: other },
      maxLength: { contacts: 20 },
      noAgent: {},
      overflow: [{ agentsOf: other, measure: "LongestWait" as const, on: 60, off: 20, priority: 60 }],
      callback: {
        tries: 2,
        pauseSeconds: 60,
        ringSeconds: 20,
        withinSeconds: 7200,
        pendingMax: 50,
        from: "08:00",
        to: "20:00",
      },
      returning: { seconds: 1800, place: "Head" as const },
    };
    expect(bodyOf(formOf(queue))).toEqual(queue);
    expect(mistakesOf(formOf(queue))).toEqual({});
  });

  test("rules that are not set are sent as none", () => {
    expect(bodyOf(form({}))).toMatchObject({
      maxWait: null,
      maxLength: null,
      noAgent: null,
      callback: null,
      returning: null,
      skillRule: null,
      relax: [],
    });
  });

  test("every figure out of range is at its field", () => {
    const wrong = mistakesOf(
      form({
        priority: "100",
        percent: "x",
        wrapUpSeconds: "-1",
        popSeconds: "4",
        maxWaitSeconds: "0",
        missedPenalty: "x",
      }),
    );
    expect(Object.keys(wrong).sort()).toEqual([
      "maxWaitSeconds",
      "missedPenalty",
      "percent",
      "popSeconds",
      "priority",
      "wrapUpSeconds",
    ]);
    expect(wrong.priority).toEqual({ text: "range", values: { least: 1, most: 99 } });
  });

  test("callback and return are looked at when they are switched on", () => {
    const wrong = {
      callbackTries: "11",
      callbackPauseSeconds: "29",
      callbackRingSeconds: "x",
      callbackWithinSeconds: "299",
      callbackPendingMax: "0",
      callbackFrom: "8",
      callbackTo: "24:01",
      returningSeconds: "0",
    };
    expect(mistakesOf(form(wrong))).toEqual({});
    expect(Object.keys(mistakesOf(form({ ...wrong, takesCallbacks: true, returns: true }))).sort()).toEqual(
      Object.keys(wrong).sort(),
    );
    const hours = { takesCallbacks: true, callbackFrom: "20:00", callbackTo: "08:00" };
    expect(mistakesOf(form(hours))).toEqual({ callbackTo: { text: "timeLater" } });
  });

  test("what the server says of them is at their fields", () => {
    const said = saidBy([
      "callback.ringSeconds is 5: 10 to 120.",
      "callback: from '9' to '8': two times of a day such as \"08:00\" and \"20:00\", the later one second.",
      "returning.seconds is 0: 1 to 604800.",
    ]);
    expect(Object.keys(said.fields).sort()).toEqual(["callbackFrom", "callbackRingSeconds", "returningSeconds"]);
    expect(said.fields.callbackRingSeconds).toEqual({ text: "said", values: { said: "is 5: 10 to 120." } });
    expect(said.rest).toEqual([]);
  });

  test("skills, steps, groups and codes have their mistakes in their rows", () => {
    const wrong = mistakesOf(
      form({
        skills: [
          { skill: "fi", level: "6" },
          { skill: "fi", level: "1" },
        ],
        relax: [
          { after: "30", rule: "" },
          { after: "30", rule: "" },
        ],
        overflow: [
          { agentsOf: "", measure: "Waiting", on: "5", off: "5", priority: "60" },
          { agentsOf: other, measure: "ServiceLevel", on: "80", off: "70", priority: "0" },
        ],
        codes: [{ code: " ", label: "" }],
      }),
    );
    expect(Object.fromEntries(Object.entries(wrong).map(([field, { text }]) => [field, text]))).toEqual({
      "skills.0.level": "range",
      "skills.1": "twice",
      "relax.1": "later",
      "overflow.0.agentsOf": "queue",
      "overflow.0.off": "offBelow",
      "overflow.1.off": "offAbove",
      "overflow.1.priority": "range",
      "codes.0": "code",
      "codes.0.label": "label",
    });
  });

  test("what only the server knows is put at its field", () => {
    const { fields, rest } = saidBy([
      "skillRule: at 4: a level.",
      "relax: the skillRule of step 2: at 1: a name.",
      "priority is 100: 1 to 99.",
    ]);
    expect(fields.skillRule).toEqual({ text: "said", values: { said: "at 4: a level." } });
    expect(fields["relax.1.rule"]?.text).toBe("said");
    expect(rest).toEqual(["priority is 100: 1 to 99."]);
  });
});

test("an agent's queues are there once, with figures in range", () => {
  const row = { queue: other, priority: "50", delaySeconds: "0", tier: "1", position: "1", weight: "1" };
  const agent = {
    user: "aino",
    name: "Aino",
    team: "",
    skills: [],
    wage: "21,50",
    queues: [row, { ...row, tier: "0" }],
  };
  expect(Object.keys(mistakesOfAgent(agent)).sort()).toEqual(["queues.1.queue", "queues.1.tier"]);
  expect(mistakesOfAgent({ ...agent, queues: [row], wage: "much" })).toEqual({ wage: { text: "amount" } });
});

test("a team is its name without spaces around, and none when the field is empty", () => {
  const agent = { user: "aino", name: "Aino", team: "", skills: [], wage: "0", queues: [] };
  expect([" North ", " "].map((team) => bodyOfAgent({ ...agent, team }).team)).toEqual(["North", null]);
  expect(mistakesOfAgent({ ...agent, team: "x".repeat(61) })).toEqual({ team: { text: "team" } });
});

test.each([
  [
    "The rules send contacts in a circle: Sales -> Support -> Sales. Leave one of them without a queue.",
    "circle",
    "Sales -> Support -> Sales",
  ],
  [
    "The overflow groups go in a circle: A -> B -> A. Whoever helps cannot be helped by those.",
    "helpCircle",
    "A -> B -> A",
  ],
  ["No agent's profile has this queue: nobody can ever take its contacts.", "nobody", ""],
  ["No agent of the queue has welding.", "unknownSkills", "welding"],
  ["No agent of the queue meets any step of what it asks for: nobody can ever take its contacts.", "noneMeets", ""],
  [
    "These agents of the queue meet no step of what it asks for and are never offered its contacts: aino.",
    "someNever",
    "aino",
  ],
  [
    "The agent meets no step of what these queues ask for and is never offered their contacts: Sales.",
    "agentNever",
    "Sales",
  ],
])("%s is told in the user's language", (said, text, names) => {
  expect(noticeOf(said)).toEqual({ text, names });
});
