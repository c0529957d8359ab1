import { Button, Group, Modal, Radio, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, query } from "../api/request";
import type { Pop } from "../api/shapes";
import { Problem } from "../look/Problem";
import { colleagues, queues, type Target, targetOf } from "./second";

type Properties = { pop: Pop; close: () => void; ask: (order: "consult" | "transfer", to: Target) => void };

/** Whom to consult, or to hand the caller on to: a colleague, a queue of the client, a number outside. */
export function TransferDialog({ pop, close, ask }: Properties) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<string | null>(null);
  const [number, setNumber] = useState("");
  const people = useQuery({
    queryKey: ["colleagues"],
    queryFn: () => get("/api/desk/colleagues", colleagues),
    gcTime: 0,
  });
  const places = useQuery({
    queryKey: ["queues", pop.tenant.id],
    queryFn: () => get(query("/api/queues", { tenant: pop.tenant.id }), queues),
  });
  const to = targetOf(choice, number);
  const give = (order: "consult" | "transfer") => {
    if (!to) return;
    close();
    ask(order, to);
  };
  const error = people.error ?? places.error;
  return (
    <Modal
      opened
      onClose={close}
      title={t("second.title")}
      size="lg"
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack data-testid="transfer-dialog">
        <Text size="sm">{t("second.lead")}</Text>
        {error && <Problem error={error} />}
        <ScrollArea.Autosize mah="45vh" type="auto">
          <Stack gap="md">
            <Radio.Group label={t("second.colleagues")} value={choice} onChange={setChoice}>
              {people.data?.items.length === 0 && <Text size="sm">{t("second.noColleagues")}</Text>}
              {people.data?.items.map((one) => (
                <Radio
                  key={one.id}
                  mt="xs"
                  value={`agent:${one.id}`}
                  disabled={!one.isFree}
                  label={one.isFree ? one.name : `${one.name} (${t("second.busy")})`}
                />
              ))}
            </Radio.Group>
            <Radio.Group label={t("second.queues")} value={choice} onChange={setChoice}>
              {places.data?.items.map((one) => (
                <Radio key={one.id} mt="xs" value={`queue:${one.id}`} label={one.name} />
              ))}
            </Radio.Group>
          </Stack>
        </ScrollArea.Autosize>
        <TextInput
          type="tel"
          label={t("second.outside")}
          description={t("second.numberHelp")}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
          data-testid="transfer-number"
        />
        <Group justify="end">
          <Button variant="default" onClick={() => give("transfer")} disabled={!to} data-testid="transfer-now">
            {t("second.transfer")}
          </Button>
          <Button onClick={() => give("consult")} disabled={!to} data-testid="consult">
            {t("second.consult")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
