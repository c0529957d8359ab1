import { Button, Group, Popover, Text, TextInput } from "@mantine/core";
import { IconCreditCard } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/shapes";
import styles from "./Conversation.module.css";

export type CardOrder = "collect-card" | "cancel-card";

type Properties = {
  pop: Pop;
  give: (order: CardOrder, to?: undefined, reference?: string) => void;
  pending: string | null;
};

/** Has the caller type a card: what is paid may be said first. */
export function CardButton({ pop, give, pending }: Properties) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [reference, setReference] = useState("");
  if (!pop.canCollectCard || pop.state !== "talking" || isTyping(pop)) return null;
  const start = () => {
    setOpen(false);
    give("collect-card", undefined, reference.trim() || undefined);
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} width={360} trapFocus shadow="md" withRoles={false}>
      <Popover.Target>
        <Button
          size="md"
          variant="default"
          leftSection={<IconCreditCard size={20} />}
          aria-expanded={isOpen}
          loading={pending === "collect-card"}
          onClick={() => setOpen(!isOpen)}
          data-testid="collect-card"
        >
          {t("card.open")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={t("card.title")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            start();
          }}
        >
          <Text size="sm" mb="xs">
            {t("card.lead")}
          </Text>
          <TextInput
            label={t("card.reference")}
            description={t("card.referenceHelp")}
            value={reference}
            maxLength={64}
            autoComplete="off"
            onChange={(event) => setReference(event.currentTarget.value)}
            data-testid="card-reference"
            data-autofocus
          />
          <Group justify="flex-end" mt="sm">
            <Button type="submit" data-testid="card-start">
              {t("card.start")}
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function isTyping(pop: Pop): boolean {
  return pop.card?.state === "typing" || pop.card?.state === "sent";
}

/** How far the caller is, and at last what became of it; the end stays until the agent has read it. */
export function CardBar({ pop, give, pending }: Properties) {
  const { t } = useTranslation();
  const [read, setRead] = useState<string | null>(null);
  const card = pop.card;
  const shown = card && `${card.state} ${card.reference ?? ""}`;
  if (!card || (!isTyping(pop) && read === shown)) return null;
  const text =
    card.state === "typing" ? t(`card.typing.${card.field}`, { count: card.count }) : t(`card.${card.state}`);
  return (
    <div className={styles.second} role="group" aria-label={t("card.title")} data-testid="card" data-card={card.state}>
      <strong role="status">{text}</strong>
      {card.state === "typing" && (
        <span aria-hidden="true" data-testid="card-dots">
          {"•".repeat(card.count)}
        </span>
      )}
      {card.reference && <span>{t("card.serviceReference", { reference: card.reference })}</span>}
      {card.state === "typing" && (
        <Button
          variant="default"
          loading={pending === "cancel-card"}
          onClick={() => give("cancel-card")}
          data-testid="card-cancel"
        >
          {t("card.cancel")}
        </Button>
      )}
      {!isTyping(pop) && (
        <Button variant="default" onClick={() => setRead(shown ?? null)} data-testid="card-close">
          {t("card.close")}
        </Button>
      )}
    </div>
  );
}
