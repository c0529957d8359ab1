import { Button, Table, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { get, remove } from "../api/request";
import type { QueueRow } from "../api/shapes";
import { Problem } from "../look/Problem";
import { useDates } from "../words/useDates";

const states = ["planned", "waiting", "offered", "dialling", "reached"] as const;

const callbacks = z.object({
  items: z.array(
    z.object({
      contact: z.string(),
      queue: z.string(),
      number: z.string(),
      firstAt: z.string(),
      dueAt: z.string(),
      try: z.number(),
      tries: z.number(),
      state: z.enum(states),
    }),
  ),
});

const key = ["callbacks"];

/** Often enough for a list whose entries last minutes to hours. */
const READ_EACH_MS = 10_000;

/** Customers who are to be called back, and the way to end one; nothing where there are none. */
export function Callbacks({ queues }: { queues: readonly QueueRow[] }) {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => get("/api/routing/callbacks", callbacks),
    refetchInterval: READ_EACH_MS,
  });
  const cancel = useMutation({
    mutationFn: (contact: string) => remove(`/api/routing/callbacks/${contact}`),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
  const shown = (data?.items ?? []).flatMap((item) => {
    const queue = queues.find((one) => one.id === item.queue);
    return queue ? [{ ...item, queueName: queue.name }] : [];
  });
  if (!error && shown.length === 0) return null;
  return (
    <section className="card" data-testid="callbacks" aria-labelledby="callbacks">
      <Title order={2} size="h4" id="callbacks" px="md" py="sm">
        {t("wall.callbacks")}{" "}
        <Text span c="var(--desk-quiet)" className="figures">
          {shown.length}
        </Text>
      </Title>
      {(error || cancel.error) && <Problem error={error ?? cancel.error} retry={() => void refetch()} />}
      <Table verticalSpacing="xs" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("wall.number")}</Table.Th>
            <Table.Th>{t("wall.queue")}</Table.Th>
            <Table.Th>{t("wall.calledAt")}</Table.Th>
            <Table.Th>{t("wall.state")}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((item) => (
            <Table.Tr key={item.contact} data-testid="callback-row">
              <Table.Th scope="row" className="figures">
                {item.number}
              </Table.Th>
              <Table.Td>{item.queueName}</Table.Td>
              <Table.Td className="figures">{dates.seconds(item.firstAt)}</Table.Td>
              <Table.Td>
                {t(`wall.callback.${item.state}`, { at: dates.seconds(item.dueAt) })}{" "}
                {t("wall.callbackTry", { try: item.try, tries: item.tries })}
              </Table.Td>
              <Table.Td>
                <Button
                  size="xs"
                  variant="default"
                  loading={cancel.isPending && cancel.variables === item.contact}
                  onClick={() => cancel.mutate(item.contact)}
                  aria-label={t("wall.cancelOf", { number: item.number })}
                >
                  {t("wall.cancel")}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
