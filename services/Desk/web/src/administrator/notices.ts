/** A sentence of the server about settings, as one of our own texts (`setting.notice`); null when it is not known. */
export type Notice = {
  text: "circle" | "helpCircle" | "nobody" | "unknownSkills" | "noneMeets" | "someNever" | "agentNever";
  names: string;
};

const sentences: readonly [RegExp, Notice["text"]][] = [
  [/^The rules send contacts in a circle: (.*)\. Leave one/, "circle"],
  [/^The overflow groups go in a circle: (.*)\. Whoever/, "helpCircle"],
  [/^No agent's profile has this queue()/, "nobody"],
  [/^No agent of the queue meets any step()/, "noneMeets"],
  [/^No agent of the queue has (.*)\.$/, "unknownSkills"],
  [/^These agents of the queue meet no step .*: (.*)\.$/, "someNever"],
  [/^The agent meets no step of what these queues ask for .*: (.*)\.$/, "agentNever"],
];

export function noticeOf(said: string): Notice | null {
  for (const [form, text] of sentences) {
    const match = form.exec(said);
    if (match) return { text, names: match[1] ?? "" };
  }
  return null;
}
