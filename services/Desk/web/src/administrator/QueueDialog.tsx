import { Modal, Stack, Tabs } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { change } from "../api/request";
import { CallbackFields } from "./CallbackFields";
import { History } from "./History";
import { AgentFields, GeneralFields, OverflowFields, RuleFields, WorkFields } from "./QueueFields";
import { bodyOf, emptyQueue, formOf, mistakesOf, type QueueForm, saidBy } from "./queueForm";
import { errorsOf, isChanged, SaveFoot } from "./SaveFoot";
import { type Queue, queueHistory, saved } from "./shapes";
import { useTenantNames } from "./TenantName";

const parts = ["general", "agents", "rules", "overflow", "callback", "work", "history"] as const;

/** Everything that is set for a queue, its mistakes at their fields, its warnings, its history. */
export function QueueDialog({ queue, all, close }: { queue: Queue | null; all: readonly Queue[]; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const nameOf = useTenantNames();
  const [id] = useState(() => queue?.id ?? crypto.randomUUID());
  const [version, setVersion] = useState(queue?.version);
  const [form, setForm] = useState<QueueForm>(() => (queue ? formOf(queue) : emptyQueue("")));
  const [isTried, setTried] = useState(false);
  const [taken, setTaken] = useState<number | null>(null);
  const own = mistakesOf(form);
  const save = useMutation({
    mutationFn: () => change("PUT", `/api/queues/${id}`, { ...bodyOf(form), version }, saved),
    onSuccess: async ({ warnings }) => {
      await client.invalidateQueries({ queryKey: ["list"] });
      if (!warnings || warnings.length === 0) close();
      // What was saved is the version that the next change is made to.
      setVersion(undefined);
      setTaken(null);
    },
    onError: (error) => {
      if (isChanged(error)) setVersion(undefined);
    },
  });
  const said = saidBy(errorsOf(save.error));
  const mistakes = isTried ? { ...said.fields, ...own } : {};
  const put = (part: Partial<QueueForm>) => {
    setForm({ ...form, ...part });
    if (save.isError || save.isSuccess) save.reset();
  };
  const fields = { form, put, mistakes, all, id };
  const submit = () => {
    setTried(true);
    if (Object.keys(own).length === 0) save.mutate();
  };
  return (
    <Modal
      opened
      onClose={close}
      size="xl"
      title={queue ? t("setting.queueOf", { name: `${queue.name}, ${nameOf(queue.tenant)}` }) : t("setting.newQueue")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack data-testid="queue-dialog">
        <Tabs defaultValue="general">
          <Tabs.List>
            {parts
              .filter((part) => queue || part !== "history")
              .map((part) => (
                <Tabs.Tab key={part} value={part}>
                  {t(`setting.${part}`)}
                </Tabs.Tab>
              ))}
          </Tabs.List>
          <Tabs.Panel value="general" pt="md">
            <GeneralFields {...fields} isNew={!queue} />
          </Tabs.Panel>
          <Tabs.Panel value="agents" pt="md">
            <AgentFields {...fields} />
          </Tabs.Panel>
          <Tabs.Panel value="rules" pt="md">
            <RuleFields {...fields} />
          </Tabs.Panel>
          <Tabs.Panel value="overflow" pt="md">
            <OverflowFields {...fields} />
          </Tabs.Panel>
          <Tabs.Panel value="callback" pt="md">
            <CallbackFields {...fields} />
          </Tabs.Panel>
          <Tabs.Panel value="work" pt="md">
            <WorkFields {...fields} />
          </Tabs.Panel>
          {queue && (
            <Tabs.Panel value="history" pt="md">
              <History
                path={`/api/queues/${id}/history`}
                shape={queueHistory}
                take={(old) => {
                  put(formOf(old.settings));
                  setTaken(old.version);
                }}
              />
            </Tabs.Panel>
          )}
        </Tabs>
        <SaveFoot
          isWrong={Object.keys(mistakes).length > 0}
          taken={taken}
          refused={said.rest}
          save={save}
          submit={submit}
          close={close}
          testId="queue-save"
        />
      </Stack>
    </Modal>
  );
}
