import { Button, Group, Loader, Text } from "@mantine/core";
import { IconAddressBook, IconEdit } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/request";
import type { Code, Pop } from "../api/shapes";
import { KeyHint } from "../keys/KeyHint";
import { useAction } from "../keys/KeysProvider";
import { readWallboard } from "../live/reads";
import { Empty } from "../look/Empty";
import { Problem } from "../look/Problem";
import { useDates } from "../words/useDates";
import { useTermination } from "../words/useTermination";
import { CustomerEdit } from "./CustomerEdit";
import styles from "./CustomerPanel.module.css";
import { type CustomerCard, customerCard } from "./customer";
import { draftOf } from "./draft";
import { LeftDrafts } from "./LeftDrafts";

/** The right column: who calls, and what was before. */
export function CustomerPanel({ pop }: { pop: Pop | null }) {
  const { t } = useTranslation();
  return (
    <section className={`${styles.panel} card`} aria-label={t("agent.customer")} data-testid="customer">
      <LeftDrafts shown={pop?.customer?.id ?? null} contact={pop?.contact ?? null} />
      {pop ? (
        <OfContact key={pop.contact} pop={pop} />
      ) : (
        <Empty icon={<IconAddressBook size={28} />} title={t("agent.customer")} lead={t("agent.idleCustomer")} />
      )}
    </section>
  );
}

function OfContact({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  // The customer's id is part of the key: a card that comes after the offer is read when it is told.
  const card = useQuery({
    queryKey: ["customer", pop.contact, pop.customer?.id ?? null],
    queryFn: () => get(`/api/customers/of-contact/${pop.contact}`, customerCard),
    enabled: pop.customer != null,
  });
  if (!pop.customer) {
    const isWithheld = !pop.caller || pop.caller === "anonymous";
    return (
      <Empty
        icon={<IconAddressBook size={28} />}
        title={t("agent.noCustomer")}
        lead={isWithheld ? t("agent.noCustomerLead") : t("agent.cardComing")}
      />
    );
  }
  if (card.data) return <Card card={card.data} pop={pop} queryKey={["customer", pop.contact, pop.customer.id]} />;
  if (card.error) return <Problem error={card.error} retry={() => void card.refetch()} />;
  return (
    <Group justify="center" p="xl">
      <Loader aria-label={t("app.loading")} />
    </Group>
  );
}

function Card({ card, pop, queryKey }: { card: CustomerCard; pop: Pop; queryKey: readonly (string | null)[] }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [isEditing, setEditing] = useState(() => draftOf(card.id) !== null);
  useAction("customer", isEditing ? null : () => setEditing(true));
  return (
    <>
      <div className={styles.head}>
        <div className={styles.name}>
          <h2 data-testid="customer-name">{card.name || t("agent.unnamed")}</h2>
          {pop.customer?.isNew && <span className={styles.new}>{t("agent.newCustomer")}</span>}
        </div>
        {!isEditing && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconEdit size={16} />}
            rightSection={<KeyHint action="customer" />}
            onClick={() => setEditing(true)}
          >
            {t("agent.edit")}
          </Button>
        )}
      </div>
      {isEditing ? (
        <CustomerEdit
          card={card}
          saved={(saved) => cache.setQueryData(queryKey, saved)}
          isStale={() => void cache.invalidateQueries({ queryKey })}
          done={() => setEditing(false)}
        />
      ) : (
        <dl className={styles.facts}>
          <dt>{t("agent.numbers")}</dt>
          <dd className="figures">{card.numbers.join(", ")}</dd>
          <dt>{t("agent.notes")}</dt>
          <dd className={styles.notes}>{card.notes || <Text c="var(--desk-quiet)">{t("agent.noNotes")}</Text>}</dd>
        </dl>
      )}
      <History card={card} contact={pop.contact} codes={pop.codes ?? []} />
    </>
  );
}

function History({ card, contact, codes }: { card: CustomerCard; contact: string; codes: readonly Code[] }) {
  const { t } = useTranslation();
  const dates = useDates();
  const endedAs = useTermination();
  const { data } = useQuery(readWallboard);
  const earlier = card.contacts.filter((one) => one.id !== contact);
  const nameOf = (queue: string | null | undefined) => data?.queues.find((one) => one.id === queue)?.name;
  const label = (code: string | null | undefined) => codes.find((one) => one.code === code)?.label ?? code;
  return (
    <div className={styles.history}>
      <h3>{t("agent.history")}</h3>
      {earlier.length === 0 ? (
        <Text c="var(--desk-quiet)">{t("agent.noHistory")}</Text>
      ) : (
        <ol>
          {earlier.map((one) => (
            <li key={one.id}>
              <span className={`${styles.when} figures`}>{dates.short(one.startedAt)}</span>
              <span>
                {[nameOf(one.queue), label(one.disposition) ?? endedAs(one.termination)].filter(Boolean).join(" · ")}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
