import {
  Autocomplete,
  Button,
  CloseButton,
  Group,
  Loader,
  Modal,
  NativeSelect,
  Stack,
  Tabs,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { change, get, query, RequestFailed } from "../api/request";
import { Problem } from "../look/Problem";
import { type AgentForm, bodyOfAgent, formOfAgent, mistakesOfAgent, type ProfileRow } from "./agentForm";
import { History } from "./History";
import type { Mistakes } from "./queueForm";
import { errorsOf, isChanged, SaveFoot } from "./SaveFoot";
import { SkillRows } from "./SkillRows";
import { type AgentNow, type AgentUser, agentHistory, agentNow, type Queue, queues, saved } from "./shapes";
import { useTenantNames } from "./TenantName";
import { useMistake } from "./useMistake";
import { teamsKey, useTeams } from "./useTeams";

/** An agent's team, skills, queues and wage. */
export function AgentDialog({ agent, close }: { agent: AgentUser; close: () => void }) {
  const { t } = useTranslation();
  const path = `/api/agents/${agent.id}/settings`;
  const now = useQuery({ queryKey: ["list", path], queryFn: () => settingsOf(agent, path), gcTime: 0 });
  const all = useQuery({ queryKey: ["list", "/api/queues"], queryFn: () => get("/api/queues", queues) });
  return (
    <Modal
      opened
      onClose={close}
      size="xl"
      title={t("setting.agentOf", { name: agent.name })}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      {now.error || all.error ? (
        <Problem error={now.error ?? all.error} />
      ) : now.data && all.data ? (
        <AgentFields agent={now.data} all={all.data.items} close={close} />
      ) : (
        <Loader aria-label={t("app.loading")} />
      )}
    </Modal>
  );
}

/** A user who has never been an agent begins without skills and queues. */
async function settingsOf({ id, user, name }: AgentUser, path: string): Promise<AgentNow> {
  try {
    return await get(path, agentNow);
  } catch (error) {
    if (error instanceof RequestFailed && error.status === 404) return { id, version: 0, user, name, wagePerHour: 0 };
    throw error;
  }
}

function AgentFields({ agent, all, close }: { agent: AgentNow; all: readonly Queue[]; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const told = useMistake();
  const { teams } = useTeams();
  const [form, setForm] = useState<AgentForm>(() => formOfAgent(agent));
  const [version, setVersion] = useState<number | undefined>(agent.version);
  const [isTried, setTried] = useState(false);
  const [taken, setTaken] = useState<number | null>(null);
  const own = mistakesOfAgent(form);
  const save = useMutation({
    mutationFn: () => change("PUT", query(`/api/agents/${agent.id}`, { version }), bodyOfAgent(form), saved),
    onSuccess: async ({ warnings }) => {
      setVersion(undefined);
      setTaken(null);
      if (!warnings || warnings.length === 0) close();
      await client.invalidateQueries({ queryKey: ["list", `/api/agents/${agent.id}/history`] });
      await client.invalidateQueries({ queryKey: teamsKey });
    },
    onError: (error) => {
      if (isChanged(error)) setVersion(undefined);
    },
  });
  const mistakes = isTried ? own : {};
  const put = (part: Partial<AgentForm>) => {
    setForm({ ...form, ...part });
    if (save.isError || save.isSuccess) save.reset();
  };
  const submit = () => {
    setTried(true);
    if (Object.keys(own).length === 0) save.mutate();
  };
  return (
    <Stack data-testid="agent-dialog">
      <Tabs defaultValue="skills">
        <Tabs.List>
          <Tabs.Tab value="skills">{t("setting.skills")}</Tabs.Tab>
          <Tabs.Tab value="profile">{t("setting.profile")}</Tabs.Tab>
          <Tabs.Tab value="history">{t("setting.history")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="skills" pt="md">
          <Stack>
            <TextInput
              label={t("admin.name")}
              value={form.name}
              error={told(mistakes.name)}
              onChange={(event) => put({ name: event.currentTarget.value })}
            />
            <Autocomplete
              label={t("setting.team")}
              description={t("setting.teamHelp")}
              data={teams}
              value={form.team}
              error={told(mistakes.team)}
              onChange={(team) => put({ team })}
            />
            <SkillRows
              rows={form.skills}
              known={[...new Set(all.flatMap((queue) => Object.keys(queue.skills)))].sort()}
              mistakes={mistakes}
              change={(skills) => put({ skills })}
            />
            <TextInput
              label={t("setting.wage")}
              description={t("setting.wageHelp")}
              inputMode="decimal"
              value={form.wage}
              error={told(mistakes.wage)}
              onChange={(event) => put({ wage: event.currentTarget.value })}
            />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="profile" pt="md">
          <Profile rows={form.queues} all={all} mistakes={mistakes} change={(queues) => put({ queues })} />
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="md">
          <History
            path={`/api/agents/${agent.id}/history`}
            shape={agentHistory}
            take={(old) => {
              put(formOfAgent(old.settings));
              setTaken(old.version);
            }}
          />
        </Tabs.Panel>
      </Tabs>
      <SaveFoot
        isWrong={Object.keys(mistakes).length > 0}
        taken={taken}
        refused={errorsOf(save.error)}
        save={save}
        submit={submit}
        close={close}
        testId="agent-save"
      />
    </Stack>
  );
}

function Profile({
  rows,
  all,
  mistakes,
  change: put,
}: {
  rows: readonly ProfileRow[];
  all: readonly Queue[];
  mistakes: Mistakes;
  change: (rows: ProfileRow[]) => void;
}) {
  const { t } = useTranslation();
  const told = useMistake();
  const nameOf = useTenantNames();
  const set = (index: number, part: Partial<ProfileRow>) =>
    put(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const options = all.map((queue) => ({ value: queue.id, label: `${queue.name}, ${nameOf(queue.tenant)}` }));
  const figures = [
    ["priority", t("admin.priority")],
    ["delaySeconds", t("setting.delay")],
    ["tier", t("setting.tier")],
    ["position", t("setting.place")],
    ["weight", t("setting.weight")],
  ] as const;
  return (
    <Stack gap="xs">
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity while they are typed.
        <Group key={index} align="flex-start" gap="xs">
          <NativeSelect
            flex={1}
            label={t("wall.queue")}
            value={row.queue}
            error={told(mistakes[`queues.${index}.queue`])}
            data={[{ value: "", label: t("setting.chooseQueue") }, ...options]}
            onChange={(event) => set(index, { queue: event.currentTarget.value })}
          />
          {figures.map(([field, label]) => (
            <TextInput
              key={field}
              w={80}
              label={label}
              inputMode="numeric"
              value={row[field]}
              error={told(mistakes[`queues.${index}.${field}`])}
              onChange={(event) => set(index, { [field]: event.currentTarget.value })}
            />
          ))}
          <CloseButton
            mt={26}
            aria-label={t("setting.removeOf", {
              name: options.find(({ value }) => value === row.queue)?.label ?? `${index + 1}`,
            })}
            onClick={() => put(rows.filter((_, at) => at !== index))}
          />
        </Group>
      ))}
      <Button
        variant="default"
        size="xs"
        w="fit-content"
        onClick={() =>
          put([...rows, { queue: "", priority: "50", delaySeconds: "0", tier: "1", position: "1", weight: "1" }])
        }
      >
        {t("setting.addQueue")}
      </Button>
    </Stack>
  );
}
