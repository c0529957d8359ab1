import { Button, Group, Modal, Radio, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { get, query } from "../api/request";
import type { Pop } from "../api/shapes";
import { Problem } from "../look/Problem";
import { chosenOf, colleagues, keyOf, kinds, type Option, optionsOf, queues, stepped } from "./second";

type Ask = (order: "consult" | "transfer", to: Option) => void;

/** Whom to consult, or to hand the caller on to: a colleague, a queue of the client, a number outside. A few letters and Enter are enough. */
export function TransferDialog({ pop, close, ask }: { pop: Pop; close: () => void; ask: Ask }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [choice, setChoice] = useState<string | null>(null);
  const people = useQuery({
    queryKey: ["colleagues"],
    queryFn: () => get("/api/desk/colleagues", colleagues),
    gcTime: 0,
  });
  const places = useQuery({
    queryKey: ["queues", pop.tenant.id],
    queryFn: () => get(query("/api/queues", { tenant: pop.tenant.id }), queues),
  });
  const error = people.error ?? places.error;
  const isRead = people.data !== undefined && places.data !== undefined;
  const options = optionsOf(people.data?.items ?? [], places.data?.items ?? [], text);
  const chosen = chosenOf(options, choice, text);
  const give = (order: "consult" | "transfer") => {
    if (!chosen) return;
    close();
    ask(order, chosen);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") give(event.shiftKey ? "transfer" : "consult");
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = stepped(options, chosen, event.key === "ArrowDown" ? 1 : -1);
      if (next) setChoice(keyOf(next));
    } else return;
    event.preventDefault();
  };
  return (
    <Modal
      opened
      onClose={close}
      title={t("second.title")}
      size="lg"
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack data-testid="transfer-dialog" data-read={isRead || undefined}>
        <TextInput
          data-autofocus
          label={t("second.whom")}
          description={t("second.whomHelp")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={press}
          autoComplete="off"
          data-testid="whom"
        />
        {error && <Problem error={error} />}
        <ScrollArea.Autosize mah="40vh" type="auto">
          <Options options={options} chosen={chosen} choose={setChoice} />
          {isRead && options.length === 0 && <Text size="sm">{t("second.nobody", { text })}</Text>}
        </ScrollArea.Autosize>
        <Text size="sm" c="var(--desk-quiet)">
          {t("second.lead")}
        </Text>
        <Group justify="end">
          <Button variant="default" onClick={() => give("transfer")} disabled={!chosen} data-testid="transfer-now">
            {t("second.transfer")}
          </Button>
          <Button onClick={() => give("consult")} disabled={!chosen} data-testid="consult">
            {t("second.consult")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Options({
  options,
  chosen,
  choose,
}: {
  options: readonly Option[];
  chosen: Option | null;
  choose: (key: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      {kinds.map((kind) => {
        const some = options.filter((option) => option.kind === kind);
        return some.length === 0 ? null : (
          <Radio.Group key={kind} label={t(`second.kinds.${kind}`)} value={chosen && keyOf(chosen)} onChange={choose}>
            {some.map((option) => (
              <Radio
                key={option.id}
                mt="xs"
                value={keyOf(option)}
                disabled={!option.isFree}
                label={option.isFree ? option.name : `${option.name} (${t("second.busy")})`}
              />
            ))}
          </Radio.Group>
        );
      })}
    </Stack>
  );
}
