import { Button, Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { clock } from "../live/clock";
import styles from "./ContactsPage.module.css";
import { terminations } from "./contact";
import { type Filter, lastDay } from "./filter";
import { useNames } from "./names";

const TYPED_MS = 400;

export function Filters({ filter, set }: { filter: Filter; set: (filter: Filter) => void }) {
  const { t } = useTranslation();
  const names = useNames();
  const choose = (name: keyof Filter) => (value: string | null) => set({ ...filter, [name]: value ?? "" });
  const queues = names.queues.filter((queue) => !filter.tenant || queue.tenant === filter.tenant);
  const common = {
    clearable: true,
    searchable: true,
    placeholder: t("app.all"),
    clearButtonProps: { "aria-label": t("contacts.clear") },
  } as const;
  return (
    <form
      className={`${styles.filters} card`}
      onSubmit={(event) => event.preventDefault()}
      aria-label={t("contacts.title")}
    >
      <TextInput
        type="datetime-local"
        label={t("contacts.from")}
        value={filter.from}
        onChange={(event) => set({ ...filter, from: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label={t("contacts.to")}
        value={filter.to}
        onChange={(event) => set({ ...filter, to: event.currentTarget.value })}
      />
      {names.tenants.length > 1 && (
        <Select
          {...common}
          label={t("contacts.tenant")}
          value={filter.tenant || null}
          data={names.tenants.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(tenant) => set({ ...filter, tenant: tenant ?? "", queue: "" })}
        />
      )}
      <Select
        {...common}
        label={t("contacts.queue")}
        value={filter.queue || null}
        data={queues.map(({ id, name, tenant }) => ({
          value: id,
          label: names.tenants.length > 1 ? `${name}, ${names.tenant(tenant)}` : name,
        }))}
        onChange={choose("queue")}
      />
      {names.seesAgents && (
        <Select
          {...common}
          label={t("contacts.agent")}
          value={filter.agent || null}
          data={names.agents.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={choose("agent")}
        />
      )}
      <Select
        {...common}
        label={t("contacts.termination")}
        value={filter.termination || null}
        data={terminations.map((value) => ({ value, label: t(`termination.${value}`) }))}
        onChange={choose("termination")}
      />
      <Typed label={t("contacts.caller")} value={filter.caller} set={choose("caller")} mode="tel" />
      <Typed
        label={t("contacts.minSeconds")}
        value={filter.minSeconds}
        set={(text) => choose("minSeconds")(text.replace(/\D/g, ""))}
        mode="numeric"
      />
      <Button variant="default" onClick={() => set(lastDay(clock.now()))}>
        {t("contacts.clear")}
      </Button>
    </form>
  );
}

/** A text that narrows the list once the typing pauses. */
function Typed({
  label,
  value,
  set,
  mode,
}: {
  label: string;
  value: string;
  set: (text: string) => void;
  mode: "tel" | "numeric";
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => set(text), TYPED_MS);
    return () => clearTimeout(timer);
  });
  return (
    <TextInput
      label={label}
      value={text}
      inputMode={mode}
      maxLength={40}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}
