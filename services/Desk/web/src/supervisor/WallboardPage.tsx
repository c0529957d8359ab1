import { ActionIcon, Button, Group, Select, Switch, Text, Title } from "@mantine/core";
import { IconHeadset, IconMaximize, IconMinimize, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Agent, Me, QueueRow } from "../api/shapes";
import { teamsOf } from "../api/teams";
import { KeyHint } from "../keys/KeyHint";
import { useAction } from "../keys/KeysProvider";
import { useStaleSince } from "../live/LiveProvider";
import { readMe, readWallboard } from "../live/reads";
import { shownState } from "../look/agentState";
import { Empty } from "../look/Empty";
import { Problem } from "../look/Problem";
import { useDates } from "../words/useDates";
import { AgentTable } from "./AgentTable";
import { Callbacks } from "./Callbacks";
import { QueueTable } from "./QueueTable";
import { Wall } from "./Wall";
import styles from "./WallboardPage.module.css";

/** Queues and agents as they are now; the full screen is made for a wall. */
export default function WallboardPage() {
  const { t } = useTranslation();
  const { data: me } = useQuery(readMe);
  const board = useQuery(readWallboard);
  const [tenant, setTenant] = useState<string | null>(null);
  const [team, setTeam] = useState<string | null>(null);
  const [isWall, setWall] = useState(false);
  const stale = useStaleSince();
  const toggleWall = () => setWall((on) => !on);
  useAction("wall", toggleWall);
  useEffect(() => {
    document.title = `${t("wall.title")} – ${t("app.title")}`;
  }, [t]);

  if (board.error && !board.data) return <Problem error={board.error} retry={() => void board.refetch()} />;
  if (!me || !board.data) return null;
  const queues = board.data.queues.filter((queue) => tenant === null || queue.tenant === tenant).sort(byName(me));
  const all = board.data.agents ?? [];
  const teams = teamsOf(all);
  const chosen = team !== null && teams.includes(team) ? team : null;
  const agents = all
    .filter((agent) => chosen === null || agent.team === chosen)
    .sort((a, b) => a.name.localeCompare(b.name));
  if (isWall) return <Wall me={me} queues={queues} agents={agents} leave={toggleWall} />;
  return (
    <div
      className={`${styles.page} ${stale ? "stale" : ""}`}
      data-testid="wallboard"
      data-stale={stale ? true : undefined}
    >
      <Group justify="space-between" align="end">
        <Title order={1} size="h3">
          {t("wall.title")}
        </Title>
        <Group gap="sm">
          <TenantFilter me={me} value={tenant} set={setTenant} />
          <Button
            variant="default"
            leftSection={<IconMaximize size={18} />}
            rightSection={<KeyHint action="wall" />}
            onClick={toggleWall}
          >
            {t("wall.full")}
          </Button>
        </Group>
      </Group>
      <Summary queues={queues} />
      <div className={styles.boards}>
        <section className="card" aria-label={t("wall.queues")}>
          {queues.length > 0 ? (
            <QueueTable me={me} queues={queues} />
          ) : (
            <Empty icon={<IconUsers size={28} />} title={t("wall.noQueues")} lead={t("wall.noQueuesLead")} />
          )}
        </section>
        <Agents agents={agents} teams={teams} team={chosen} setTeam={setTeam} />
      </div>
      <Callbacks queues={queues} />
    </div>
  );
}

function byName(me: Me) {
  const tenantOf = (queue: QueueRow) => me.tenants.find((tenant) => tenant.id === queue.tenant)?.name ?? "";
  return (a: QueueRow, b: QueueRow) => tenantOf(a).localeCompare(tenantOf(b)) || a.name.localeCompare(b.name);
}

function TenantFilter({ me, value, set }: { me: Me; value: string | null; set: (tenant: string | null) => void }) {
  const { t } = useTranslation();
  if (me.tenants.length < 2) return null;
  return (
    <Select
      aria-label={t("wall.filter")}
      placeholder={`${t("wall.filter")}: ${t("app.all")}`}
      data={me.tenants.map((tenant) => ({ value: tenant.id, label: tenant.name }))}
      value={value}
      onChange={set}
      clearable
      clearButtonProps={{ "aria-label": t("contacts.clear") }}
      w={240}
    />
  );
}

function Summary({ queues }: { queues: readonly QueueRow[] }) {
  const { t } = useTranslation();
  const dates = useDates();
  const sum = (of: (queue: QueueRow) => number | null | undefined) =>
    queues.reduce((total, queue) => total + (of(queue) ?? 0), 0);
  const figures = [
    [t("wall.waitingNow"), sum((queue) => queue.waiting)],
    [t("wall.answeredToday"), sum((queue) => queue.today?.answered)],
    [t("wall.abandonedToday"), sum((queue) => queue.today?.abandoned)],
  ] as const;
  return (
    <dl className={styles.summary}>
      {figures.map(([label, value]) => (
        <div key={label} className="card">
          <dt>{label}</dt>
          <dd className="figures">{dates.number(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Agents({
  agents,
  teams,
  team,
  setTeam,
}: {
  agents: readonly Agent[];
  teams: readonly string[];
  team: string | null;
  setTeam: (team: string | null) => void;
}) {
  const { t } = useTranslation();
  const [withOffline, setWithOffline] = useState(false);
  const shown = agents.filter((agent) => withOffline || shownState(agent) !== "offline");
  return (
    <section className="card" aria-label={t("wall.agents")}>
      <Group justify="space-between" px="md" py="sm">
        <Title order={2} size="h4">
          {t("wall.agents")}{" "}
          <Text span c="var(--desk-quiet)" className="figures">
            {shown.length}
          </Text>
        </Title>
        {teams.length > 1 && (
          <Select
            aria-label={t("wall.team")}
            placeholder={`${t("wall.team")}: ${t("app.all")}`}
            data={teams}
            value={team}
            onChange={setTeam}
            clearable
            clearButtonProps={{ "aria-label": t("contacts.clear") }}
            w={170}
            size="sm"
            data-testid="team-filter"
          />
        )}
        <Switch
          label={t("wall.showOffline")}
          checked={withOffline}
          onChange={(event) => setWithOffline(event.currentTarget.checked)}
          labelPosition="left"
        />
      </Group>
      {shown.length > 0 ? (
        <AgentTable agents={shown} withTeam={team === null && teams.length > 0} />
      ) : (
        <Empty icon={<IconHeadset size={28} />} title={t("wall.noAgents")} lead={t("wall.noAgentsLead")} />
      )}
    </section>
  );
}

/** The way out of the full screen, for the mouse. */
export function LeaveWall({ leave }: { leave: () => void }) {
  const { t } = useTranslation();
  return (
    <ActionIcon variant="default" size="lg" aria-label={t("wall.leave")} onClick={leave}>
      <IconMinimize size={20} />
    </ActionIcon>
  );
}
