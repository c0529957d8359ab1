import { Table, Text } from "@mantine/core";
import { IconDotsVertical, IconPhoneCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { change } from "../api/request";
import { type Agent, type AgentStatus, agent as agentShape } from "../api/shapes";
import { useNow } from "../live/ticker";
import { depth, type ShownState, shownSince, shownState } from "../look/agentState";
import { since } from "../look/duration";
import { StateDot, StateMark } from "../look/StateMark";
import { chooseStandingLeg } from "../phone/standingLegChoice";
import styles from "./AgentTable.module.css";
import { MonitorMenu } from "./MonitorMenu";
import { OrderMenu } from "./OrderMenu";

const forced: readonly { status: AgentStatus; shown: ShownState }[] = [
  { status: "Available", shown: "ready" },
  { status: "Break", shown: "break" },
  { status: "Training", shown: "training" },
  { status: "Meeting", shown: "meeting" },
  { status: "BackOffice", shown: "backOffice" },
  { status: "LoggedOut", shown: "offline" },
];

export function AgentTable({ agents, withTeam }: { agents: readonly Agent[]; withTeam: boolean }) {
  const { t } = useTranslation();
  return (
    <Table verticalSpacing="xs" horizontalSpacing="md">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("wall.agent")}</Table.Th>
          <Table.Th>{t("wall.state")}</Table.Th>
          <Table.Th ta="right">{t("wall.since")}</Table.Th>
          <Table.Th w={1}>
            <span className="hidden">{t("wall.action")}</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {agents.map((agent) => (
          <Row key={agent.id} agent={agent} withTeam={withTeam} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ agent, withTeam }: { agent: Agent; withTeam: boolean }) {
  const { t } = useTranslation();
  const state = shownState(agent);
  return (
    <Table.Tr data-testid="agent-row" data-user={agent.user} data-state={state}>
      <Table.Th scope="row" fw={600}>
        {agent.name}
        {withTeam && (
          <Text size="sm" className={styles.team} data-testid="team">
            {agent.team}
          </Text>
        )}
      </Table.Th>
      <Table.Td>
        <StateMark state={state} reason={state === "break" ? agent.reason : null} />
        {agent.nextStatus && agent.nextStatus !== agent.status && (
          <Text size="sm" c="var(--desk-quiet)">
            {t("agent.next", { status: t(`status.${agent.nextStatus}`) })}
          </Text>
        )}
        {agent.standingLeg && (
          <Text size="sm" c="var(--desk-quiet)" data-testid="line-open">
            {t("wall.lineIsOpen")}
          </Text>
        )}
        {agent.watching?.map((one) => (
          <Text key={one.supervisor} size="sm" fw={600} data-testid="watched">
            {t(`second.watched.${one.mode}`)}
          </Text>
        ))}
      </Table.Td>
      <Table.Td ta="right">
        <InState agent={agent} state={state} />
      </Table.Td>
      <Table.Td>
        <MonitorMenu agent={agent} />
        <LineMenu agent={agent} />
        <ForceStatus agent={agent} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Time in state; the mark deepens when it is longer than usual. */
export function InState({ agent, state }: { agent: Agent; state: ShownState }) {
  const { t } = useTranslation();
  const now = useNow();
  const began = shownSince(agent);
  const deep = depth(state, now - Date.parse(began));
  return (
    <span className={`${styles.since} figures`} data-depth={deep}>
      {deep > 0 && <span aria-hidden="true">{"!".repeat(deep)} </span>}
      {since(began, now)}
      {deep > 0 && <span className="hidden"> {t("wall.tooLong")}</span>}
    </span>
  );
}

/** Whether the agent's line stays open for the shift. */
function LineMenu({ agent }: { agent: Agent }) {
  const { t } = useTranslation();
  return (
    <OrderMenu
      label={t("wall.line", { name: agent.name })}
      icon={<IconPhoneCheck size={20} />}
      orders={[
        { value: "open", word: t("wall.lineOpen"), isDisabled: agent.standingLeg === true },
        { value: "rings", word: t("wall.lineRings"), isDisabled: agent.standingLeg !== true },
      ]}
      give={(line: "open" | "rings") => chooseStandingLeg(agent.id, line === "open")}
      test="line"
    />
  );
}

function ForceStatus({ agent }: { agent: Agent }) {
  const { t } = useTranslation();
  return (
    <OrderMenu
      label={t("wall.force", { name: agent.name })}
      icon={<IconDotsVertical size={20} />}
      orders={forced.map(({ status, shown }) => ({
        value: status,
        word: t(`status.${status}`),
        icon: <StateDot state={shown} size={22} />,
      }))}
      give={(status: AgentStatus) =>
        change("PUT", `/api/agents/${agent.id}/status`, { status, reason: null }, agentShape)
      }
      test="force"
    />
  );
}
