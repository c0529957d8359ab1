import { amount, isAmount, type Mistakes, outOf, type SkillRow, skillMistakes } from "./queueForm";
import type { AgentSettings } from "./shapes";

export type ProfileRow = {
  queue: string;
  priority: string;
  delaySeconds: string;
  tier: string;
  position: string;
  weight: string;
};

/** An agent's settings as they stand in the fields. */
export type AgentForm = {
  user: string;
  name: string;
  skills: SkillRow[];
  queues: ProfileRow[];
  wage: string;
  team: string;
};

const TEAM_MAX = 60;

export function formOfAgent(agent: AgentSettings): AgentForm {
  return {
    user: agent.user,
    name: agent.name,
    skills: Object.entries(agent.skills ?? {}).map(([skill, level]) => ({ skill, level: `${level}` })),
    queues: (agent.queues ?? []).map((entry) => ({
      queue: entry.queue,
      priority: `${entry.priority}`,
      delaySeconds: `${entry.delaySeconds}`,
      tier: `${entry.tier}`,
      position: `${entry.position}`,
      weight: `${entry.weight}`,
    })),
    wage: `${agent.wagePerHour}`,
    team: agent.team ?? "",
  };
}

/** The body that the server takes; only for a form without mistakes. */
export function bodyOfAgent(form: AgentForm) {
  return {
    user: form.user,
    name: form.name.trim(),
    skills: Object.fromEntries(form.skills.map(({ skill, level }) => [skill.trim(), Number(level)])),
    queues: form.queues.map((entry) => ({
      queue: entry.queue,
      priority: Number(entry.priority),
      delaySeconds: Number(entry.delaySeconds),
      tier: Number(entry.tier),
      position: Number(entry.position),
      weight: Number(entry.weight),
    })),
    wagePerHour: amount(form.wage),
    team: form.team.trim() || null,
  };
}

/** Everything that is wrong, by field; empty when it can be saved. */
export function mistakesOfAgent(form: AgentForm): Mistakes {
  const found: Mistakes = { ...skillMistakes(form.skills) };
  if (form.name.trim() === "" || form.name.trim().length > 100) found.name = { text: "name" };
  if (form.team.trim().length > TEAM_MAX) found.team = { text: "team" };
  if (!isAmount(form.wage)) found.wage = { text: "amount" };
  for (const [row, entry] of form.queues.entries()) {
    if (entry.queue === "") found[`queues.${row}.queue`] = { text: "queue" };
    else if (form.queues.findIndex((one) => one.queue === entry.queue) < row)
      found[`queues.${row}.queue`] = { text: "twice" };
    for (const field of ["priority", "delaySeconds", "tier", "position", "weight"] as const) {
      const wrong = outOf(field, entry[field]);
      if (wrong) found[`queues.${row}.${field}`] = wrong;
    }
  }
  return found;
}
