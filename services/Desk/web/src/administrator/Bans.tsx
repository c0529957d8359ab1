import { Button, Loader, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { get, remove } from "../api/request";
import { Problem } from "../look/Problem";
import { useDates } from "../words/useDates";

const bans = z.object({
  items: z.array(z.object({ address: z.string(), until: z.string(), offence: z.string(), dropped: z.number() })),
});

const key = ["bans"];

/** Addresses that the gateway does not answer because they guessed passwords or scanned, and the way to let one in again. */
export function Bans() {
  const { t, i18n } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: key, queryFn: () => get("/api/telephony/bans", bans) });
  const lift = useMutation({
    mutationFn: (address: string) => remove(`/api/telephony/bans/${encodeURIComponent(address)}`),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
  return (
    <section className="card" data-testid="bans" aria-labelledby="bans">
      <h2 id="bans">{t("admin.bans")}</h2>
      {(error || lift.error) && <Problem error={error ?? lift.error} retry={() => void refetch()} />}
      {!data && !error && <Loader size="sm" aria-label={t("app.loading")} />}
      {data?.items.length === 0 && <Text c="var(--desk-quiet)">{t("admin.noBans")}</Text>}
      {data && data.items.length > 0 && (
        <Table verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("admin.address")}</Table.Th>
              <Table.Th>{t("admin.offence")}</Table.Th>
              <Table.Th>{t("admin.until")}</Table.Th>
              <Table.Th>{t("admin.droppedMessages")}</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.items.map((ban) => (
              <Table.Tr key={ban.address}>
                <Table.Th scope="row">{ban.address}</Table.Th>
                <Table.Td>
                  {i18n.exists(`offence.${ban.offence}`)
                    ? t(`offence.${ban.offence}` as "offence.Scanner")
                    : ban.offence}
                </Table.Td>
                <Table.Td className="figures">{dates.seconds(ban.until)}</Table.Td>
                <Table.Td className="figures">{ban.dropped}</Table.Td>
                <Table.Td>
                  <Button
                    size="xs"
                    variant="default"
                    loading={lift.isPending && lift.variables === ban.address}
                    onClick={() => lift.mutate(ban.address)}
                    aria-label={t("admin.liftOf", { address: ban.address })}
                  >
                    {t("admin.lift")}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  );
}
