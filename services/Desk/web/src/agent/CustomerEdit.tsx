import { Alert, Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { change, isRefusal } from "../api/request";
import { Problem } from "../look/Problem";
import { type CustomerCard, customerCard } from "./customer";
import { draftOf, forgetDraft, keepDraft } from "./draft";

type Properties = {
  card: Pick<CustomerCard, "id" | "name" | "notes" | "numbers" | "version">;
  saved: (card: CustomerCard) => void;
  /** Somebody else changed the card: it is to be read again. */
  isStale: () => void;
  done: () => void;
};

/** Name and notes; what is written is kept until it is saved or given up. */
export function CustomerEdit({ card, saved, isStale, done }: Properties) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => {
    const { name, notes } = draftOf(card.id) ?? card;
    return { name: name ?? "", notes: notes ?? "" };
  });
  const write = (changes: Partial<typeof text>) => {
    const next = { ...text, ...changes };
    setText(next);
    keepDraft({ customer: card.id, numbers: card.numbers, version: card.version, ...next });
  };
  const end = () => {
    forgetDraft(card.id);
    done();
  };
  const save = useMutation({
    mutationFn: () =>
      change(
        "PUT",
        `/api/customers/${card.id}`,
        { ...text, numbers: card.numbers, version: card.version },
        customerCard,
      ),
    onSuccess: (now) => {
      saved(now);
      end();
    },
    onError: (error) => {
      if (isRefusal(error)) isStale();
    },
  });
  const isConflict = isRefusal(save.error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t("agent.name")}
          value={text.name}
          maxLength={200}
          data-autofocus
          autoFocus
          onChange={(event) => write({ name: event.currentTarget.value })}
        />
        <Textarea
          label={t("agent.notes")}
          value={text.notes}
          maxLength={4000}
          autosize
          minRows={3}
          maxRows={10}
          onChange={(event) => write({ notes: event.currentTarget.value })}
          data-testid="customer-notes"
        />
        {isConflict && (
          <Alert color="yellow" role="alert">
            {t("agent.conflict")}
          </Alert>
        )}
        {save.error && !isConflict && <Problem error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" size="sm" onClick={end}>
            {t("app.cancel")}
          </Button>
          <Button type="submit" size="sm" loading={save.isPending}>
            {t("app.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
