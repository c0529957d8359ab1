import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AgentDialog } from "./AgentDialog";
import { Listing } from "./Listing";
import { type AgentUser, agentUsers } from "./shapes";
import { TenantName, useTenantNames } from "./TenantName";
import { useTeams } from "./useTeams";

/** Users who take contacts: their teams, skills and queues. */
export default function AgentsPage() {
  const { t } = useTranslation();
  const nameOf = useTenantNames();
  const { teamOf } = useTeams();
  const [open, setOpen] = useState<AgentUser | null>(null);
  return (
    <>
      <Listing
        title={t("page.agents")}
        path="/api/users?role=agent"
        shape={agentUsers}
        keyOf={(agent) => agent.id}
        text={(agent) => `${agent.name} ${agent.user} ${teamOf(agent.id)} ${agent.tenants.map(nameOf).join(" ")}`}
        columns={[
          { label: t("admin.name"), cell: (agent) => <strong>{agent.name}</strong> },
          { label: t("admin.user"), cell: (agent) => agent.user },
          { label: t("wall.team"), cell: (agent) => teamOf(agent.id) },
          {
            label: t("admin.tenants"),
            cell: (agent) =>
              agent.tenants.length === 0 ? (
                t("admin.everyTenant")
              ) : (
                <Group gap="md">
                  {agent.tenants.map((tenant) => (
                    <TenantName key={tenant} id={tenant} />
                  ))}
                </Group>
              ),
          },
          {
            label: t("wall.action"),
            cell: (agent) => (
              <Button
                size="xs"
                variant="default"
                onClick={() => setOpen(agent)}
                aria-label={t("setting.changeOf", { name: agent.name })}
              >
                {t("admin.change")}
              </Button>
            ),
          },
        ]}
      />
      {open && <AgentDialog agent={open} close={() => setOpen(null)} />}
    </>
  );
}
