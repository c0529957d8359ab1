import { ActionIcon, Menu, Text } from "@mantine/core";
import { IconHeadphones } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { command } from "../api/request";
import type { Agent } from "../api/shapes";
import { readMe } from "../live/reads";
import { useProblem } from "../words/useProblem";

const modes = [
  { mode: "listen", word: "listen" },
  { mode: "whisper", word: "whisper" },
  { mode: "barge", word: "barge" },
  { mode: "take-over", word: "takeOver" },
] as const;

/** Monitor, coach and barge in, in rising order; offered while the agent is in a conversation. */
export function MonitorMenu({ agent }: { agent: Agent }) {
  const { t } = useTranslation();
  const tell = useProblem();
  const { data: me } = useQuery(readMe);
  const order = useMutation({
    mutationFn: (mode: string) => command("POST", `/api/agents/${agent.id}/monitor`, { contact: agent.contact, mode }),
  });
  const isTalking = agent.state === "Talking" || agent.state === "Hold" || agent.state === "Consulting";
  if (!agent.contact || !isTalking || me?.role !== "supervisor") return null;
  const own = agent.watching?.find((one) => one.supervisor === me.user);
  const label = t("second.monitor", { name: agent.name });
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            aria-label={label}
            loading={order.isPending}
            data-testid="monitor"
            c="var(--desk-ink)"
          >
            <IconHeadphones size={20} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown aria-label={label}>
          <Menu.Label>{label}</Menu.Label>
          {modes.map(({ mode, word }) => (
            <Menu.Item key={mode} disabled={own?.mode === mode} onClick={() => order.mutate(mode)}>
              {t(`second.modes.${word}`)}
            </Menu.Item>
          ))}
          {own && <Menu.Item onClick={() => order.mutate("off")}>{t("second.modes.off")}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {order.error && (
        <Text size="xs" c="var(--desk-bad)" role="alert" maw={200}>
          {tell(order.error).text}
        </Text>
      )}
      {order.isSuccess && !own && (
        <Text size="xs" role="status" maw={200}>
          {t("second.yourPhoneRings")}
        </Text>
      )}
    </>
  );
}
