/** The teams that these agents are in, by name; a team is there while somebody is in it. */
export function teamsOf(agents: readonly { team?: string | null | undefined }[]): string[] {
  return [...new Set(agents.flatMap(({ team }) => team ?? []))].sort((a, b) => a.localeCompare(b));
}
