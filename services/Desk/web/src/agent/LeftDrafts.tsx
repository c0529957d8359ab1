import { Alert, Button, Group } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { change, get, isRefusal } from "../api/request";
import { Problem } from "../look/Problem";
import { customerCard } from "./customer";
import { type Draft, forgetDraft, keptDrafts } from "./draft";

/** What was being written when its contact left the hand: saved or given up with a click, never lost. */
export function LeftDrafts({ shown, contact }: { shown: string | null; contact: string | null }) {
  const [drafts, setDrafts] = useState(keptDrafts);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a contact that comes or goes is what leaves a draft behind.
  useEffect(() => setDrafts(keptDrafts()), [contact, shown]);
  return drafts
    .filter(({ customer }) => customer !== shown)
    .map((draft) => <LeftDraft key={draft.customer} draft={draft} done={() => setDrafts(keptDrafts())} />);
}

function LeftDraft({ draft, done }: { draft: Draft; done: () => void }) {
  const { t } = useTranslation();
  const [version, setVersion] = useState(draft.version);
  const path = `/api/customers/${draft.customer}`;
  const end = () => {
    forgetDraft(draft.customer);
    done();
  };
  const save = useMutation({
    mutationFn: () =>
      change("PUT", path, { name: draft.name, notes: draft.notes, numbers: draft.numbers, version }, customerCard),
    onSuccess: end,
    onError: async (error) => {
      if (isRefusal(error)) setVersion((await get(path, customerCard)).version);
    },
  });
  return (
    <Alert
      color="yellow"
      icon={<IconPencil />}
      role="status"
      title={t("agent.leftDraft", { name: draft.name || draft.numbers[0] || t("agent.unnamed") })}
      styles={{ title: { color: "var(--desk-warn)" } }}
      data-testid="left-draft"
    >
      <p data-testid="left-notes">{draft.notes}</p>
      {isRefusal(save.error) ? <p>{t("agent.conflictLeft")}</p> : save.error && <Problem error={save.error} />}
      <Group gap="xs">
        <Button size="xs" loading={save.isPending} onClick={() => save.mutate()} data-testid="left-save">
          {t("app.save")}
        </Button>
        <Button size="xs" variant="default" onClick={end}>
          {t("agent.giveUpDraft")}
        </Button>
      </Group>
    </Alert>
  );
}
