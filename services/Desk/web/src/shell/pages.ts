import type { Role } from "../api/shapes";

export type Page = {
  path: string;
  name:
    | "agent"
    | "wallboard"
    | "contacts"
    | "report"
    | "tenants"
    | "numbers"
    | "users"
    | "queues"
    | "agents"
    | "health";
};

const wallboard: Page = { path: "/wallboard", name: "wallboard" };
const contacts: Page = { path: "/contacts", name: "contacts" };
const report: Page = { path: "/report", name: "report" };

/** The pages of a role, the first is where it begins. */
export const pagesOf: Record<Role, readonly Page[]> = {
  agent: [{ path: "/agent", name: "agent" }],
  supervisor: [wallboard, contacts, report],
  client: [report, contacts],
  administrator: [
    { path: "/tenants", name: "tenants" },
    { path: "/numbers", name: "numbers" },
    { path: "/queues", name: "queues" },
    { path: "/agents", name: "agents" },
    { path: "/users", name: "users" },
    wallboard,
    contacts,
    report,
    { path: "/health", name: "health" },
  ],
};
