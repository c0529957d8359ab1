import type { Role } from "../api/shapes";

export type Page = { path: string; name: "agent" | "wallboard" };

/** The pages of a role, the first is where it begins. */
export const pagesOf: Record<Role, readonly Page[]> = {
  agent: [{ path: "/agent", name: "agent" }],
  supervisor: [{ path: "/wallboard", name: "wallboard" }],
  client: [{ path: "/wallboard", name: "wallboard" }],
  administrator: [{ path: "/wallboard", name: "wallboard" }],
};
